// Keeps the page up to date: the server says that something is new, the page fetches and shows it.

import { el, show, time } from "./dom.js";
import { showMail } from "./mail.js";
import { showPagerDuty } from "./pagerduty.js";
import { showSlack } from "./slack.js";

const PANES = ["slack", "pagerduty", "mail"];
const narrow = matchMedia("(max-width: 60rem)");
let selected = "slack";
let last = null;
let fetching = false;
let stale = false;

function live(state, words) {
  document.querySelector(".live").dataset.state = state;
  document.getElementById("live").textContent = words;
}

async function refresh() {
  stale = true;
  if (fetching) return;
  fetching = true;
  try {
    while (stale) {
      stale = false;
      const answer = await fetch("/inbox.json");
      if (!answer.ok) throw new Error(`the inbox answered ${answer.status}`);
      draw(await answer.json());
    }
    if (news.readyState === EventSource.OPEN) live("live", "live");
  } catch (error) {
    live("lost", "connection lost");
    console.warn(error);
  } finally {
    fetching = false;
  }
}

function draw(inbox) {
  showSlack(inbox);
  showPagerDuty(inbox);
  showMail(inbox);
  showCounts(inbox);
  showRefusals(inbox.refused);
  announce(inbox.counts);
  last = inbox.counts;
}

function showCounts({ counts, incidents, changes }) {
  const put = (id, count) => {
    document.getElementById(id).textContent = String(count);
  };
  for (const name of ["pages", "slack", "mails", "refused"]) put(`count-${name}`, counts[name]);
  put("tally-slack", counts.slack);
  put("tally-pagerduty", incidents.length + changes.length);
  put("tally-mail", counts.mails);
  document.title = counts.pages ? `(${counts.pages}) rootwatch demo inbox` : "rootwatch demo inbox";
  document.getElementById("refused").classList.toggle("bad", counts.refused > 0);
}

function showRefusals(refused) {
  const list = document.getElementById("refusals");
  list.hidden = refused.length === 0;
  show(list, refused.map((item, number) => ({ ...item, number })), (item) => item.number, (item) =>
    el("p", {}, time(item.at), " ", el("b", {}, `${item.service} refused a message: ${item.reason}`),
      item.details.length ? ` (${item.details.join("; ")})` : ""));
}

function announce(counts) {
  if (last === null) return;
  const names = { pages: "new page", slack: "new Slack message", mails: "new e-mail", refused: "message refused" };
  const news = Object.entries(names)
    .map(([name, words]) => [counts[name] - last[name], words])
    .filter(([more]) => more > 0)
    .map(([more, words]) => `${more} ${words}${more > 1 && words.startsWith("new") ? "s" : ""}`);
  if (news.length) document.getElementById("announcement").textContent = news.join(", ");
}

function arrange() {
  for (const name of PANES) {
    const pane = document.getElementById(name);
    const tab = document.getElementById(`tab-${name}`);
    pane.hidden = narrow.matches && name !== selected;
    if (narrow.matches) pane.setAttribute("role", "tabpanel");
    else pane.removeAttribute("role");
    tab.setAttribute("aria-selected", String(name === selected));
    tab.tabIndex = name === selected ? 0 : -1;
  }
}

function select(name) {
  selected = name;
  arrange();
}

function turn(event) {
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  select(PANES[(PANES.indexOf(selected) + step + PANES.length) % PANES.length]);
  document.getElementById(`tab-${selected}`).focus();
}

for (const name of PANES) document.getElementById(`tab-${name}`).addEventListener("click", () => select(name));
document.querySelector(".tabs").addEventListener("keydown", turn);
narrow.addEventListener("change", arrange);
arrange();

const news = new EventSource("/inbox.live");
news.addEventListener("message", refresh);
news.addEventListener("error", () => live("lost", "connection lost"));

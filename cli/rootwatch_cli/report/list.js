// The incidents, fifty at a time. Each opens in its place; Esc closes it.

import { el } from "./dom.js";
import { clock, count, date, number } from "./words.js";
import { accountName } from "./data.js";
import { icon } from "./marks.js";
import { showStory } from "./story.js";

const PAGE = 50;
const list = document.getElementById("list");
const pages = document.getElementById("pages");
let rows = [];
let first = 0;

export function drawList(found) {
  rows = found;
  turn(0);
  const woke = found.reduce((sum, row) => sum + row.pages, 0);
  return `${count(found.length, "incident")}, ${count(woke, "page")}`;
}

// On paper there is nothing to turn: all of them.
export function drawAll() {
  list.replaceChildren(...rows.map(item));
  pages.replaceChildren();
}

export function drawPage() {
  turn(first);
}

// Turns to an incident, opens it, and takes the reader there. False if the filter leaves it out.
export function reveal(id) {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) return false;
  if (at < first || at >= first + PAGE) turn(at - (at % PAGE));
  const button = list.children[at - first].querySelector("button");
  if (button.getAttribute("aria-expanded") === "false") button.click();
  button.scrollIntoView({ block: "start" });
  button.focus({ preventScroll: true });
  return true;
}

function turn(to) {
  first = to;
  list.replaceChildren(...rows.slice(first, first + PAGE).map(item));
  if (rows.length <= PAGE) {
    pages.replaceChildren();
    return;
  }
  const last = Math.min(first + PAGE, rows.length);
  pages.replaceChildren(
    step("Previous", first - PAGE, first > 0),
    el("p", {}, `${number(first + 1)} to ${number(last)} of ${number(rows.length)}`),
    step("Next", first + PAGE, last < rows.length));
}

function step(words, to, possible) {
  const node = el("button", { type: "button", disabled: !possible }, words);
  node.addEventListener("click", () => {
    turn(to);
    list.focus({ preventScroll: true });
    list.parentNode.scrollIntoView({ block: "start" });
  });
  return node;
}

function item(row) {
  const name = `story-${row.id}`;
  const story = el("div", { class: "story", id: name, hidden: true });
  const button = el("button", { type: "button", "aria-expanded": "false", "aria-controls": name },
    el("time", { datetime: row.at }, el("b", {}, date(row.at)), " ", clock(row.at)),
    el("span", { class: "severity" }, icon(row.severity), row.severity),
    el("span", { class: "says" }, row.says, el("span", { class: "unseen" }, ` in ${accountName(row.account)}`)),
    el("span", { class: "tag verdict", "data-verdict": row.verdict }, row.verdict.replace("-", " ")),
    el("span", { class: row.pages ? "woke" : "woke zero" }, row.pages ? count(row.pages, "page") : "no page"));
  button.addEventListener("click", () => toggle(row, button, story));
  return el("li", { "data-id": row.id }, el("h3", {}, button), story);
}

function toggle(row, button, story) {
  const opens = story.hidden;
  story.hidden = !opens;
  button.setAttribute("aria-expanded", String(opens));
  if (opens && story.childElementCount === 0) showStory(row, story);
}

list.addEventListener("keydown", (event) => {
  const button = event.target.closest("li[data-id]")?.querySelector("button");
  if (event.key !== "Escape" || button?.getAttribute("aria-expanded") !== "true") return;
  button.click();
  button.focus();
});

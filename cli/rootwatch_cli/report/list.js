// The incidents, fifty at a time. Each opens in its place; Esc closes it.

import { el } from "./dom.js";
import { clock, count, date } from "./words.js";
import { accountName } from "./data.js";
import { icon } from "./marks.js";
import { paged } from "./paged.js";
import { showStory } from "./story.js";

const list = document.getElementById("list");
const shown = paged(list, document.getElementById("pages"), item);

export function drawList(found) {
  shown.draw(found);
  const woke = found.reduce((sum, row) => sum + row.pages, 0);
  return `${count(found.length, "incident")}, ${count(woke, "page")}`;
}

export function drawAll() {
  shown.drawAll();
}

export function drawPage() {
  shown.drawPage();
}

// Turns to an incident, opens it, and takes the reader there. False if the filter leaves it out.
export function reveal(id) {
  const node = shown.find((row) => row.id === id);
  if (node === undefined) return false;
  const button = node.querySelector("button");
  if (button.getAttribute("aria-expanded") === "false") button.click();
  button.scrollIntoView({ block: "start" });
  button.focus({ preventScroll: true });
  return true;
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

// Which incidents are shown: by severity, verdict, account, kind, pages, and words.

import { el } from "./dom.js";
import { SEVERITIES, number } from "./words.js";
import { accountName, page } from "./data.js";
import { icon } from "./marks.js";

const form = document.getElementById("filter");
const search = document.getElementById("search");
const choices = ["verdict", "account", "kind", "paged"].map((id) => document.getElementById(id));
const found = page.rows.map((row) => ({ row, text: `${row.says} ${row.account} ${row.verdict} ${row.kind} ${row.words}`.toLowerCase() }));
const sort = document.getElementById("sort");
const byTime = (one, other) => one.at.localeCompare(other.at) || one.id.localeCompare(other.id);
const ORDERS = {
  "": byTime,
  newest: (one, other) => byTime(other, one),
  worst: (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || byTime(one, other),
};
let changed = () => {};
let waiting = 0;

export function onChange(callback) {
  changed = callback;
}

export function matching() {
  const severities = new Set([...form.querySelectorAll("input:checked")].map((box) => box.value));
  const [verdict, account, kind, paged] = choices.map((choice) => choice.value);
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return found.filter(({ row, text }) =>
    severities.has(row.severity) &&
    (!verdict || row.verdict === verdict) &&
    (!account || row.account === account) &&
    (!kind || row.kind === kind || (kind === "root use" && row.verdict !== "watch event")) &&
    (!paged || (paged === "night" ? row.night : row.pages) > 0) &&
    words.every((word) => text.includes(word))).map(({ row }) => row).sort(ORDERS[sort.value]);
}

export function choose(name, value) {
  document.getElementById(name).value = value;
  changed();
  form.scrollIntoView({ block: "nearest" });
}

export function clear() {
  form.reset();
  changed();
}

export function drawFilter() {
  const counts = Object.groupBy(page.rows, (row) => row.severity);
  document.getElementById("severities").append(...SEVERITIES.map((severity) =>
    el("label", { class: "chip" }, el("input", { type: "checkbox", value: severity, checked: true }), icon(severity), severity,
      el("span", { class: "facts" }, number(counts[severity]?.length ?? 0)))));
  options("verdict", tally("verdict"), "every");
  options("account", tally("account").map(([id, count]) => [id, count, accountName(id)]), "every");
  const watch = new Set(page.watch_kinds);
  const kinds = tally("kind");
  options("kind", [["root use", page.incidents - page.watch, "all root use"], ...kinds.filter(([kind]) => !watch.has(kind)),
    ...kinds.filter(([kind]) => watch.has(kind))], "every");
}

function tally(name) {
  return [...Map.groupBy(page.rows, (row) => row[name])].map(([value, rows]) => [value, rows.length])
    .sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]));
}

function options(id, values, all) {
  document.getElementById(id).append(el("option", { value: "" }, all),
    ...values.map(([value, count, words]) => el("option", { value }, `${words ?? value} (${number(count)})`)));
}

form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("clear").addEventListener("click", clear);
form.addEventListener("change", (event) => event.target === search || changed()); // the search tells of itself below
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => changed(), 60);
});
search.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  search.value = "";
  changed();
});

// Figures, accounts, countries and kinds. What can be filtered by is a button.

import { el } from "./dom.js";
import { count, country, days, number } from "./words.js";
import { page } from "./data.js";

export function drawHead() {
  const span = days(page.first, page.last);
  const night = page.night.map((hour) => `${String(hour).padStart(2, "0")}:00`);
  document.title = span ? `rootwatch replay, ${page.first.slice(0, 10)} to ${page.last.slice(0, 10)}` : "rootwatch replay";
  put("period", span ? `${page.first.slice(0, 10)} to ${page.last.slice(0, 10)}, UTC` : "no records with a time");
  put("lead", `In ${count(span, "day")}: ${count(page.incidents, "incident")}, ${count(page.pages, "page")}, ${number(page.planned)} planned.`);
  put("under", `${count(page.records, "record")} that concern root or its watch${
    page.duplicates ? `, and ${count(page.duplicates, "duplicate")} of them` : ""}, taken in one by one at their own time.`);
  const noMfa = page.countries.reduce((sum, row) => sum + row.no, 0);
  const rows = [
    [page.incidents - page.watch, "incidents of root use"],
    [page.watch, "of watch events"],
    [page.pages, "pages"],
    [page.at_night, `pages at night, ${night[0]} to ${night[1]} UTC`],
    [page.planned, "planned incidents"],
    [noMfa, "sign-ins without MFA"],
    [Object.values(page.notices).reduce((sum, one) => sum + one, 0), "messages on all channels"],
  ];
  document.getElementById("figures").replaceChildren(...rows.map(([value, words]) =>
    el("div", {}, el("dt", {}, words), el("dd", {}, number(value)))));
}

export function drawTables(choose) {
  fill("accounts", ["Account", "Incidents", "Root events", "Pages"], page.accounts.map((row) =>
    [button(row.name ?? row.id, row.name ? row.id : "", () => choose("account", row.id)),
      row.incidents, row.root_events, row.pages]), 10);
  fill("countries", ["Country", "With MFA", "Without", "Unknown", "Failed"], page.countries.map((row) =>
    [country(row.country), row.yes, row.no, row.unknown, row.failed]), 10);
  const kinds = [...Map.groupBy(page.rows, (row) => row.kind)]
    .map(([kind, found]) => [kind, found.length, found.reduce((sum, row) => sum + row.pages, 0)])
    .sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]));
  fill("kinds", ["Kind", "Incidents", "Pages"], kinds.map(([kind, incidents, pages]) =>
    [button(kind, "", () => choose("kind", kind)), incidents, pages]), 10);
}

function put(id, words) {
  document.getElementById(id).textContent = words;
}

function button(words, small, action) {
  const node = el("button", { type: "button", class: "pick" }, words, small ? el("span", { class: "facts" }, ` ${small}`) : null);
  node.addEventListener("click", action);
  return node;
}

function fill(id, heads, rows, most) {
  const place = document.getElementById(id);
  if (rows.length === 0) {
    place.replaceChildren(el("p", { class: "none" }, "None."));
    return;
  }
  const line = ([name, ...values]) => el("tr", {}, el("th", { scope: "row" }, name),
    ...values.map((value) => el("td", { class: value ? "" : "zero" }, number(value))));
  const body = el("tbody", {}, ...rows.slice(0, most).map(line));
  place.replaceChildren(el("table", { class: "numbers" },
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), body));
  if (rows.length <= most) return;
  const all = el("button", { type: "button", class: "more" }, `Show all ${number(rows.length)}`);
  all.addEventListener("click", () => {
    body.append(...rows.slice(most).map(line));
    all.remove();
  });
  place.append(all);
}

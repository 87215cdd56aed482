// The accounts, fifty at a time: what fails or is not known of each, and all of it when it is opened.

import { el } from "./dom.js";
import { paged } from "./paged.js";
import { count, number } from "./words.js";

const STATES = { fails: "FAILS", unknown: "UNKNOWN", holds: "holds", "not-applicable": "n/a" };
const list = document.getElementById("list");
const shown = paged(list, document.getElementById("pages"), item);
let rules = [];

export function drawAccounts(found, asked) {
  rules = asked;
  shown.draw(found);
}

// On paper there is nothing to open.
export function drawOnPaper() {
  shown.drawAll();
  for (const details of list.querySelectorAll("details")) details.open = true;
}

export function drawPage() {
  shown.drawPage();
}

function item(account) {
  const fails = account.answers.filter((answer) => answer.state === "fails").length;
  const unknown = account.answers.filter((answer) => answer.state === "unknown").length;
  const details = el("details", {},
    el("summary", {}, el("b", {}, account.id), el("span", { class: "says" }, account.name),
      el("span", { class: "tags" },
        account.below ? el("span", { class: "tag below" }, "below the line") : null,
        fails ? el("span", { class: "tag" }, `${number(fails)} fail${fails === 1 ? "s" : ""}`) : null,
        unknown ? el("span", { class: "tag" }, `${number(unknown)} unknown`) : null)));
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(answers(account)));
  return el("li", { "data-id": account.id }, details);
}

function answers(account) {
  const looked = account.looked_at ? `Looked at ${account.looked_at.slice(0, 10)} ${account.looked_at.slice(11, 16)} UTC.` : "Not looked at yet.";
  const order = Object.keys(STATES);
  const sorted = account.answers.map((answer, at) => ({ ...answer, rule: rules[at] }))
    .sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const known = account.alias ? `Alias ${account.alias}. ${looked}` : looked;
  return el("div", { class: "answers" }, el("p", { class: "facts looked" }, known),
    el("ul", { class: "facts-list" }, ...sorted.map(line)));
}

function line({ state, says, users, rule }) {
  return el("li", {}, el("span", { class: `state ${state}` }, STATES[state]),
    el("span", {}, rule.label, rule.must ? el("span", { class: "star", title: "asked for by posture.must" }, " *") : null),
    el("div", { class: "says" }, says,
      users.length > 1 ? el("details", {}, el("summary", {}, `Show ${count(users.length, "finding")}`),
        el("ul", { class: "users" }, ...users.map((one) => el("li", {}, `${one.user}: ${one.says}`)))) : null));
}

// Puts the page together: figures, rules, and the accounts that the filter leaves.

import { el } from "./dom.js";
import { count, number } from "./words.js";
import { startTheme } from "./theme.js";
import { drawAccounts, drawOnPaper, drawPage } from "./accounts.js";

const page = JSON.parse(document.getElementById("data").textContent);
const form = document.getElementById("filter");
const [search, rule, which] = ["search", "rule", "which"].map((id) => document.getElementById(id));
const found = page.accounts.map((account) => ({
  account,
  text: [account.id, account.name, account.alias ?? "", ...account.answers.flatMap((one) => [one.says, ...one.users.map((user) => `${user.user} ${user.says}`)])].join(" ").toLowerCase(),
}));
const WHICH = {
  troubled: (account, answers) => answers.some((one) => one.state === "fails" || one.state === "unknown"),
  below: (account, answers) => account.below && answers.some((one) => one.state === "fails" || one.state === "unknown"),
  unknown: (account, answers) => answers.some((one) => one.state === "unknown"),
  every: () => true,
};
let waiting = 0;

function matching() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return found.filter(({ account, text }) => {
    const answers = rule.value === "" ? account.answers : [account.answers[Number(rule.value)]];
    return WHICH[which.value](account, answers) && words.every((word) => text.includes(word));
  }).map(({ account }) => account);
}

function draw() {
  const shown = matching();
  drawAccounts(shown, page.rules);
  put("shown", `${number(shown.length)} of ${count(page.accounts.length, "account")}`);
}

function drawHead() {
  const below = page.accounts.filter((account) => account.below).length;
  const one = (name) => page.rules.findIndex((each) => each.rule === name);
  const failing = (name) => page.accounts.filter((account) => account.answers[one(name)]?.state === "fails").length;
  put("period", `as of ${page.at.slice(0, 10)} ${page.at.slice(11, 16)} UTC${page.framework ? `, by ${page.framework}` : ""}`);
  put("lead", `${number(below)} of ${count(page.accounts.length, "account")} ${below === 1 ? "is" : "are"} below the line.`);
  put("under", `The line: ${page.must.join(", ") || "none"}. What can't be read is below it.`);
  const blank = page.accounts.filter((account) => account.answers.filter((each) => each.state !== "unknown").length < 2).length;
  const rows = [
    [below, "below the line"],
    [blank, "could not be read"],
    [failing("root-mfa"), "with root without MFA"],
    [failing("root-no-access-key"), "with an access key of root"],
    [failing("user-mfa"), "with users without MFA"],
    [failing("user-key-age"), "with old access keys"],
  ];
  document.getElementById("figures").replaceChildren(...rows.map(([value, words]) =>
    el("div", {}, el("dt", {}, words), el("dd", {}, number(value)))));
}

function drawRules() {
  put("rules-name", page.framework ? `Controls of ${page.framework}` : "Rules");
  const heads = [page.framework ? "Control" : "Rule", "Holds", "Fails", "Unknown", "N/A", "What it asks for"];
  const lines = page.rules.map((each, at) => {
    const counts = { holds: 0, fails: 0, unknown: 0, "not-applicable": 0 };
    for (const account of page.accounts) counts[account.answers[at].state] += 1;
    const pick = el("button", { type: "button", class: "pick" }, each.label,
      each.must ? el("span", { class: "star", title: "asked for by posture.must" }, " *") : null);
    pick.addEventListener("click", () => choose(at));
    return el("tr", {}, el("th", { scope: "row" }, pick),
      cell(counts.holds), cell(counts.fails, "bad"), cell(counts.unknown, "dim"), cell(counts["not-applicable"]),
      el("td", { class: "title" }, each.title));
  });
  document.getElementById("rules").replaceChildren(el("table", { class: "numbers" },
    el("thead", {}, el("tr", {}, ...heads.map((head, at) => el("th", { scope: "col", class: at === 5 ? "title" : "" }, head)))),
    el("tbody", {}, ...lines)));
  rule.append(el("option", { value: "" }, "every"), ...page.rules.map((each, at) => el("option", { value: at }, each.label)));
}

function cell(value, name = "") {
  return el("td", { class: value ? name : "zero" }, number(value));
}

function choose(at) {
  rule.value = String(at);
  which.value = "troubled";
  draw();
  form.scrollIntoView({ block: "nearest" });
}

function put(id, words) {
  document.getElementById(id).textContent = words;
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => event.target === search || draw()); // the search tells of itself below
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 60);
});
document.getElementById("clear").addEventListener("click", () => {
  form.reset();
  draw();
});
document.getElementById("print").addEventListener("click", () => print());
addEventListener("beforeprint", drawOnPaper);
addEventListener("afterprint", drawPage);

startTheme();
drawHead();
drawRules();
draw();

// What opens below an incident: what root did, and what would have been told of it.

import { el } from "./dom.js";
import { clock, count, country, date } from "./words.js";
import { storyOf } from "./data.js";
import { icon } from "./marks.js";
import { messages } from "./messages.js";

const MOST_FACTS = 100;
const MFA = { yes: "with MFA", no: "without MFA", unknown: "MFA unknown" };

// Fills `place`; waits for the story to be unpacked.
export async function showStory(row, place) {
  try {
    const story = await storyOf(row);
    place.replaceChildren(
      el("p", { class: "happened" }, story.happened),
      el("dl", { class: "particulars" }, ...particulars(row, story)),
      el("h4", {}, "What happened"), facts(story.facts),
      el("h4", {}, "What would have been told"), notices(story.told));
  } catch (error) {
    place.replaceChildren(el("p", {}, `This story can't be unpacked here: ${error.message}. A current browser can.`));
  }
}

function* particulars(row, story) {
  const harms = Object.entries(story.harms).map(([harm, severity]) => `${harm} ${severity}`);
  const lasted = date(story.first) === date(story.last) ? clock(story.last, true) : `${date(story.last)} ${clock(story.last, true)}`;
  yield* pair("From, to", `${date(story.first)} ${clock(story.first, true)} to ${lasted}`);
  yield* pair("Account", row.account);
  yield* pair("Harms", harms.join(", "));
  yield* pair("Incident", row.id);
}

function pair(name, value) {
  return [el("div", {}, el("dt", {}, name), el("dd", {}, value))];
}

function facts(found) {
  const list = el("ol", { class: "facts-list" }, ...found.slice(0, MOST_FACTS).map(factLine));
  if (found.length <= MOST_FACTS) return list;
  const button = el("button", { type: "button", class: "more" }, `Show all ${count(found.length, "record")}`);
  button.addEventListener("click", () => {
    list.append(...found.slice(MOST_FACTS).map(factLine));
    button.remove();
  });
  const both = document.createDocumentFragment();
  both.append(list, button);
  return both;
}

function factLine(fact) {
  const small = [
    fact.action ? `${fact.action}${fact.service ? ` (${fact.service})` : ""}` : null,
    fact.address ? `${fact.address}${fact.country ? `, ${country(fact.country)}` : ""}` : null,
    fact.region, MFA[fact.mfa], fact.access_key_id, fact.error, fact.watch ? fact.means : fact.verdict_why, fact.ticket,
  ];
  return el("li", {},
    el("time", { datetime: fact.time }, clock(fact.time, true)),
    el("span", { class: "severity" }, icon(fact.severity), fact.severity),
    el("div", {},
      el("p", {}, fact.watch ? fact.says : `root ${fact.says}`),
      el("p", { class: "facts" }, small.filter(Boolean).join(" · "))));
}

function notices(told) {
  return el("div", { class: "notices" }, ...told.map((one) => {
    const body = el("div", { class: "told" });
    const details = el("details", {},
      el("summary", {},
        el("time", { datetime: one.at }, clock(one.at, true)),
        el("span", { class: "type" }, one.type),
        el("span", { class: "what" }, one.says),
        one.page ? el("span", { class: "tag page" }, "page") : null),
      body);
    // Every channel's view of every notice at once would be much for a long incident.
    details.addEventListener("toggle", () => body.childElementCount || body.append(messages(one)));
    return details;
  }));
}

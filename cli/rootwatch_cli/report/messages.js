// A message as its readers would see it, channel by channel.

import { el, link, time } from "./dom.js";
import { avatar, content } from "./slack.js";
import { detailTable } from "./pagerduty.js";
import { linked } from "./mail.js";
import { CHANNELS } from "./words.js";

const ACTIONS = { trigger: "Pages", acknowledge: "Acknowledges the alert", resolve: "Resolves the alert" };
const VIEWS = { slack, pagerduty, sns: mail };

export function messages(told) {
  const found = Object.keys(CHANNELS).filter((channel) => told.shown[channel]);
  if (found.length === 0) return el("p", { class: "facts" }, "Withdrawn before it was sent.");
  return el("div", { class: "channels" }, ...found.map((channel) =>
    el("section", { class: "channel", "data-channel": channel, "aria-label": CHANNELS[channel] },
      el("h5", {}, CHANNELS[channel], " ", time(told.sent[channel])),
      VIEWS[channel](told.shown[channel], told.sent[channel]))));
}

function slack(message, at) {
  return el("div", { class: "bubble" }, avatar(),
    el("div", { class: "words" },
      el("p", { class: "byline" }, el("b", {}, "rootwatch"), el("span", { class: "app" }, "APP"), time(at),
        message.broadcast ? el("span", {}, "also sent to the channel") : null),
      ...content(message)));
}

function pagerduty(events) {
  return el("div", { class: "alerts" }, ...events.bodies.map((body) => {
    const told = body.payload;
    return el("article", {},
      el("p", { class: `action ${body.event_action ?? "change"}` }, ACTIONS[body.event_action] ?? "Change event, pages nobody"),
      told ? el("p", { class: "summary" }, told.summary) : null,
      told ? el("p", { class: "facts" }, [told.severity, told.source].filter(Boolean).join(" · ")) : null,
      told ? detailTable({ details: told.custom_details, status: "triggered" }) : null,
      body.links?.length ? el("ul", { class: "links" }, ...body.links.map((one) => el("li", {}, link(one.href, one.text)))) : null,
      body.dedup_key ? el("p", { class: "key", title: "dedup_key" }, body.dedup_key) : null);
  }));
}

function mail(letter, at) {
  return el("div", { class: "letter" },
    el("dl", {},
      el("dt", {}, "From"), el("dd", {}, "AWS Notifications"),
      el("dt", {}, "Subject"), el("dd", {}, letter.subject),
      el("dt", {}, "Date"), el("dd", {}, `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`)),
    el("pre", {}, ...linked(letter.body)));
}

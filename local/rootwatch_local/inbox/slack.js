// The Slack channel as its members see it: messages in order, replies under what they answer.

import { el, show, time } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

export function showSlack(inbox) {
  const scroll = document.getElementById("slack-scroll");
  const follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const replies = Map.groupBy(inbox.messages.filter((message) => message.thread_ts), (message) => message.thread_ts);
  const channels = new Map(inbox.channels.map((channel) => [channel.id, channel.name]));
  const used = new Set(inbox.messages.map((message) => message.channel));
  const threads = inbox.messages
    .filter((message) => !message.thread_ts)
    .map((message) => ({
      ...message,
      replies: replies.get(message.ts) ?? [],
      channel_name: used.size > 1 ? channels.get(message.channel) : null,
    }));
  show(document.getElementById("slack-list"), threads, (message) => message.ts, thread);
  const names = used.size ? [...used].map((id) => channels.get(id)) : [...channels.values()].slice(0, 1);
  document.getElementById("slack-note").textContent = names.map((name) => `#${name}`).join(", ");
  if (follows) scroll.scrollTop = scroll.scrollHeight;
}

function thread(message) {
  const count = message.replies.length;
  return el(
    "article",
    { class: "message", "aria-label": `Message of ${message.at.slice(11, 19)} UTC` },
    avatar(),
    el("div", { class: "words" }, byline(message), ...content(message),
      count === 0 ? null : el("details", { class: "thread", open: true },
        el("summary", {}, count === 1 ? "1 reply" : `${count} replies`),
        el("div", { class: "replies" }, ...message.replies.map(reply)))),
  );
}

function reply(message) {
  return el("article", { class: "reply", "aria-label": `Reply of ${message.at.slice(11, 19)} UTC` },
    byline(message), ...content(message));
}

export function avatar() {
  const drawing = document.querySelector("svg.mark").cloneNode(true);
  drawing.setAttribute("class", "avatar");
  return drawing;
}

function byline(message) {
  return el("p", { class: "byline" },
    el("b", {}, "rootwatch"), el("span", { class: "app" }, "APP"), time(message.at),
    message.channel_name ? el("span", {}, `in #${message.channel_name}`) : null,
    message.broadcast ? el("span", {}, "also sent to the channel") : null,
    message.edited ? el("span", { title: `edited ${message.edited.slice(11, 19)} UTC` }, "(edited)") : null,
    message.pings.length ? el("span", { class: "pinged" }, `pings ${message.pings.length}`) : null);
}

export function content(message) {
  return message.blocks.length ? message.blocks.map(block) : [el("div", { class: "section" }, mrkdwn(message.text))];
}

function block(given) {
  switch (given.type) {
    case "header":
      return el("h3", {}, plain(given.text.text));
    case "divider":
      return el("hr");
    case "context":
      return el("div", { class: "context" }, ...given.elements.map((item) => el("div", {}, textOf(item))));
    case "image":
      return el("p", { class: "context" }, `Image: ${given.alt_text}`);
    case "actions":
      return el("div", { class: "actions" }, ...given.elements.map((item) => el("span", {}, item.text?.text ?? item.type)));
    default:
      return el("div", { class: "section" }, given.text ? textOf(given.text) : null,
        given.fields ? el("div", { class: "fields" }, ...given.fields.map((item) => el("div", {}, textOf(item)))) : null);
  }
}

function textOf(object) {
  if (object.type === "image") return document.createTextNode(object.alt_text);
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return el("div", { class: "lines" }, plain(object.text));
}

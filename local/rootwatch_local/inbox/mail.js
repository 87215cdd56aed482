// The mailbox: newest first, one line a mail, opened in place.

import { el, link, show, time } from "./dom.js";

const opened = new Set();

export function showMail(inbox) {
  show(document.getElementById("mail-list"), inbox.mails.toReversed(), (mail) => mail.number, mailItem);
  document.getElementById("mail-note").textContent = [...new Set(inbox.mails.map((mail) => mail.endpoint))].join(", ");
}

function mailItem(mail) {
  const body = `mail-${mail.number}`;
  const button = el("button", { type: "button", "aria-expanded": opened.has(mail.number), "aria-controls": body },
    el("span", { class: "from" }, "AWS Notifications"), time(mail.at),
    el("span", { class: "subject" }, mail.subject),
    el("span", { class: "preview" }, mail.message.replace(/\s+/g, " ").slice(0, 160)));
  const letter = el("div", { class: "letter", id: body, hidden: !opened.has(mail.number) },
    el("dl", {},
      el("dt", {}, "From"), el("dd", {}, "AWS Notifications <no-reply@sns.amazonaws.com>"),
      el("dt", {}, "To"), el("dd", {}, mail.endpoint),
      el("dt", {}, "Date"), el("dd", {}, `${mail.at.slice(0, 10)} ${mail.at.slice(11, 19)} UTC`)),
    el("pre", {}, ...linked(mail.message)));
  button.addEventListener("click", () => {
    const open = letter.hidden;
    letter.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) opened.add(mail.number);
    else opened.delete(mail.number);
  });
  return el("article", { class: "mail", "aria-label": mail.subject }, button, letter);
}

export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:)])/).map((part, at) => (at % 2 ? link(part, part) : part));
}

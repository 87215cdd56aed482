// Slack's mrkdwn as nodes: bold, italic, strike, code, quotes, links and mentions, as docs.slack.dev describes them.

import { el, link } from "./dom.js";

const EMOJI = {
  rotating_light: "🚨", warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", no_entry: "⛔",
  information_source: "ℹ️", key: "🔑", lock: "🔒", unlock: "🔓",
  eyes: "👀", bell: "🔔", no_bell: "🔕", mag: "🔍", hourglass: "⌛", fire: "🔥", shield: "🛡️", memo: "📝",
};
const BEADS = {
  red_circle: "red", large_orange_circle: "orange", large_yellow_circle: "yellow", large_green_circle: "green",
  large_blue_circle: "blue", white_circle: "white",
};
const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    "(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])",
    ":(?<emoji>[a-z0-9_+-]+):",
  ].join("|"),
  "g",
);
const QUOTE = /^(?:>|&gt;) ?/;

export function mrkdwn(text) {
  const nodes = document.createDocumentFragment();
  text.split("```").forEach((part, at, parts) => {
    const fenced = at % 2 === 1 && at < parts.length - 1;
    if (fenced) nodes.append(el("pre", {}, unescape(part.replace(/^\n|\n$/g, ""))));
    else nodes.append(...paragraphs(at % 2 === 1 ? "```" + part : part));
  });
  return nodes;
}

// A plain_text object: emoji are drawn, all else is taken as it stands.
export function plain(text) {
  const nodes = document.createDocumentFragment();
  text.split(/:([a-z0-9_+-]+):/).forEach((part, at) => nodes.append(at % 2 ? emoji(part) : part));
  return nodes;
}

function emoji(name) {
  if (BEADS[name]) return el("span", { class: `bead ${BEADS[name]}`, role: "img", "aria-label": name });
  return document.createTextNode(EMOJI[name] ?? `:${name}:`);
}

function* paragraphs(text) {
  let quoted = [];
  let lines = [];
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    if (QUOTE.test(line)) {
      if (lines.length) yield block("div", lines);
      lines = [];
      quoted.push(line.replace(QUOTE, ""));
    } else {
      if (quoted.length) yield block("blockquote", quoted);
      quoted = [];
      lines.push(line);
    }
  }
  if (quoted.length) yield block("blockquote", quoted);
  if (lines.length && lines.join("")) yield block("div", lines);
}

function block(tag, lines) {
  return el(tag, { class: "lines" }, inline(lines.join("\n")));
}

function inline(text) {
  const nodes = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.append(unescape(text.slice(end, match.index)), styled(match));
    end = match.index + match[0].length;
  }
  nodes.append(unescape(text.slice(end)));
  return nodes;
}

function styled(match) {
  const { code, angle, bold, italic, strike } = match.groups;
  if (code !== undefined) return el("code", {}, unescape(code));
  if (angle !== undefined) return reference(angle);
  if (bold !== undefined) return el("strong", {}, inline(bold));
  if (italic !== undefined) return el("em", {}, inline(italic));
  if (strike !== undefined) return el("s", {}, inline(strike));
  return emoji(match.groups.emoji);
}

// What stands between < and >: a link, a mention, a date, or nothing that Slack knows.
function reference(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (/^(https?:\/\/|mailto:)/i.test(target)) return link(unescape(target), label || unescape(target));
  if (/^!(channel|here|everyone)$/.test(target)) return el("span", { class: "mention loud" }, `@${target.slice(1)}`);
  if (/^@[UW]\w+$/.test(target)) return el("span", { class: "mention loud" }, `@${label || target.slice(1)}`);
  if (/^#C\w+$/.test(target)) return el("span", { class: "mention" }, `#${label || target.slice(1)}`);
  if (target.startsWith("!date^")) return document.createTextNode(label || "a date");
  return document.createTextNode(`<${unescape(inside)}>`);
}

function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

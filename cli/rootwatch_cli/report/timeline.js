// Rows are accounts, time runs across, a mark is an incident. Tab enters it once; the arrow keys move from mark to mark.

import { el } from "./dom.js";
import { SEVERITIES, clock, count, date, month, shortDay } from "./words.js";
import { accountName, names, page } from "./data.js";
import { shape, svg } from "./marks.js";

const MOST_ROWS = 20;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STEPS = [HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY];
const start = page.first ? Math.floor(Date.parse(page.first) / DAY) * DAY : 0;
const end = page.last ? (Math.floor(Date.parse(page.last) / DAY) + 1) * DAY : DAY;
const place = document.getElementById("timeline");
const readout = document.getElementById("readout");
const more = document.getElementById("more-rows");
const hint = "Point at a mark, or go from mark to mark with the arrow keys. Enter opens the incident.";

let rows = []; // of the incidents shown, those of one account each, by time
let nodes = new Map(); // incident → its mark
let open = () => {};
let shown = [];
let all = false;
let drawnAt = 0;

export function onOpen(callback) {
  open = callback;
}

// As wide as its place, or as the paper.
export function drawTimeline(incidents, paper = 0) {
  shown = incidents;
  drawnAt = room();
  const width = paper || drawnAt;
  const roomy = width >= 640;
  const frame = { width, left: roomy ? 186 : 8, right: width - 12, top: 34, row: roomy ? 30 : 46, roomy };
  const byTime = incidents.toSorted((one, other) => one.at.localeCompare(other.at));
  const grouped = [...Map.groupBy(byTime, (row) => row.account)].sort(byNoise);
  const visible = all ? grouped : grouped.slice(0, MOST_ROWS);
  rows = visible.map(([, found]) => found);
  nodes = new Map();
  const height = frame.top + visible.length * frame.row + 10;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label":
    `Timeline of ${count(incidents.length, "incident")} in ${count(grouped.length, "account")}` });
  drawing.append(...axis(frame, height), ...visible.flatMap(([account, found], at) => [...row(frame, account, found, at)]));
  place.replaceChildren(drawing);
  nodes.values().next().value?.setAttribute("tabindex", "0");
  more.hidden = grouped.length <= MOST_ROWS;
  more.textContent = all ? `Show the first ${MOST_ROWS} accounts` : `Show all ${grouped.length} accounts`;
  readout.textContent = incidents.length ? hint : "";
}

function room() {
  return Math.max(300, Math.floor(place.clientWidth));
}

function byNoise([one, first], [other, second]) {
  const pages = (found) => found.reduce((sum, row) => sum + row.pages, 0);
  return pages(second) - pages(first) || second.length - first.length || one.localeCompare(other);
}

function across(frame, milliseconds) {
  return frame.left + ((milliseconds - start) / (end - start)) * (frame.right - frame.left);
}

function* axis(frame, height) {
  const fits = Math.max(2, Math.floor((frame.right - frame.left) / 76));
  for (const [at, label] of ticks((end - start) / fits)) {
    const x = across(frame, at).toFixed(1);
    if (x > frame.right - 38) return;
    yield svg("line", { class: "tick", x1: x, x2: x, y1: frame.top - 8, y2: height - 6 });
    yield text("label", Number(x) + 4, frame.top - 14, label);
  }
}

// The widest steps that leave room for their labels: hours, days, weeks, months.
function* ticks(least) {
  const step = STEPS.find((one) => one >= least);
  if (step) {
    const monday = step === 7 * DAY ? 4 * DAY : 0; // 1970 began on a Thursday
    for (let at = Math.ceil((start - monday) / step) * step + monday; at < end; at += step) {
      yield [at, step < DAY && at % DAY ? new Date(at).toISOString().slice(11, 16) : shortDay(at)];
    }
    return;
  }
  const months = [1, 3, 6, 12, 60].find((one) => one * 30 * DAY >= least) ?? 120;
  const from = new Date(start);
  for (let next = from.getUTCMonth() + 1; ; next += 1) {
    const at = Date.UTC(from.getUTCFullYear(), next, 1);
    if (at >= end) return;
    const whole = new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth();
    if (whole % months === 0) yield [at, month(at)];
  }
}

function* row(frame, account, found, at) {
  const y = frame.top + at * frame.row;
  const middle = y + frame.row - 15;
  const name = names.get(account);
  const label = frame.roomy ? middle + 4 : y + 16;
  yield svg("line", { class: "rule", x1: frame.roomy ? 12 : frame.left, x2: frame.right, y1: y, y2: y });
  yield text("name", frame.roomy ? 12 : frame.left, label, cut(name ?? account, 24), name ? `${name} (${account})` : account);
  for (const window of page.windows.filter((one) => one.account === account)) yield shading(frame, window, middle);
  const worstLast = found.toSorted((one, other) => SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity));
  for (const incident of worstLast) yield markOf(frame, incident, middle);
}

function shading(frame, window, middle) {
  const from = across(frame, Math.max(start, Date.parse(window.start)));
  const wide = Math.max(8, across(frame, Math.min(end, Date.parse(window.until))) - from);
  const words = `Break-glass window, ${date(window.start)} ${clock(window.start)} to ${clock(window.until)} UTC`;
  return svg("rect", { class: "window", x: (from - 2).toFixed(1), y: middle - 12, width: wide.toFixed(1), height: 24, rx: 3 },
    svg("title", {}, window.ticket ? `${words}, ${window.ticket}` : words));
}

function markOf(frame, incident, y) {
  const x = across(frame, Date.parse(incident.at)).toFixed(1);
  const node = svg("g", { class: "spot", role: "button", tabindex: "-1", transform: `translate(${x} ${y})`,
    "data-id": incident.id, "aria-label": words(incident) },
  svg("circle", { class: "ring", r: 10 }), shape(incident.severity));
  nodes.set(incident.id, node);
  return node;
}

function words(incident) {
  const pages = incident.pages ? `, ${count(incident.pages, "page")}` : "";
  return `${date(incident.at)} ${clock(incident.at)} UTC, ${accountName(incident.account)}, ${incident.severity}, ` +
    `${incident.verdict}${pages}: ${incident.says}`;
}

function text(kind, x, y, words, title = "") {
  return svg("text", { class: kind, x, y }, words, ...(title ? [svg("title", {}, title)] : []));
}

function cut(words, most) {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

function spot(event) {
  return event.target instanceof Element ? event.target.closest(".spot") : null;
}

function say(node) {
  readout.textContent = node ? node.getAttribute("aria-label") : hint;
}

function move(from, key) {
  const at = rows.findIndex((found) => found.some((row) => row.id === from.dataset.id));
  const along = rows[at].findIndex((row) => row.id === from.dataset.id);
  const beside = (found) => {
    const time = Date.parse(rows[at][along].at);
    return found?.reduce((best, row) =>
      (Math.abs(Date.parse(row.at) - time) < Math.abs(Date.parse(best.at) - time) ? row : best));
  };
  const to = {
    ArrowLeft: () => rows[at][along - 1],
    ArrowRight: () => rows[at][along + 1],
    ArrowUp: () => beside(rows[at - 1]),
    ArrowDown: () => beside(rows[at + 1]),
    Home: () => rows[at][0],
    End: () => rows[at].at(-1),
  }[key]?.();
  if (to) focus(nodes.get(to.id));
}

function focus(node) {
  for (const other of place.querySelectorAll('.spot[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  node.setAttribute("tabindex", "0");
  node.parentNode.append(node); // on top of its neighbours
  node.focus();
}

place.addEventListener("click", (event) => spot(event) && open(spot(event).dataset.id));
place.addEventListener("pointerover", (event) => say(spot(event)));
place.addEventListener("focusin", (event) => say(spot(event)));
place.addEventListener("keydown", (event) => {
  const node = spot(event);
  if (node === null || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" || event.key === " ") open(node.dataset.id);
  else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) move(node, event.key);
  else return;
  event.preventDefault();
});
more.addEventListener("click", () => {
  all = !all;
  drawTimeline(shown);
});
new ResizeObserver(() => {
  if (room() !== drawnAt) drawTimeline(shown);
}).observe(place);

export function drawLegend(list) {
  const entry = (drawing, words) => el("li", {}, drawing, words);
  const box = (child) => svg("svg", { class: "icon", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, child);
  list.replaceChildren(
    ...SEVERITIES.map((severity) => entry(box(shape(severity)), severity)),
    entry(box(svg("rect", { class: "window", x: -5, y: -7, width: 10, height: 14, rx: 3 })), "break-glass window"));
}

// PagerDuty as the person on call sees it: incidents, newest first, and below them what merely changed.

import { el, link, show, time } from "./dom.js";

const STATUS = { triggered: "Triggered", acknowledged: "Acknowledged", resolved: "Resolved" };
const SEVERITY = { critical: "Critical", error: "Error", warning: "Warning", info: "Info" };

export function showPagerDuty(inbox) {
  const incidents = inbox.incidents.toReversed();
  show(document.getElementById("incident-list"), incidents, (incident) => incident.number, incidentCard);
  const open = incidents.filter((incident) => incident.status !== "resolved").length;
  document.getElementById("pagerduty-note").textContent = incidents.length ? `${open} open of ${incidents.length}` : "";
  document.getElementById("changes").hidden = inbox.changes.length === 0;
  show(document.getElementById("change-list"), inbox.changes.toReversed(), (change) => change.number, changeLine);
}

function incidentCard(incident) {
  return el("article",
    { class: "incident", "data-severity": incident.severity, "data-status": incident.status,
      "aria-label": `Incident ${incident.number}` },
    el("p", { class: "state" },
      el("span", { class: "status" }, STATUS[incident.status]),
      el("span", { class: "urgency" }, incident.urgency === "high" ? "High urgency" : "Low urgency"),
      el("span", { class: "number" }, `#${incident.number}`),
      time(incident.at)),
    el("h3", {}, incident.summary),
    el("p", { class: "facts" }, `${SEVERITY[incident.severity]} · ${incident.source} · ${events(incident.triggers)}`),
    detailTable(incident),
    incident.links.length ? el("ul", { class: "links" },
      ...incident.links.map((item) => el("li", {}, link(item.href, item.text)))) : null,
    el("p", { class: "key", title: "dedup_key" }, incident.dedup_key));
}

function events(triggers) {
  return triggers === 1 ? "paged once" : `paged once, ${triggers - 1} more appended`;
}

export function detailTable(incident) {
  const rows = Object.entries(incident.details);
  if (rows.length === 0) return null;
  return el("details", { open: incident.status === "triggered" },
    el("summary", {}, "Details"),
    el("table", {}, el("tbody", {}, ...rows.map(([name, value]) =>
      el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, valueText(value)))))));
}

function valueText(value) {
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join("\n");
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

function changeLine(change) {
  return el("li", {}, time(change.at),
    el("div", {}, el("p", {}, change.summary),
      el("p", { class: "facts" }, change.source,
        ...change.links.flatMap((item) => [" · ", link(item.href, item.text)]))));
}

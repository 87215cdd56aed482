// Severities as shapes: no meaning is in a colour alone.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  critical: "M0-6.5 6.5 0 0 6.5-6.5 0z",
  high: "M0-6 6 5H-6z",
  medium: "M-4.4-4.4H4.4V4.4H-4.4z",
  low: "M-3.9 0a3.9 3.9 0 1 0 7.8 0a3.9 3.9 0 1 0-7.8 0z",
};

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

export function shape(severity, attributes = {}) {
  return svg("path", { class: `shape ${severity}`, d: SHAPES[severity], ...attributes });
}

export function icon(severity) {
  return svg("svg", { class: "icon", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, shape(severity));
}

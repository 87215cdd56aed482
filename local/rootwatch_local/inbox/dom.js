// Builds the page's nodes. Text goes in as text nodes only: nothing that a message says is ever read as HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function time(at) {
  return el("time", { datetime: at, title: `${at.slice(0, 10)} ${at.slice(11, 19)} UTC` }, at.slice(11, 19));
}

// A link to the web, or the bare text where the address is of any other kind.
export function link(address, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return document.createTextNode(label);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

// Shows `items` in `list`, in order. A node whose item has not changed stays as it is, with its focus, its place and
// whatever the reader has opened in it.
export function show(list, items, key, render) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const first = list.dataset.filled === undefined; // what was there before the page was opened is not news
  let after = null;
  for (const item of items) {
    const name = String(key(item));
    const state = JSON.stringify(item);
    let node = old.get(name);
    if (node === undefined || node.dataset.state !== state) {
      const made = render(item);
      made.dataset.key = name;
      made.dataset.state = state;
      if (!first) made.classList.add("new");
      if (node !== undefined) {
        carryOver(node, made);
        node.replaceWith(made);
      }
      node = made;
    }
    old.delete(name);
    const place = after === null ? list.firstChild : after.nextSibling;
    if (place !== node) list.insertBefore(node, place);
    after = node;
  }
  for (const node of old.values()) node.remove();
  list.dataset.filled = "";
}

// What the reader had opened or focused in a node that is drawn anew.
function carryOver(from, to) {
  const before = from.querySelectorAll("details");
  to.querySelectorAll("details").forEach((details, at) => {
    if (before[at]) details.open = before[at].open;
  });
  const focusable = "a, button, summary";
  const focused = [...from.querySelectorAll(focusable)].indexOf(document.activeElement);
  if (focused >= 0) queueMicrotask(() => to.querySelectorAll(focusable)[focused]?.focus({ preventScroll: true }));
}

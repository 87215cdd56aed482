// A list, fifty at a time, with steps to those before and after.

import { el } from "./dom.js";
import { number } from "./words.js";

const PAGE = 50;

export function paged(list, pages, item) {
  let rows = [];
  let first = 0;

  function turn(to) {
    first = to;
    list.replaceChildren(...rows.slice(first, first + PAGE).map(item));
    if (rows.length <= PAGE) {
      pages.replaceChildren();
      return;
    }
    const last = Math.min(first + PAGE, rows.length);
    pages.replaceChildren(
      step("Previous", first - PAGE, first > 0),
      el("p", {}, `${number(first + 1)} to ${number(last)} of ${number(rows.length)}`),
      step("Next", first + PAGE, last < rows.length));
  }

  function step(words, to, possible) {
    const node = el("button", { type: "button", disabled: !possible }, words);
    node.addEventListener("click", () => {
      turn(to);
      list.focus({ preventScroll: true });
      list.parentNode.scrollIntoView({ block: "start" });
    });
    return node;
  }

  return {
    draw(found) {
      rows = found;
      turn(0);
    },
    // On paper there is nothing to turn: all of them.
    drawAll() {
      list.replaceChildren(...rows.map(item));
      pages.replaceChildren();
    },
    drawPage() {
      turn(first);
    },
    // The node of the first row that fits, on whatever page it is; undefined if there is none.
    find(fits) {
      const at = rows.findIndex(fits);
      if (at < 0) return undefined;
      if (at < first || at >= first + PAGE) turn(at - (at % PAGE));
      return list.children[at - first];
    },
  };
}

// Puts the page together: one filter, and all that shows what it leaves.

import { drawFilter, choose, clear, matching, onChange } from "./filter.js";
import { drawAll, drawList, drawPage, reveal } from "./list.js";
import { drawHead, drawTables } from "./tables.js";
import { drawLegend, drawTimeline, onOpen } from "./timeline.js";

const PAPER = 690; // the width that A4 leaves, in CSS pixels
const theme = document.getElementById("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");

function draw() {
  const rows = matching();
  drawTimeline(rows);
  document.getElementById("shown").textContent = drawList(rows);
}

function show(isDark) {
  theme.setAttribute("aria-pressed", String(isDark));
}

onChange(draw);
onOpen((id) => {
  if (reveal(id)) return;
  clear();
  reveal(id);
});
theme.addEventListener("click", () => {
  const isDark = theme.getAttribute("aria-pressed") !== "true";
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
  show(isDark);
});
dark.addEventListener("change", () => {
  if (!document.documentElement.style.colorScheme) show(dark.matches);
});
document.getElementById("print").addEventListener("click", () => print());
addEventListener("beforeprint", () => {
  drawAll();
  drawTimeline(matching(), PAPER);
});
addEventListener("afterprint", () => {
  drawPage();
  drawTimeline(matching());
});

show(dark.matches);
drawHead();
drawLegend(document.getElementById("legend"));
drawTables(choose);
drawFilter();
draw();

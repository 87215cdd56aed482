// Puts the page together: one filter, and all that shows what it leaves.

import { drawFilter, choose, clear, matching, onChange } from "./filter.js";
import { drawAll, drawList, drawPage, reveal } from "./list.js";
import { drawHead, drawTables } from "./tables.js";
import { startTheme } from "./theme.js";
import { drawLegend, drawTimeline, onOpen } from "./timeline.js";

const PAPER = 690; // the width that A4 leaves, in CSS pixels

function draw() {
  const rows = matching();
  drawTimeline(rows);
  document.getElementById("shown").textContent = drawList(rows);
}

onChange(draw);
onOpen((id) => {
  if (reveal(id)) return;
  clear();
  reveal(id);
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

startTheme();
drawHead();
drawLegend(document.getElementById("legend"));
drawTables(choose);
drawFilter();
draw();

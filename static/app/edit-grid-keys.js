// Moving, choosing, typing, copying and pasting in the grid.
import { formatBlock, parseBlock } from "./edit-grid-blocks.js";
import { cellsOf } from "./edit-grid-view.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const PAGE_ROWS = 10;

export class Keys {
  constructor(grid) {
    this.grid = grid;
    this.leaving = false; // after Escape, Tab leaves the grid
    this.input = null;
    for (const type of ["keydown", "paste", "copy", "focusin", "click"]) grid.addEventListener(type, (event) => this[type](event));
  }

  rows() { return [...this.grid.querySelectorAll("tbody tr")]; }

  // Where one can be in a row: its cells, then its buttons.
  stops(tr) { return [...cellsOf(tr), ...tr.querySelectorAll("[data-buttons] button:not([hidden])")]; }

  cell(target) { return target.closest?.("tbody [data-key]"); }

  place(element) {
    const tr = element.closest("tr");
    return [this.rows().indexOf(tr), this.stops(tr).indexOf(element.closest("[data-key], button"))];
  }

  go(row, column, extends_ = false) {
    const rows = this.rows();
    const tr = rows[Math.max(0, Math.min(rows.length - 1, row))];
    if (!tr) return false;
    const stops = extends_ ? cellsOf(tr) : this.stops(tr);
    const stop = stops[Math.max(0, Math.min(stops.length - 1, column))];
    if (!extends_) this.anchor = stop;
    this.extending = extends_;
    stop.focus();
    stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.select(extends_ ? this.anchor : stop, stop);
    return true;
  }

  select(from, to) {
    this.grid.querySelectorAll("[aria-selected]").forEach((cell) => cell.removeAttribute("aria-selected"));
    if (!from?.isConnected || from === to) { this.chosen = null; return; }
    const [[r1, c1], [r2, c2]] = [this.place(from), this.place(to)];
    this.chosen = this.rows().slice(Math.min(r1, r2), Math.max(r1, r2) + 1)
      .map((tr) => cellsOf(tr).slice(Math.min(c1, c2), Math.max(c1, c2) + 1));
    this.chosen.flat().forEach((cell) => cell.setAttribute("aria-selected", "true"));
  }

  block() {
    const cell = this.cell(document.activeElement);
    return this.chosen ?? (cell ? [[cell]] : []);
  }

  focusin(event) {
    const stop = event.target.closest("tbody [data-key], tbody [data-buttons] button");
    if (!stop || this.input) return;
    this.grid.querySelectorAll("tbody [tabindex='0']").forEach((one) => { one.tabIndex = -1; });
    stop.tabIndex = 0;
    this.leaving = false;
    if (!this.extending) { this.anchor = stop; this.select(stop, stop); }
    this.extending = false;
  }

  click(event) {
    const cell = this.cell(event.target);
    if (!cell || event.target.closest("button, textarea")) return;
    const again = this.last === cell && document.activeElement === cell;
    this.last = cell;
    if (event.shiftKey && this.anchor?.isConnected) { this.extending = true; cell.focus(); this.select(this.anchor, cell); return; }
    cell.focus();
    if (again || event.pointerType === "touch") this.edit(cell);
  }

  keydown(event) {
    if (this.input) { this.keydownEditing(event); return; }
    const stop = event.target.closest("tbody [data-key], tbody [data-buttons] button");
    if (!stop || stop !== event.target) return;
    const [row, column] = this.place(stop);
    const { key } = event;
    const isCell = stop.matches("[data-key]");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (ARROWS[key] && plain) this.go(row + ARROWS[key][0], column + ARROWS[key][1], event.shiftKey && isCell);
    else if (key === "Tab" && !this.leaving) { if (!this.step(stop, event.shiftKey ? -1 : 1)) return; }
    else if (key === "Escape") { this.leaving = true; this.select(null, null); return; }
    else if (key === "PageDown" || key === "PageUp") this.go(row + (key === "PageUp" ? -PAGE_ROWS : PAGE_ROWS), column);
    else if (key === "Home" || key === "End") this.go(event.ctrlKey ? (key === "Home" ? 0 : Infinity) : row, key === "Home" ? 0 : cellsOf(stop.closest("tr")).length - 1);
    else if (!isCell) return;
    else if (key === "Enter" || key === "F2") this.edit(stop);
    else if (key === "Delete" || key === "Backspace") this.grid.write(this.block().flat().filter((cell) => cell.dataset.key !== "phone").map((cell) => [cell, ""]));
    else if (key.length === 1 && plain) { this.edit(stop, ""); return; } // the letter goes into the field
    else return;
    event.preventDefault();
  }

  step(stop, by) {
    const all = this.rows().flatMap((tr) => this.stops(tr));
    const next = all[all.indexOf(stop) + by];
    if (next) this.go(...this.place(next));
    return Boolean(next);
  }

  edit(cell, text = null) {
    if (this.input || !this.grid.canWrite(cell)) return;
    const input = document.createElement("textarea");
    input.className = "sp-edit-input";
    input.rows = 1;
    input.maxLength = cell.dataset.key === "phone" ? 40 : 1000;
    input.setAttribute("aria-label", this.grid.nameOf(cell));
    if (cell.dataset.key === "phone") input.inputMode = "tel";
    input.value = text ?? cell.querySelector(".sp-cell").textContent;
    input.addEventListener("blur", () => this.finish(true));
    this.input = input;
    cell.append(input);
    cell.dataset.editing = "";
    input.focus();
    input.select();
  }

  keydownEditing(event) {
    const { key, shiftKey } = event;
    if (event.isComposing || !["Enter", "Tab", "Escape"].includes(key) || (key === "Enter" && event.altKey)) return;
    event.preventDefault();
    const cell = this.input.closest("[data-key]");
    this.finish(key !== "Escape");
    const [row, column] = this.place(cell);
    if (key === "Escape") this.go(row, column);
    else if (key === "Enter") this.go(row + (shiftKey ? -1 : 1), column);
    else this.step(cell, shiftKey ? -1 : 1);
  }

  finish(keeps) {
    const { input } = this;
    if (!input) return;
    this.input = null;
    const cell = input.closest("[data-key]");
    delete cell.dataset.editing;
    input.remove();
    if (keeps) this.grid.write([[cell, input.value.trim()]]);
  }

  copy(event) {
    if (this.input || !this.cell(event.target) || !getSelection().isCollapsed) return;
    event.clipboardData.setData("text/plain", formatBlock(this.block().map((cells) => cells.map((cell) => cell.querySelector(".sp-cell").textContent))));
    event.preventDefault();
  }

  paste(event) {
    const cell = this.cell(event.target);
    if (this.input || !cell) return;
    event.preventDefault();
    const [row, column] = this.place(cell);
    const block = parseBlock(event.clipboardData.getData("text/plain"));
    const missing = row + block.length - this.rows().length;
    if (!this.grid.hasRoom(block.length * block[0].length)) return;
    if (missing > 0) this.grid.addRows(missing);
    const rows = this.rows();
    const pairs = block.flatMap((values, down) => {
      const cells = cellsOf(rows[row + down]);
      if (values.slice(cells.length - column).some((value) => value.trim())) this.grid.say(this.grid.words.cut);
      return values.flatMap((value, right) => (cells[column + right] ? [[cells[column + right], value.trim()]] : []));
    });
    this.grid.write(pairs.filter(([one]) => this.grid.canWrite(one)));
  }
}

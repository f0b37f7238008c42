// Draws pending changes over the rows that the server rendered.
export const cellsOf = (tr) => [...tr.querySelectorAll(":scope > [data-key]")];
export const refOf = (tr) => tr.dataset.ref ?? tr.dataset.phone;
const copyOf = (grid, name) => grid.querySelector(`template[data-${name}]`).content.cloneNode(true);

// What the page shows of a row, before any change.
export function shownOf(tr) {
  const { phone = "", ...seen } = tr.seen;
  return { phone: tr.dataset.phone ?? null, shown: phone, seen, excluded: tr.dataset.excluded ?? "" };
}

function remember(tr) {
  tr.seen ??= Object.fromEntries(cellsOf(tr).map((cell) => [cell.dataset.key, cell.querySelector(".sp-cell").textContent]));
}

// The columns in force: the page's, with the pending names, then the added ones.
export function columnsOf(grid) {
  const heads = [...grid.querySelectorAll("thead [data-key]")];
  return heads.map((head) => ({ key: head.dataset.key, name: head.querySelector("[data-name]").textContent, head }));
}

function addCell(tr, key) {
  const cell = document.createElement("td");
  cell.dataset.key = key;
  const span = document.createElement("span");
  span.className = "sp-cell";
  cell.append(span);
  tr.querySelector("[data-end]").before(cell);
}

function drawColumns(grid, pending) {
  for (const change of pending.columns) {
    let head = grid.querySelector(`thead [data-key="${CSS.escape(change.key)}"]`);
    if (change.kind === "ADD" && !head) {
      head = copyOf(grid, "header").firstElementChild;
      head.dataset.key = change.key;
      head.querySelector("a").replaceWith(Object.assign(document.createElement("span"), { className: "sp-sort" }));
      head.querySelector(".sp-sort").append(Object.assign(document.createElement("span"), { textContent: change.name }));
      head.querySelector(".sp-sort > span").dataset.name = "";
      grid.querySelector("thead [data-end]").before(head);
      grid.querySelectorAll("tbody tr").forEach((tr) => addCell(tr, change.key));
    }
    if (!head) continue;
    if (change.kind === "RENAME") head.querySelector("[data-name]").textContent = change.name;
    head.dataset.changed = change.kind;
  }
  grid.querySelectorAll("[data-column-menu]").forEach((menu) => { menu.hidden = false; });
}

// New rows, and rows that could not be saved and are not on this page.
function drawOthers(grid, pending) {
  const body = grid.querySelector("tbody");
  for (const [ref, row] of Object.entries(pending.rows)) {
    if (body.querySelector(`[data-ref="${CSS.escape(ref)}"], [data-phone="${CSS.escape(ref)}"]`)) continue;
    if (row.phone && !row.problem) continue;
    const tr = copyOf(grid, "row").firstElementChild;
    tr.dataset.ref = ref;
    if (row.phone) { tr.dataset.phone = row.phone; tr.querySelector(".sp-cell").textContent = row.shown; }
    if (row.excluded) tr.dataset.excluded = row.excluded;
    columnsOf(grid).slice(1).forEach(({ key }) => addCell(tr, key));
    body.append(tr);
    tr.seen = { phone: row.shown, ...row.seen };
  }
}

export function drawAll(grid, pending) {
  grid.querySelectorAll("tbody tr").forEach(remember);
  drawColumns(grid, pending);
  drawOthers(grid, pending);
  const table = grid.querySelector("table");
  table.setAttribute("role", "grid");
  grid.querySelector(".sp-edit-scroll").removeAttribute("tabindex");
  grid.querySelectorAll("tbody tr").forEach((tr) => drawRow(grid, pending, tr));
  for (const change of pending.columns.filter(({ kind }) => kind === "REMOVE")) {
    grid.querySelectorAll(`[data-key="${CSS.escape(change.key)}"]`).forEach((cell) => { cell.dataset.leaving = ""; });
  }
  const empty = grid.querySelector("[data-empty]");
  if (empty) empty.hidden = grid.querySelector("tbody tr") !== null;
}

export function drawRow(grid, pending, tr) {
  const ref = refOf(tr);
  const row = pending.rows[ref];
  tr.dataset.state = !row ? "" : row.problem ? "problem" : row.remove ? "removed" : row.phone === null ? "new" : row.exclusion ? "exclusion" : "changed";
  for (const cell of cellsOf(tr)) drawCell(grid, row, cell, tr, pending.value(ref, cell.dataset.key));
  const shows = {
    undo: Boolean(row), remove: !row?.remove, exclude: Boolean(tr.dataset.phone) && !tr.dataset.excluded && !row?.exclusion,
    readmit: Boolean(tr.dataset.excluded) && !row?.exclusion,
  };
  tr.querySelector("[data-buttons]").hidden = false;
  tr.querySelectorAll("[data-buttons] [data-act]").forEach((button) => { button.hidden = !shows[button.dataset.act]; button.tabIndex = -1; });
}

function drawCell(grid, row, cell, tr, value) {
  const { key } = cell.dataset;
  cell.tabIndex = -1;
  cell.querySelector(".sp-cell").textContent = value ?? tr.seen[key] ?? "";
  cell.toggleAttribute("data-changed", value !== undefined);
  cell.querySelectorAll("[data-note]").forEach((note) => note.remove());
  cell.removeAttribute("aria-invalid");
  if (key === "phone" && row?.exclusion) cell.append(note(grid.words[row.exclusion.adds ? "excluding" : "readmitting"], "sp-cell-pending"));
  if (row?.problem) drawProblem(grid, row, cell);
}

function note(text, name = "") {
  const small = Object.assign(document.createElement("span"), { className: `sp-cell-note ${name}`, textContent: text });
  small.dataset.note = "";
  return small;
}

function drawProblem(grid, { problem }, cell) {
  const { key } = cell.dataset;
  if (problem.status === "CONFLICT" && key in problem.theirs) {
    const part = copyOf(grid, "conflict");
    part.querySelector("[data-theirs]").textContent = problem.theirs[key] || grid.words.empty;
    cell.append(part);
  } else if (problem.code === "GONE" && key === "phone") {
    const part = copyOf(grid, "gone");
    part.querySelector("[data-text]").textContent = problem.message;
    cell.append(part);
  } else if (problem.status === "ERROR" && key === (problem.column || "phone")) cell.append(note(problem.message));
  else return;
  cell.setAttribute("aria-invalid", "true");
}

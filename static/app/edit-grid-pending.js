// What was changed and not saved yet. It outlives pages, orders and searches, and a reload: sessionStorage has a copy.
const EMPTY = { rows: {}, columns: [], made: 0 };

export class Pending {
  constructor(storage) {
    this.storage = storage;
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(storage)); } catch { /* unreadable or forbidden: start anew */ }
    Object.assign(this, structuredClone(EMPTY), kept);
  }

  keep() {
    try {
      if (this.count() === 0 && Object.keys(this.rows).length === 0) sessionStorage.removeItem(this.storage);
      else sessionStorage.setItem(this.storage, JSON.stringify({ rows: this.rows, columns: this.columns, made: this.made }));
    } catch { /* no room: the copy in memory remains */ }
  }

  discard() {
    Object.assign(this, structuredClone(EMPTY));
    this.keep();
  }

  // The row's changes, begun with what the page shows of it.
  row(ref, shown) {
    this.rows[ref] ??= { phone: null, shown: "", seen: {}, excluded: "", number: null, cells: {}, remove: false, exclusion: null, problem: null, ...shown };
    return this.rows[ref];
  }

  addRow(number = "", cells = {}) {
    this.made += 1;
    const ref = `new-${this.made}`;
    this.row(ref, { number, cells: { ...cells } });
    return ref;
  }

  set(ref, shown, key, value) {
    const row = this.row(ref, shown);
    if (row.problem?.column === key || row.problem?.code === "DUPLICATE") row.problem = null;
    if (key === "phone") row.number = row.phone && value.trim() === row.shown ? null : value;
    else if (value === (row.seen[key] ?? "")) delete row.cells[key];
    else row.cells[key] = value;
    this.tidy(ref);
  }

  // A row as it was is no change.
  tidy(ref) {
    const row = this.rows[ref];
    if (row?.phone && !row.remove && !row.exclusion && row.number === null && Object.keys(row.cells).length === 0) delete this.rows[ref];
  }

  value(ref, key) {
    const row = this.rows[ref];
    return key === "phone" ? row?.number ?? undefined : row?.cells[key];
  }

  isBlank(row) {
    return row.phone === null && !row.number?.trim() && Object.values(row.cells).every((value) => !value.trim());
  }

  count() {
    const rows = Object.values(this.rows).filter((row) => !this.isBlank(row));
    const size = (row) => (row.remove || row.phone === null ? 1 : Object.keys(row.cells).length + (row.number === null ? 0 : 1) + (row.exclusion ? 1 : 0));
    return this.columns.length + rows.reduce((sum, row) => sum + size(row), 0);
  }

  // The numbers that the save takes off the list.
  leaving() {
    return Object.values(this.rows).filter((row) => row.remove).map((row) => row.shown);
  }

  // What the server counts, to stop before its limit.
  size() {
    return this.columns.length + Object.values(this.rows).reduce((sum, row) => sum + Math.max(1, Object.keys(row.cells).length), 0);
  }

  changes() {
    const rows = [];
    for (const [ref, row] of Object.entries(this.rows)) {
      if (this.isBlank(row)) continue;
      const cells = row.remove ? { ...row.seen } : row.cells;
      const pairs = Object.entries(cells).map(([key, after]) => [key, [row.seen[key] ?? "", after]]);
      rows.push({
        ref, phone: row.phone === null ? null : Number(row.phone), number: row.remove ? null : row.phone ? row.number : row.number ?? "",
        cells: Object.fromEntries(pairs), remove: row.remove, exclusion: row.exclusion,
      });
    }
    return { columns: this.columns, rows };
  }

  // Forget what is saved and mark what is not. `sent` is what was sent: changes made since then stay.
  settle(answer, sent) {
    this.columns = this.columns.filter((column) => !sent.columns.some((one) => JSON.stringify(one) === JSON.stringify(column)));
    const results = new Map(answer.rows.map((result) => [result.ref, result]));
    for (const [ref, row] of Object.entries(this.rows)) {
      const result = results.get(ref);
      for (const [made, key] of Object.entries(answer.keys)) {
        if (made in row.cells) { row.cells[key] = row.cells[made]; delete row.cells[made]; }
      }
      if (!result) { if (this.isBlank(row)) delete this.rows[ref]; } else if (result.status === "SAVED") delete this.rows[ref];
      else row.problem = result;
    }
    this.keep();
  }

  // A conflict: what the other person wrote is now what is replaced.
  keepMine(ref) {
    const row = this.rows[ref];
    Object.assign(row.seen, row.problem.theirs);
    row.problem = null;
  }

  takeTheirs(ref, key) {
    const row = this.rows[ref];
    row.seen[key] = row.problem.theirs[key];
    delete row.cells[key];
    delete row.problem.theirs[key];
    if (Object.keys(row.problem.theirs).length === 0) row.problem = null;
    this.tidy(ref);
  }

  // Somebody removed the contact meanwhile: the same as a new one.
  addAgain(ref) {
    const row = this.rows[ref];
    delete this.rows[ref];
    return this.addRow(row.number ?? row.shown, { ...row.seen, ...row.cells });
  }
}

// <edit-grid>: turns the plain table of contacts into a spreadsheet whose changes wait for one Save.
import { askColumn, askContact, askExclusion, askSure, initDialogs } from "./edit-grid-dialogs.js";
import { Keys } from "./edit-grid-keys.js";
import { Pending } from "./edit-grid-pending.js";
import { filledCells, loadPage, saveChanges } from "./edit-grid-server.js";
import { columnsOf, drawAll, drawRow, refOf, shownOf } from "./edit-grid-view.js";
import { flash } from "./flash.js";

const counted = (words, name, n) => (n === 1 ? words[`${name}One`] : words[`${name}Many`].replace("#", n));

class EditGrid extends HTMLElement {
  connectedCallback() {
    this.words = { ...this.querySelector("[data-words]").dataset };
    this.content = this.querySelector("[data-page-content]");
    this.html = this.content.innerHTML;
    this.pending = new Pending(this.dataset.storage);
    this.keys = new Keys(this);
    initDialogs(this);
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("submit", (event) => this.onSearch(event));
    document.querySelectorAll("[data-open]").forEach((opener) => {
      opener.hidden = false;
      opener.addEventListener("click", (event) => { event.preventDefault(); this[opener.dataset.open === "add-entry" ? "addContact" : "addColumn"](); });
    });
    addEventListener("beforeunload", (event) => { if (this.pending.count() > 0) event.preventDefault(); });
    addEventListener("popstate", () => this.show(location.href));
    this.querySelectorAll("[data-bar], [data-help]").forEach((part) => { part.hidden = false; });
    this.toggleAttribute("data-ready", true);
    if (this.pending.count() > 0) this.say(this.words.restored);
    this.draw();
  }

  get body() { return this.querySelector("tbody"); }

  draw() {
    this.content.innerHTML = this.html;
    drawAll(this, this.pending);
    const first = this.querySelector("tbody [data-key]");
    if (first) first.tabIndex = 0;
    this.count();
  }

  count(text = "") {
    const { none, one, many } = this.querySelector("[data-count]").dataset;
    const n = this.pending.count();
    this.querySelector("[data-count]").textContent = text || (n === 0 ? none : n === 1 ? one : many.replace("#", n));
    const leaving = this.pending.leaving();
    const others = leaving.length > 1 ? ` ${counted(this.words, "others", leaving.length - 1)}` : "";
    this.querySelector("[data-leaving-who]").textContent = leaving.length ? this.words.leaving.replace("#", leaving[0] + others) : "";
    this.querySelectorAll("[data-bar] button").forEach((button) => { button.disabled = n === 0 || this.saving === true; });
    this.toggleAttribute("data-pending", n > 0);
    this.pending.keep();
  }

  say(text) { flash(text); }

  canWrite(cell) {
    const tr = cell.closest("tr");
    return !this.pending.rows[refOf(tr)]?.remove && !("leaving" in cell.dataset);
  }

  nameOf(cell) {
    const { name } = columnsOf(this).find(({ key }) => key === cell.dataset.key);
    return `${name} ${cell.closest("tr").querySelector(".sp-cell").textContent}`.trim();
  }

  // Takes [cell, text] pairs: one for a typed cell, many for a pasted block.
  write(pairs) {
    const changed = new Set();
    for (const [cell, value] of pairs) {
      const tr = cell.closest("tr");
      if (cell.querySelector(".sp-cell").textContent === value) continue;
      this.pending.set(refOf(tr), shownOf(tr), cell.dataset.key, value);
      changed.add(tr);
    }
    changed.forEach((tr) => drawRow(this, this.pending, tr));
    this.keys.rows().find((tr) => tr.contains(document.activeElement))?.querySelector("[tabindex='0']");
    const active = document.activeElement.closest?.("tbody [data-key]");
    if (active) active.tabIndex = 0;
    this.count();
  }

  hasRoom(cells) {
    const fits = this.pending.size() + cells <= Number(this.dataset.maxChanges);
    if (!fits) this.say(this.words.tooMany);
    return fits;
  }

  addRows(count) {
    for (let made = 0; made < count; made += 1) this.pending.addRow();
    drawAll(this, this.pending);
    this.count();
  }

  async addContact() {
    const contact = await askContact(this);
    if (!contact) return;
    this.pending.addRow(contact.phone, contact.cells);
    this.draw();
    this.keys.go(this.keys.rows().length - 1, 0);
  }

  isTaken(name, except) {
    const wanted = name.trim().toLowerCase();
    return columnsOf(this).some((column) => column.key !== except && column.name.trim().toLowerCase() === wanted);
  }

  async addColumn() {
    const name = await askColumn(this, "", (typed) => this.isTaken(typed));
    if (!name) return;
    this.pending.made += 1;
    this.pending.columns.push({ kind: "ADD", key: `n${this.pending.made}`, name, before: "" });
    this.draw();
  }

  async changeColumn(head, act) {
    const { key } = head.dataset;
    const added = this.pending.columns.find((column) => column.key === key && column.kind === "ADD");
    const shown = head.querySelector("[data-name]").textContent;
    if (act === "rename-column") {
      const name = await askColumn(this, shown, (typed) => this.isTaken(typed, key));
      if (!name || name === shown) return;
      const renamed = this.pending.columns.find((column) => column.key === key && column.kind === "RENAME");
      if (added ?? renamed) (added ?? renamed).name = name;
      else this.pending.columns.push({ kind: "RENAME", key, name, before: shown });
    } else {
      const filled = added ? 0 : await filledCells(this, key);
      if (!await askSure(this, this.words.removeColumn.replace("#", shown), this.words.removeColumnText.replace("#", filled))) return;
      this.pending.columns = this.pending.columns.filter((column) => column.key !== key);
      if (!added) this.pending.columns.push({ kind: "REMOVE", key, name: "", before: shown });
      Object.keys(this.pending.rows).forEach((ref) => { delete this.pending.rows[ref].cells[key]; this.pending.tidy(ref); });
    }
    this.draw();
  }

  onClick(event) {
    const link = event.target.closest("a[data-page]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); this.show(link.href, { push: true }); return; }
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const { act } = button.dataset;
    if (act === "save") this.save();
    else if (act === "discard") this.discard(button.dataset);
    else if (act.endsWith("-column")) this.changeColumn(button.closest("th"), act);
    else this.changeRow(button.closest("tr"), act, button.closest("[data-key]")?.dataset.key);
  }

  async changeRow(tr, act, key) {
    const ref = refOf(tr);
    const { pending } = this;
    const place = this.keys.rows().indexOf(tr);
    let redraws = false;
    if (act === "undo") { delete pending.rows[ref]; redraws = tr.dataset.ref !== undefined; }
    else if (act === "remove") {
      if (tr.dataset.phone) pending.row(ref, shownOf(tr)).remove = true;
      else { delete pending.rows[ref]; redraws = true; }
    } else if (act === "keep-mine") pending.keepMine(ref);
    else if (act === "take-theirs") { pending.takeTheirs(ref, key); redraws = true; }
    else if (act === "add-again") { pending.addAgain(ref); redraws = true; }
    else {
      const wanted = await askExclusion(this, act === "exclude", tr.dataset.excluded === "STOP", shownOf(tr).shown);
      if (wanted) pending.row(ref, shownOf(tr)).exclusion = wanted;
    }
    if (redraws) this.draw();
    else drawRow(this, pending, tr);
    this.count();
    this.keys.go(place, 0);
  }

  async discard({ title, text }) {
    if (!await askSure(this, title, text)) return;
    this.pending.discard();
    await this.show(location.href);
  }

  async show(address, { push = false, ...options } = {}) {
    this.keys.finish(true);
    this.content.setAttribute("aria-busy", "true");
    try {
      const page = await loadPage(address, options);
      this.html = page.html;
      if (push) history.pushState(null, "", page.address);
      this.draw();
      if (push) this.scrollIntoView({ block: "start" });
    } catch (error) {
      const message = error.message === "signed-out" ? this.words.signedOut : document.querySelector('meta[name="message-offline"]').content;
      this.say(message);
    } finally { this.content.removeAttribute("aria-busy"); }
  }

  onSearch(event) {
    if (!event.target.matches("[data-search]")) return;
    event.preventDefault();
    this.show(event.target.action, { push: true, method: "POST", body: new FormData(event.target) });
  }

  async save() {
    this.keys.finish(true);
    if (this.saving || this.pending.count() === 0) return;
    this.saving = true;
    this.count();
    const sent = structuredClone(this.pending.changes());
    try {
      const answer = await saveChanges(this, sent);
      this.pending.settle(answer, sent);
      document.getElementById("flash").replaceChildren();
      await this.show(location.href);
      this.saving = false;
      const refused = answer.rows.filter((row) => row.status !== "SAVED").length;
      this.count(refused ? counted(this.words, "partly", refused) : this.words.saved);
      this.querySelector("[aria-invalid]")?.scrollIntoView({ block: "center" });
    } catch (error) {
      this.saving = false;
      this.count();
      this.say(error.message);
    }
  }
}

customElements.define("edit-grid", EditGrid);

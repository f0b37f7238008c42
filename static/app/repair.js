// <form data-repair="address that checks a number">: fields of refused numbers. Each says what its number would be while it
// is typed; Enter and the arrows go from line to line, Escape brings the number back as it was. Without script it is a form.
const WAIT_MS = 300;
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const timers = new WeakMap();
const form = document.querySelector("form[data-repair]");
const fields = [...(form?.querySelectorAll("input[data-was]") ?? [])];
let isSending = false;

const isChanged = (field) => field.value.trim() !== field.dataset.was && field.value.trim() !== "";
const said = (field) => document.getElementById(field.getAttribute("aria-describedby"));

function say(field, text, tone) {
  const place = said(field);
  place.textContent = text;
  place.dataset.tone = tone;
  field.classList.toggle("is-invalid", tone === "bad");
  if (tone === "bad") field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function count() {
  const changed = fields.filter(isChanged).length;
  const place = form.querySelector("[data-repair-pending]");
  if (place) {
    const words = changed === 1 ? place.dataset.one : place.dataset.many.replace("{n}", changed);
    place.textContent = changed ? words : "";
  }
  return changed;
}

async function check(field) {
  const asked = field.value;
  const body = new FormData();
  body.set("number", asked);
  const headers = { "X-CSRFToken": meta("csrf-token"), "X-Shown-Account": meta("shown-account") };
  try {
    const response = await fetch(form.dataset.repair, { method: "POST", body, headers });
    if (!response.ok || field.value !== asked) return; // an answer to what is no longer there
    const { is_valid: isValid, text } = await response.json();
    say(field, text, isValid ? "good" : "bad");
  } catch {
    say(field, "", ""); // offline: saving will tell
  }
}

function onInput(event) {
  const field = event.target;
  if (!fields.includes(field)) return;
  clearTimeout(timers.get(field));
  field.toggleAttribute("data-changed", isChanged(field));
  count();
  if (isChanged(field)) timers.set(field, setTimeout(check, WAIT_MS, field));
  else say(field, "", "");
}

function onKey(event) {
  const at = fields.indexOf(event.target);
  if (at < 0 || event.isComposing) return;
  const steps = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  if (event.key === "Escape") {
    event.target.value = event.target.dataset.was;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (event.key in steps && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const next = fields[at + steps[event.key]];
    if (next) next.select();
    else if (event.key === "Enter") form.querySelector("button.btn-primary")?.focus();
    next?.focus();
  }
}

function onClick(event) {
  const button = event.target.closest("[data-repair-take]");
  if (!button) return;
  const field = button.closest("td").querySelector("input[data-was]");
  field.value = button.dataset.repairTake;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function onLeave(event) {
  if (!isSending && count()) event.preventDefault();
}

if (form) {
  form.addEventListener("input", onInput);
  form.addEventListener("keydown", onKey);
  form.addEventListener("click", onClick);
  form.addEventListener("submit", () => { isSending = true; });
  window.addEventListener("beforeunload", onLeave);
  count();
}

// The filter's criteria: its buttons and choices redraw it on the server, without a reload. Without script the form does.
import { flash } from "./flash.js";

const message = (name) => document.querySelector(`meta[name="message-${name}"]`).content;

async function redraw(builder, act) {
  const form = builder.closest("form");
  const data = new FormData(form);
  data.set("do", act);
  const sent = { method: "POST", body: data, headers: { "X-Fragment": "rule" } };
  const response = await fetch(form.action, sent).catch(() => null);
  if (!response) flash(message("offline"));
  else if (response.redirected || response.status === 403) flash(message("forbidden"));
  else if (!response.ok) flash(message("failed"));
  else builder.innerHTML = await response.text();
}

// The keyboard goes on where the change was made: in the new row, after the changed choice, or at the button again.
function focusAfter(builder, act, id) {
  const rows = [...builder.querySelectorAll("[data-rule-row]")];
  const empty = rows.filter((row) => !row.querySelector("[name=c_field]").value).at(-1);
  const place = act === "redraw" ? document.getElementById(id) : empty?.querySelector("[name=c_field]");
  (place ?? builder.querySelector("[data-rule-act]"))?.focus();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-rule-act]");
  if (!button) return;
  event.preventDefault();
  const builder = button.closest("[data-rule-builder]");
  await redraw(builder, button.value);
  focusAfter(builder, button.value, "");
});

document.addEventListener("change", async (event) => {
  const choice = event.target.closest("[data-rule-field]");
  if (!choice) return;
  const builder = choice.closest("[data-rule-builder]");
  await redraw(builder, "redraw");
  focusAfter(builder, "redraw", choice.id);
});

// The filter's criteria: its buttons and choices redraw it on the server, without a reload. Without script the form does.
async function redraw(builder, act) {
  const form = builder.closest("form");
  const data = new FormData(form);
  data.set("do", act);
  const response = await fetch(form.action, { method: "POST", body: data, headers: { "X-Fragment": "rule" } });
  if (!response.ok || response.redirected) return form.requestSubmit(); // signed out, or another account: the page says so
  builder.innerHTML = await response.text();
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

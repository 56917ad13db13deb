// The pages work without this script. It spares a second tap on a slow line, shows of a
// conclusion only what its kind needs, and keeps the board fresh while nobody types.
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

const needs = {
  resolved: ["result", "address"],
  planned: ["promised_at", "result"],
  explained: ["basis", "result", "address"],
  clarified: ["facts", "address"],
};
const kind = document.getElementById("conclude-kind");
if (kind) {
  const show = () => {
    for (const name of ["result", "basis", "facts", "address", "promised_at"]) {
      const field = document.getElementById("conclude-" + name);
      field.closest(".field").hidden = !field.value && !(needs[kind.value] || []).includes(name);
    }
  };
  kind.addEventListener("change", show);
  show();
}

const happened = document.getElementById("regrade-happened_at");
const why = document.getElementById("regrade-kind");
if (happened && why) {
  const show = () => {
    happened.closest(".field").hidden = !happened.value && why.value !== "development";
  };
  why.addEventListener("change", show);
  show();
}

if (document.querySelector(".tiles")) {
  const typing = () => document.activeElement && document.activeElement.matches("input, select, textarea");
  setInterval(() => {
    if (document.visibilityState === "visible" && !typing()) location.reload();
  }, document.querySelector(".simulated") ? 5000 : 30000);
}

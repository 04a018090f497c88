// A form marked data-submit-once is sent once, however often the button is pressed.
const AGAIN_AFTER_MS = 10000;

function buttons(form) {
  return form.querySelectorAll("button:not([type=button])");
}

function free(form) {
  delete form.dataset.sent;
  buttons(form).forEach((button) => button.removeAttribute("aria-disabled"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-submit-once]") || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  buttons(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  setTimeout(() => free(form), AGAIN_AFTER_MS);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach(free);
});

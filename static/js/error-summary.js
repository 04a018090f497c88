// The list of what to look at takes the focus, so that it is read first.
const summary = document.querySelector("[data-error-summary]");

if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (control) {
      event.preventDefault();
      (control.closest(".field, fieldset") ?? control).scrollIntoView({ block: "start" });
      control.focus({ preventScroll: true });
    }
  });
}

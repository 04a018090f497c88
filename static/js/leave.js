// Leaves the site at once: the button, the link, or Escape pressed three times.
const PRESSES = 3;
const WITHIN_MS = 1500;

const control = document.querySelector("[data-leave]");

let leaving = false;
let locked = false;

function lockBehind() {
  const token = control.querySelector("[name=csrf_token]")?.value;
  if (token && !locked) {
    locked = true;
    navigator.sendBeacon("/leave", new URLSearchParams({ csrf_token: token }));
  }
}

// The neutral page comes first. The request with the last words ends the sign-in itself, once they
// are kept: sent apart, the end could overtake them. Where there are none it ends with this page.
function leave() {
  if (leaving) {
    return;
  }
  leaving = true;
  const saves = [];
  document.dispatchEvent(new CustomEvent("alongside:leaving", { detail: { saves } }));
  document.title = "";
  document.documentElement.hidden = true;
  const waits = saves.map((save, place) => save({ keepalive: true, last: place === saves.length - 1 }));
  window.location.replace(control.dataset.leave);
  if (waits.length === 0) {
    window.addEventListener("pagehide", lockBehind);
  }
  Promise.allSettled(waits).then(lockBehind);
}

if (control) {
  const kind = control.matches("form") ? "submit" : "click";
  control.addEventListener(kind, (event) => {
    event.preventDefault();
    leave();
  });

  if (matchMedia("(hover: hover)").matches) {
    document.querySelector("[data-leave-keys]")?.removeAttribute("hidden");
  }

  let pressed = [];
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat) {
        return;
      }
      pressed = [...pressed.filter((at) => event.timeStamp - at < WITHIN_MS), event.timeStamp];
      if (pressed.length >= PRESSES) {
        leave();
      }
    },
    true,
  );

  // The way back must not show the page from the browser's memory.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && document.documentElement.hidden) {
      window.location.reload();
    }
  });
}

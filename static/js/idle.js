// On a shared device: after a short rest the page is covered, after a longer one the site is left.
const { idleHide, idleLeave, idleWords, idleShow } = document.querySelector("[data-idle]").dataset;
const HIDE_MS = Number(idleHide) * 1000;
const LEAVE_MS = Number(idleLeave) * 1000;

let touched = Date.now();
let cover = null;

function uncover() {
  cover?.remove();
  cover = null;
  document.body.classList.remove("covered");
  touched = Date.now();
}

function hide() {
  cover = document.createElement("div");
  cover.className = "cover";
  const words = document.createElement("p");
  words.textContent = idleWords;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-main";
  button.textContent = idleShow;
  button.addEventListener("click", uncover);
  cover.append(words, button);
  document.body.classList.add("covered");
  document.body.append(cover);
  button.focus();
}

function look() {
  const rest = Date.now() - touched;
  if (rest >= LEAVE_MS) {
    clearInterval(looking);
    document.querySelector("form[data-leave]")?.requestSubmit();
  } else if (rest >= HIDE_MS && !cover) {
    hide();
  }
}

for (const kind of ["pointerdown", "keydown", "scroll", "input"]) {
  document.addEventListener(
    kind,
    () => {
      if (!cover) {
        touched = Date.now();
      }
    },
    { capture: true, passive: true },
  );
}
const looking = setInterval(look, 1000);
document.addEventListener("visibilitychange", look);

// Folds: the one an address points into opens, all open for paper but those that somebody may not want to meet,
// a drawer is shut on a phone.
function openTo(hash) {
  let place = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  while (place) {
    if (place.matches("details")) {
      place.open = true;
    }
    place = place.parentElement;
  }
}

openTo(location.hash);
window.addEventListener("hashchange", () => openTo(location.hash));

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open], .noted)")];
  opened.forEach((fold) => (fold.open = true));
});
window.addEventListener("afterprint", () => {
  opened.forEach((fold) => (fold.open = false));
  opened = [];
});

if (matchMedia("(max-width: 999px)").matches) {
  document.querySelectorAll("details[data-drawer]").forEach((drawer) => (drawer.open = false));
}

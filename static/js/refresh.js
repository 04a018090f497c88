// A part of a page marked data-refresh is asked for again while it goes on, ever more slowly, and for a quarter of an hour at most.
// Its value is what is said once it is over; focus stays where it was.
const FIRST_MS = 1500;
const SLOWEST_MS = 15000;
const LONGEST_MS = 15 * 60 * 1000;

const began = Date.now();
let wait = FIRST_MS;

function put(fresh, part) {
  const at = part.contains(document.activeElement) ? document.activeElement.textContent : null;
  part.replaceWith(fresh);
  if (at !== null) {
    const same = [...fresh.querySelectorAll("a, button, summary")].find((one) => one.textContent === at);
    same?.focus();
  }
}

async function look() {
  const part = document.querySelector("[data-refresh]");
  if (!document.hidden) {
    const reply = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (reply?.redirected) {
      return; // signed out meanwhile: the page stays as it was
    }
    const page = reply?.ok ? new DOMParser().parseFromString(await reply.text(), "text/html") : null;
    const fresh = page?.getElementById(part.id);
    if (fresh && fresh.textContent !== part.textContent) {
      const words = part.dataset.refresh;
      put(fresh, part);
      wait = FIRST_MS;
      if (!fresh.hasAttribute("data-refresh")) {
        document.querySelector("[data-refresh-said]").textContent = words;
        return;
      }
    } else {
      wait = Math.min(wait * 1.5, SLOWEST_MS);
    }
  }
  if (Date.now() - began < LONGEST_MS) {
    setTimeout(look, wait);
  }
}

setTimeout(look, FIRST_MS);

// Counts on what the page was told: whole minutes, from the moment it came. The server decides.
const clocks = [...document.querySelectorAll("[data-clock]")].map((clock) => ({
  clock,
  words: clock.querySelector("[data-clock-words]"),
  ends: performance.now() + Number(clock.dataset.clock) * 1000,
}));

function show({ clock, words, ends }) {
  const left = Math.round((ends - performance.now()) / 1000);
  const { wordsLeft, wordsLast, wordsOver } = clock.dataset;
  const minutes = Math.floor(left / 60);
  const said = left <= 0 ? wordsOver : minutes < 1 ? wordsLast : wordsLeft;
  const text = said.replace("{minutes}", minutes);
  if (words.textContent !== text) {
    words.textContent = text;
  }
}

setInterval(() => clocks.forEach(show), 1000);

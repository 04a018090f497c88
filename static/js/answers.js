// Saves the answer of a form marked data-answer="<address>" as it is chosen.
//
// PUT <address> {value, counter}. The counter grows with each save, so that a late packet changes nothing.
// 200 {saved, counter, saved_at}: kept, or `saved: false` where a newer answer was there.
// 409 {words}: handed in, paused or out of time.  A redirect: signed out.  No line: tried again.
const TICKING_MS = 400;
const RETRY_MS = [3000, 8000, 20000, 60000];

class Answer {
  constructor(form) {
    this.form = form;
    this.note = form.querySelector("[data-saved]");
    this.field = form.elements.counter;
    this.counter = Number(this.field.value) - 1;
    this.latest = this.text(); // what was sent last, null where it has to be sent again
    this.settled = this.counter; // the last save that was answered
    this.tries = 0;
    form.addEventListener("change", () => this.later(form.dataset.kind === "multiple" ? TICKING_MS : 0));
    form.addEventListener("submit", () => clearTimeout(this.timer));
    window.addEventListener("online", () => this.save());
    window.addEventListener("pageshow", (event) => event.persisted && this.save());
    document.addEventListener("alongside:leaving", ({ detail }) => this.goodbye(detail.saves));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.save({ keepalive: true });
      }
    });
  }

  value() {
    const chosen = new FormData(this.form).getAll("answer");
    if (this.form.dataset.kind === "multiple") {
      return chosen;
    }
    if (this.form.dataset.kind === "true-false") {
      return chosen.length ? chosen[0] === "true" : null;
    }
    return chosen[0] ?? null;
  }

  text() {
    return JSON.stringify(this.value());
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  // What is on its way would be cut off with the page: it is sent once more, to arrive without it.
  goodbye(saves) {
    if (this.text() !== this.latest || this.settled !== this.counter) {
      this.latest = null;
      saves.push((options) => this.save(options));
    }
  }

  async save({ keepalive = false, last = false } = {}) {
    const text = this.text();
    if (text === this.latest || this.closed) {
      return;
    }
    this.latest = text;
    this.counter += 1;
    this.field.value = this.counter + 1;
    const counter = this.counter;
    this.say("saving");
    try {
      await this.hear(await this.send(text, counter, { keepalive, last }), counter);
    } catch {
      this.tryAgain("not-saved", counter);
    }
  }

  send(text, counter, { keepalive, last }) {
    return fetch(this.form.dataset.answer, {
      method: "PUT",
      keepalive,
      redirect: "manual",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": this.form.elements.csrf_token.value,
        ...(last && { "X-Leaving": "1" }),
      },
      body: `{"value":${text},"counter":${counter}}`,
    });
  }

  async hear(reply, counter) {
    if (reply.ok) {
      this.settle(await reply.json(), counter);
    } else if (reply.status === 409) {
      this.closed = true;
      this.tell("not-saved", (await reply.json()).words);
    } else if (reply.type === "opaqueredirect") {
      this.tryAgain("signed-out", counter);
    } else {
      this.tryAgain("not-saved", counter);
    }
  }

  settle(answer, counter) {
    if (counter !== this.counter) {
      return; // a newer choice of this page is on its way
    }
    this.settled = counter;
    this.tries = 0;
    if (!answer.saved) {
      this.counter = answer.counter; // chosen on another page meanwhile; this choice is newer
      this.latest = null;
      this.later(0);
      return;
    }
    const clock = new Date(answer.saved_at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
    this.say("saved", clock);
  }

  tryAgain(words, counter) {
    if (counter !== this.counter) {
      return;
    }
    this.latest = null;
    this.say(words);
    this.note.dataset.state = "not-saved";
    this.later(RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)]);
    this.tries += 1;
  }

  say(state, clock = "") {
    const sentence = this.note.getAttribute(`data-words-${state}`) ?? "";
    this.tell(state, sentence.replace("{time}", clock));
  }

  tell(state, sentence) {
    this.note.dataset.state = state;
    this.note.textContent = sentence;
  }
}

document.querySelectorAll("form[data-answer]").forEach((form) => new Answer(form));

// Saves a form marked data-draft="key" as it is typed.
//
// PUT /drafts/<key> {body, base_version, op_id, csrf}; `body` maps a control's name to its words,
// several values of one name joined by the unit separator.
// 200 {version, saved_at}: kept.  409 {version, theirs}: another page saved first; both are shown.
// With X-Leaving the sign-in ends once the words are kept.
// 401 or a redirect: signed out.  Anything else, or no line: tried again.
// Words that are not saved live in this page only, never in the browser's storage.
// A control named draft_version is told each new version, so that sending the form is no clash with
// its own autosave; sending waits a moment for a save that is under way.
const PAUSE_MS = 1200;
const RETRY_MS = [3000, 8000, 20000, 60000];
const SEPARATOR = "\x1f";
const NEVER = new Set(["csrf_token", "op_id", "draft_version"]);
const WAIT_MS = 4000;

class Draft {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.draft;
    this.version = Number(form.dataset.draftVersion || 0);
    this.note = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
    this.kept = this.text();
    this.tries = 0;
    this.leaving = false;
    this.operation = null;
    form.addEventListener("input", () => this.later(PAUSE_MS));
    form.addEventListener("change", () => this.later(PAUSE_MS));
    form.addEventListener("submit", (event) => this.beforeSending(event));
    window.addEventListener("pageshow", () => (this.leaving = false));
    window.addEventListener("online", () => this.save());
    document.addEventListener("alongside:leaving", ({ detail }) => this.goodbye(detail.saves));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && !this.leaving) {
        this.save({ keepalive: true });
      }
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved && !this.leaving) {
        event.preventDefault();
      }
    });
  }

  get unsaved() {
    return this.text() !== this.kept;
  }

  body() {
    const body = {};
    for (const [name, value] of new FormData(this.form)) {
      const control = this.form.elements[name];
      if (NEVER.has(name) || typeof value !== "string" || control?.type === "password") {
        continue;
      }
      body[name] = name in body ? body[name] + SEPARATOR + value : value;
    }
    return body;
  }

  text() {
    return JSON.stringify(this.body());
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  // A save under way is let finish first; a dead line holds nothing up for long.
  beforeSending(event) {
    clearTimeout(this.timer);
    if (!this.busy || this.waited) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    this.waited = true;
    const button = event.submitter;
    const limit = new Promise((done) => setTimeout(done, WAIT_MS));
    Promise.race([this.saving, limit]).then(() => {
      this.form.requestSubmit(button);
      this.waited = false;
    });
  }

  know(version) {
    this.version = version;
    const control = this.form.elements.draft_version;
    if (control) {
      control.value = version;
    }
  }

  goodbye(saves) {
    if (this.unsaved) {
      saves.push((options) => this.save(options));
    }
    this.leaving = true;
  }

  save(options) {
    this.saving = this.saveNow(options);
    return this.saving;
  }

  async saveNow({ keepalive = false, last = false } = {}) {
    if (this.busy && !keepalive) {
      this.later(PAUSE_MS);
      return;
    }
    if (!this.unsaved) {
      return;
    }
    const text = this.text();
    if (this.operation?.text !== text) {
      this.operation = { text, id: crypto.randomUUID() };
    }
    this.busy = true;
    this.say("saving");
    try {
      await this.hear(await this.send(keepalive, last), text);
    } catch {
      this.tryAgain("not-saved");
    } finally {
      this.busy = false;
    }
  }

  send(keepalive, last) {
    const csrf = this.form.elements.csrf_token?.value ?? "";
    return fetch(`/drafts/${encodeURIComponent(this.key)}`, {
      method: "PUT",
      keepalive,
      redirect: "manual",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": csrf,
        ...(last && { "X-Leaving": "1" }),
      },
      body: JSON.stringify({
        body: JSON.parse(this.operation.text),
        base_version: this.version,
        op_id: this.operation.id,
        csrf,
      }),
    });
  }

  async hear(reply, text) {
    if (reply.ok) {
      const answer = await reply.json();
      this.know(answer.version);
      this.kept = text;
      this.tries = 0;
      this.say("saved", new Date(answer.saved_at ?? Date.now()));
      if (this.unsaved) {
        this.later(PAUSE_MS);
      }
    } else if (reply.status === 409) {
      this.say("clash");
      this.show(await reply.json());
      this.kept = text;
    } else if (reply.status === 401 || reply.type === "opaqueredirect") {
      this.tryAgain("not-saved", "signed-out");
    } else {
      this.tryAgain("not-saved");
    }
  }

  tryAgain(state, words = state) {
    this.say(state, null, words);
    this.later(RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)]);
    this.tries += 1;
  }

  say(state, at = null, words = state) {
    if (!this.note) {
      return;
    }
    const clock = at?.toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const sentence = this.note.getAttribute(`data-words-${words}`) ?? "";
    this.note.dataset.state = state;
    this.note.textContent = sentence.replace("{time}", clock ?? "");
  }

  // Shows where the other version differs, beside the form; what is typed or sent next settles it.
  show({ theirs, version }) {
    this.know(version);
    const place = document.createElement("div");
    place.className = "version";
    const heading = document.createElement("p");
    heading.className = "label";
    heading.textContent = this.note?.dataset.wordsTheirs ?? "";
    const words = document.createElement("p");
    words.className = "prewrap";
    words.textContent = this.differences(theirs).join("\n\n");
    place.append(heading, words);
    const line = this.note?.closest(".marking-line");
    (line ?? this.note ?? this.form.lastElementChild).after(place);
  }

  differences(theirs) {
    const mine = this.body();
    return Object.entries(theirs)
      .filter(([name, value]) => (mine[name] ?? "") !== value)
      .map(([name, value]) => this.described(name, value));
  }

  // A control's own words: its legend or label, and the labels of what was chosen.
  described(name, value) {
    const controls = [...this.form.elements].filter((control) => control.name === name);
    const chosen = (one) => controls.find((c) => c.value === one && c.matches("[type=radio],[type=checkbox]"));
    const spoken = value.split(SEPARATOR).map((one) => chosen(one)?.labels[0]?.textContent.trim() ?? one);
    const set = chosen(value.split(SEPARATOR)[0])?.closest("fieldset")?.querySelector("legend");
    const title = (set ?? controls[0]?.labels?.[0])?.textContent.trim();
    return [title, ...spoken].filter(Boolean).join("\n");
  }
}

document.querySelectorAll("form[data-draft]").forEach((form) => new Draft(form));

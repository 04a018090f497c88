// The editor of a module's text: looks it over as one types, shows it as trainees will see it, and
// moves to the line of a problem. Nothing here is needed to write, check, preview or publish.
//
// POST data-look {text, version, base, csrf_token}: {problems, page, said}. Nothing is kept by it.
const PAUSE_MS = 900;
const AGAIN_MS = 15000;
const MIRRORED = [
  ...["fontFamily", "fontSize", "fontWeight", "fontStyle", "lineHeight", "letterSpacing"],
  ...["wordSpacing", "tabSize", "direction", "textIndent", "wordBreak"],
  ...["paddingTop", "paddingRight", "paddingBottom", "paddingLeft"],
];

class Editor {
  constructor(box) {
    this.box = box;
    this.form = box.querySelector("form[data-draft]");
    this.text = box.querySelector("#editor-text");
    this.problems = box.querySelector("[data-problems]");
    this.status = box.querySelector("[data-looking]");
    this.where = box.querySelector("[data-where]");
    this.preview = box.querySelector("[data-preview]");
    this.shell = box.querySelector("[data-preview-box]");
    this.running = false;
    this.wanted = false;
    this.shell.hidden = false;
    box.classList.add("editor-live");
    this.text.addEventListener("input", () => {
      this.box.dataset.state = "typed";
      this.later(PAUSE_MS);
    });
    for (const name of ["input", "click", "keyup"]) {
      this.text.addEventListener(name, () => this.tellLine());
    }
    this.problems.addEventListener("click", (event) => this.follow(event));
    this.preview.addEventListener("submit", (event) => event.preventDefault());
    this.preview.addEventListener("click", (event) => this.stay(event));
    const asked = Number(new URLSearchParams(location.search).get("line"));
    if (asked > 0) {
      this.move(asked);
    }
    this.look();
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), pause);
  }

  async look() {
    if (this.running) {
      this.wanted = true;
      return;
    }
    this.running = true;
    this.status.textContent = this.box.dataset.wordsLooking;
    const text = this.text.value;
    try {
      const reply = await fetch(this.box.dataset.look, { method: "POST", body: this.body() });
      if (!reply.ok || reply.redirected) {
        throw new Error(String(reply.status));
      }
      this.show(await reply.json());
      this.box.dataset.state = text === this.text.value ? "looked" : "typed";
    } catch {
      this.status.textContent = this.box.dataset.wordsAway;
      this.later(AGAIN_MS);
    }
    this.running = false;
    if (this.wanted) {
      this.wanted = false;
      this.later(PAUSE_MS);
    }
  }

  body() {
    const body = new URLSearchParams();
    for (const name of ["csrf_token", "version", "base", "text"]) {
      body.set(name, this.form.elements[name].value);
    }
    return body;
  }

  show(found) {
    this.problems.replaceChildren(...pieces(found.problems));
    this.status.textContent = found.said;
    if (!found.page) {
      this.status.textContent = this.box.dataset.wordsHidden;
      return;
    }
    const main = new DOMParser().parseFromString(found.page, "text/html").querySelector("main");
    const top = this.preview.scrollTop;
    this.preview.replaceChildren(...[...main.childNodes].map((node) => document.adoptNode(node)));
    this.preview.scrollTop = top;
  }

  follow(event) {
    const link = event.target.closest("[data-line]");
    if (link) {
      event.preventDefault();
      this.move(Number(link.dataset.line));
    }
  }

  // A link of the preview would lead away from what is being written; one inside the page may.
  stay(event) {
    const link = event.target.closest("a");
    if (link && !link.getAttribute("href")?.startsWith("#")) {
      event.preventDefault();
    }
  }

  move(line) {
    const lines = this.text.value.split("\n");
    const row = Math.min(Math.max(line, 1), lines.length);
    const start = lines.slice(0, row - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.text.focus();
    this.text.setSelectionRange(start, start + lines[row - 1].length);
    const [top, height] = this.placeOf(start);
    this.text.scrollTop = Math.max(0, top - this.text.clientHeight / 3);
    const box = this.text.getBoundingClientRect();
    const seen = box.top + this.text.clientTop + top - this.text.scrollTop;
    if (seen < 0 || seen + height > innerHeight) {
      scrollBy({ top: seen - innerHeight / 3, behavior: "instant" });
    }
    this.tellLine();
  }

  // Where a character stands in the box, in pixels from its first line, and how high a line is.
  // Lines wrap, so the same words are set once more, out of sight, as wide as they are in the box.
  placeOf(start) {
    const own = getComputedStyle(this.text);
    const mirror = document.createElement("div");
    for (const name of MIRRORED) {
      mirror.style[name] = own[name];
    }
    Object.assign(mirror.style, {
      position: "absolute",
      visibility: "hidden",
      insetBlockStart: "0",
      insetInlineStart: "0",
      boxSizing: "border-box",
      border: "0",
      inlineSize: `${this.text.clientWidth}px`,
      whiteSpace: "pre-wrap",
      overflowWrap: "break-word",
    });
    const caret = document.createElement("span");
    caret.textContent = "|";
    mirror.append(this.text.value.slice(0, start), caret);
    document.body.append(mirror);
    const place = [caret.offsetTop, caret.offsetHeight];
    mirror.remove();
    return place;
  }

  tellLine() {
    const line = this.text.value.slice(0, this.text.selectionStart).split("\n").length;
    this.where.textContent = this.box.dataset.wordsLine.replace("{line}", String(line));
  }
}

function pieces(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  return [...body.childNodes].map((node) => document.adoptNode(node));
}

document.querySelectorAll("[data-editor]").forEach((box) => new Editor(box));

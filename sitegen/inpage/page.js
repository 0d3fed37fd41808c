// Run, Stop, Reset and "Try to break it" on the blocks and law cards of a page. Nothing of Python is
// fetched before the first of them is pressed. The worker lives as long as the reader stays.

// One worker and those who wait for it. A job has `order`, what the worker is to do; `root`, the
// element that shows it; and a method for each thing that the worker says.
const python = {
  jobs: [],

  add(job) {
    this.jobs.push(job);
    if (this.jobs.length === 1) this.next();
  },

  next() {
    this.jobs = this.jobs.filter((job) => job.root.isConnected);
    const [job] = this.jobs;
    if (!job) return;
    if (!this.worker) {
      this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
      this.worker.onmessage = ({ data }) => this.hear(data);
      this.worker.onerror = () => this.hear({ kind: "failed", during: "prepare", why: "no worker" });
    }
    this.worker.postMessage({ kind: "prepare", source: job.order.source });
  },

  hear({ kind, ...said }) {
    const [job] = this.jobs;
    if (!job) return;
    if (kind === "ready") {
      if (!job.root.isConnected) return this.next(); // its reader has left the page
      this.running = true;
      job.begun();
      return this.worker.postMessage({ kind: "run", ...job.order });
    }
    if (kind === "failed") this.end();
    job[kind](said);
    if (kind === "failed" || kind === "done") this.after(job);
  },

  after(job) {
    this.running = false;
    this.jobs = this.jobs.filter((other) => other !== job);
    this.next();
  },

  stop(job) {
    const first = this.jobs[0] === job;
    if (first) this.end();
    job.stopped(first);
    if (first) this.after(job);
    else this.jobs = this.jobs.filter((other) => other !== job);
  },

  end() {
    this.worker.terminate();
    this.worker = null;
  },

  // After a change of page: what nobody sees any more is not run to its end.
  leave() {
    const [job] = this.jobs;
    if (this.running && !job.root.isConnected) this.stop(job);
  },
};

const made = (name, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
};
const button = (words, press) => made("button", { type: "button", textContent: words, onclick: press });
const size = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const count = (number) => number.toLocaleString("en");
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

// What a block and a trial have in common: a line that says how it goes, and a way to stop it.
class Job {
  constructor(root, state) {
    this.root = root;
    this.state = state;
    this.words = made("span", { role: "status" });
    this.line = made("p", { className: "run-line" }, this.words);
    this.stopButton = button("Stop", () => python.stop(this));
    this.set("idle");
  }

  set(state, words = "", ...more) {
    this.root.dataset[this.state] = state;
    this.root.ariaBusy = state === "running" ? "true" : null;
    this.stopButton.hidden = state !== "running";
    this.line.replaceChildren(this.words, ...more);
    this.words.textContent = words;
  }

  start(order) {
    if (python.jobs.includes(this)) return;
    this.order = order;
    this.set("running", python.jobs.length ? "Waits for another block." : "Starting Python.");
    python.add(this);
  }

  fetching({ bytes }) {
    if (!bytes) return;
    this.bar = made("progress", { max: bytes, value: 0, ariaLabel: "Fetched" });
    this.far = made("span", { ariaHidden: "true" });
    const words = `Getting Python: ${size(bytes)}, fetched once, then kept by your browser.`;
    this.set("running", words, this.bar, this.far);
  }

  progress({ got }) {
    this.bar.value = got;
    this.far.textContent = size(got);
    if (got === this.bar.max) this.words.textContent = "Starting Python.";
  }

  begun() {
    this.since = performance.now();
    this.set("running", "Running.");
  }

  failed({ during, why }) {
    const what = during === "run" ? "Python broke down" : "The download failed";
    this.set("error", `${what} (${why}).`, button("Retry", () => this.start(this.order)));
  }

  stopped(begun) {
    this.set("error", begun ? "Stopped. Python starts again with the next run." : "Not run.");
  }
}

class Block extends Job {
  constructor(root) {
    super(root, "runState");
    this.highlight = root.querySelector(".language-python");
    this.folded = root.querySelector(":scope > details");
    this.code = this.highlight.querySelector("code");
    this.built = this.code.innerHTML;
    this.text = this.code.textContent;
    this.outputs = [...root.querySelectorAll(".output")];
    this.figures = [...root.querySelectorAll("figure")];
    this.shown = [...this.outputs, ...this.figures];
    this.resetButton = button("Reset", () => this.reset());
    this.resetButton.hidden = true;
    this.runButton = button("Run", () => this.run());
    const bar = made("div", { className: "run-bar" }, this.runButton, this.stopButton, this.resetButton);
    this.highlight.append(bar, this.line);
    this.editable();
  }

  editable() {
    const { code } = this;
    Object.entries({
      contenteditable: "plaintext-only", role: "textbox", "aria-multiline": "true", "aria-label": "Code",
      spellcheck: "false", autocapitalize: "off", autocorrect: "off",
    }).forEach(([name, value]) => code.setAttribute(name, value));
    code.addEventListener("beforeinput", () => this.flatten());
    code.addEventListener("input", () => this.changed());
    code.addEventListener("keydown", (event) => this.key(event));
    const kept = this.kept((storage, name) => storage.getItem(name));
    if (kept) {
      code.textContent = kept;
      this.changed();
    }
  }

  // Before the first change: one text, so that what is typed has not the colour of what stood there.
  flatten() {
    if (!this.code.firstElementChild) return;
    const { startContainer, startOffset, endContainer, endOffset } = getSelection().getRangeAt(0);
    const ends = [this.before(startContainer, startOffset), this.before(endContainer, endOffset)];
    const text = new Text(this.source);
    this.code.replaceChildren(text);
    getSelection().setBaseAndExtent(text, ends[0].length, text, ends[1].length);
  }

  // The code in front of a place in it.
  before(node, offset) {
    const range = document.createRange();
    range.setStart(this.code, 0);
    range.setEnd(node, offset);
    return range.toString();
  }

  // The scratch block keeps what was written in it, where the browser keeps anything.
  kept(use) {
    if (!this.root.closest(".scratch")) return null;
    try {
      return use(localStorage, `${new URL("../..", import.meta.url).pathname}scratch`);
    } catch {
      return null;
    }
  }

  changed() {
    this.resetButton.hidden = false;
    colour(this.code);
    this.kept((storage, name) => storage.setItem(name, this.source));
  }

  get source() {
    const code = this.code.cloneNode(true);
    code.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
    return code.textContent;
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.run();
    } else if (event.key === "Escape") {
      this.runButton.focus();
    } else if (event.key === "Enter" && !event.isComposing) { // a new line begins as this one does
      event.preventDefault();
      const { startContainer, startOffset } = getSelection().getRangeAt(0);
      const line = this.before(startContainer, startOffset).split("\n").pop();
      const indent = /^ */.exec(line)[0] + (/:\s*$/.test(line) ? "    " : "");
      document.execCommand("insertText", false, `\n${indent}`);
    }
  }

  run() {
    const drawn = this.figures.length === 1 ? this.figures[0].querySelector("svg").ariaLabel : "";
    this.start({ source: this.source, alt: this.source === this.text ? drawn : "" });
  }

  begun() {
    super.begun();
    this.printed = made("pre");
    this.resetButton.hidden = false;
  }

  told({ printed }) {
    this.printed.append(printed);
    if (!this.printed.isConnected) this.show(this.shown.filter((node) => node.matches("figure")));
  }

  done({ figures, error }) {
    const drawn = figures.map((svg) => made("figure", { innerHTML: svg }));
    const caption = this.figures.at(-1)?.querySelector("figcaption");
    if (caption) drawn.at(-1)?.append(caption.cloneNode(true));
    if (error) this.printed.append(made("span", { className: "error", textContent: error }));
    this.show(drawn);
    this.set(error ? "error" : "done", error ? "An error was raised." : `Done in ${seconds(this.since)}.`);
  }

  stopped(begun) {
    if (begun && this.printed) this.show([]);
    super.stopped(begun);
  }

  // What was printed and drawn in place of what stood there.
  show(figures, outputs = [made("div", { className: "output" }, this.printed)]) {
    if (!outputs[0]?.textContent) outputs = [];
    this.shown.forEach((node) => node.remove());
    this.shown = [...outputs, ...figures];
    this.highlight.after(...outputs);
    if (this.folded) this.root.prepend(...figures);
    else this.root.append(...figures);
  }

  reset() {
    if (python.jobs.includes(this)) python.stop(this);
    this.code.innerHTML = this.built;
    this.show(this.figures, this.outputs);
    this.kept((storage, name) => storage.removeItem(name));
    this.set("idle");
    this.resetButton.hidden = true;
    this.runButton.focus();
  }
}

// The colours of changed code, where the browser can colour a part of a text without an element.
const KEYWORDS = "and as assert async await break class continue def del elif else except finally for from " +
  "global if import in is lambda nonlocal not or pass raise return try while with yield";
const WORD = new RegExp([
  /(?<comment>#.*)/,
  /(?<string>"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\n\\])*"?|'(?:\\.|[^'\n\\])*'?)/,
  `(?<keyword>\\b(?:${KEYWORDS.replaceAll(" ", "|")})\\b)`,
].map((part) => part.source ?? part).join("|"), "g");
const coloured = new WeakMap(); // code -> what was coloured in it, by kind of word

function colour(code) {
  if (!window.CSS?.highlights) return;
  const text = code.firstChild;
  for (const [kind, range] of coloured.get(code) ?? []) CSS.highlights.get(kind).delete(range);
  const ranges = [...(text?.data ?? "").matchAll(WORD)].map((found) => {
    const kind = Object.keys(found.groups).find((name) => found.groups[name]);
    const range = new StaticRange({
      startContainer: text, startOffset: found.index,
      endContainer: text, endOffset: found.index + found[0].length,
    });
    if (!CSS.highlights.has(kind)) CSS.highlights.set(kind, new Highlight());
    CSS.highlights.get(kind).add(range);
    return [kind, range];
  });
  coloured.set(code, ranges);
}

// "Try to break it": the law of a card on cases that nobody tried before.
class Trial extends Job {
  constructor(card) {
    super(made("div", { className: "trial" }), "trialState");
    this.law = card.id.slice("law-".length);
    this.examples = made("input", { type: "number", min: 1, max: 1e6, value: 1000, required: true });
    this.found = made("pre", { hidden: true });
    const form = made("form", {
      onsubmit: (event) => {
        event.preventDefault();
        this.begin();
      },
    }, made("button", { textContent: "Try to break it" }), made("label", {}, " on ", this.examples, " new cases"), this.stopButton);
    this.root.append(form, this.line, made("div", { className: "output" }, this.found));
    card.querySelector(".block").after(this.root);
  }

  begin() {
    this.found.hidden = true;
    this.steps = [];
    this.start({ source: "cnnref.laws", law: this.law, examples: this.examples.valueAsNumber });
  }

  // What changes many times a second is seen and not spoken.
  begun() {
    super.begun();
    this.far = made("span", { ariaHidden: "true" });
    this.set("running", "Trying to break it.", this.far);
  }

  told(told) {
    if (told.case) this.smaller(told);
    else this.far.textContent = `Cases tried: ${count(told.cases)}. None breaks it.`;
  }

  // Each smaller case stands long enough to be seen.
  smaller(told) {
    this.steps.push(told);
    if (this.steps.length === 1) this.step();
  }

  step() {
    const [{ cases, smaller, case: shown, came, promised }] = this.steps;
    this.far.textContent = `Case ${count(cases)} breaks it${smaller ? `; made smaller, step ${smaller}` : ""}.`;
    this.found.hidden = false;
    this.found.textContent = `Not for ${shown}:\n  what comes        ${came}\n  what it promises  ${promised}`;
    const pause = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200;
    setTimeout(() => {
      this.steps.shift();
      if (this.steps.length) this.step();
      else if (this.last) this.end();
    }, pause);
  }

  stopped(begun) {
    this.steps = [];
    super.stopped(begun);
  }

  done(last) {
    this.last = last;
    if (!this.steps.length) this.end();
  }

  end() {
    const { cases, smaller, broken } = this.last;
    this.last = null;
    const held = `Held on ${count(cases)} cases never tried before, in ${seconds(this.since)}.`;
    const found = `Case ${count(cases)} breaks it; in ${smaller} steps it became this, and nothing in it can be made smaller:`;
    this.set("done", broken ? found : held);
  }
}

function equip() {
  python.leave();
  document.querySelectorAll(".block:has(.language-python):not([data-run-state])").forEach((root) => new Block(root));
  document.querySelectorAll("details.law:has(.block):not(:has(.trial))").forEach((card) => new Trial(card));
}

const needed = ["WebAssembly", "Worker", "DecompressionStream"];
if (needed.every((name) => name in window)) {
  window.document$.subscribe(equip);
}

// What the instruments share: controls, what the address says, copying, speaking.

import { Refusal } from "./windows.js";

const SETTLED = 300; // ms without a change, after which the address is written and the result said

// An element with attributes; those that are functions are listeners.
export function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null));
  return element;
}

export function drawn(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.append(...children);
  return element;
}

export const range = (length, first = 0) => Array.from({ length }, (_, place) => first + place);

// "0, 1 and 4"
export const listed = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

export const some = (word, first, count) =>
  count === 1 ? `${word} ${first}` : `${word}s ${first} to ${first + count - 1}`;

export const at = (place) => `(${place.join(", ")})`;

export const signed = (words) => `${words}`.replaceAll("-", "−");

let names = 0;

// The controls. Each has the value to begin with, reads one from a text (undefined: it cannot), and
// makes what the reader handles: an element with `show(value)`.

export function number(label, start, { least = 1, most, when = () => true }) {
  return {
    start,
    when,
    read: (text) => (text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text)),
    room(name, value) {
      if (value > most) throw new Refusal(`There is no room here for ${name} = ${value}; ${most} is the most.`);
    },
    make(change) {
      const id = `cnn-control-${++names}`;
      const input = ({ target }) => change(target.value.trim() === "" ? NaN : Number(target.value));
      const slider = made("input", { type: "range", min: least, max: most, input, "aria-label": label });
      const exact = made("input", { type: "number", step: "any", id, input });
      const element = made("div", { class: "control" }, made("label", { for: id }, label), slider, exact);
      element.show = (value, refused) => {
        slider.value = value;
        if (exact !== document.activeElement) exact.value = value;
        exact.setAttribute("aria-invalid", refused);
      };
      return element;
    },
  };
}

export function choice(label, start, options) {
  return {
    start,
    when: () => true,
    read: (text) => (text in options ? text : undefined),
    room() {},
    make(change) {
      const id = `cnn-control-${++names}`;
      const select = made(
        "select",
        { id, input: ({ target }) => change(target.value) },
        Object.entries(options).map(([value, words]) => made("option", { value }, words)),
      );
      const element = made("div", { class: "control" }, made("label", { for: id }, label), select);
      element.show = (value) => {
        select.value = value;
      };
      return element;
    },
  };
}

export class Instrument extends HTMLElement {
  // A subclass has `static instrument`, its name, and `static controls`, and these:
  //   static python(state)  the program that prints the same
  //   prepare()             makes what stands on this.stage
  //   facts(state)          what the mathematics says; it may throw a Refusal
  //   draw(facts, state)    shows it; what is refused leaves the last picture there, faint
  //   told(facts)           what it says, in a sentence

  connectedCallback() {
    if (this.live) return;
    const { controls } = this.constructor;
    this.start = Object.fromEntries(Object.entries(controls).map(([name, { start }]) => [name, start]));
    this.notice = made("p", { class: "notice", role: "status" });
    this.state = { ...this.start, ...this.asked() };
    this.handles = Object.fromEntries(
      Object.entries(controls).map(([name, control]) => [
        name,
        control.make((value) => this.change({ [name]: value })),
      ]),
    );
    this.stage = made("div", { class: "stage" });
    this.refusal = made("p", { class: "refusal" });
    this.spoken = made("p", { class: "spoken", "aria-live": "polite" });
    const set = made("fieldset", { class: "controls" }, made("legend", {}, "Settings"), Object.values(this.handles));
    const frame = made("div", { class: "frame" }, this.stage, this.refusal);
    this.live = made("div", { class: "live" }, set, this.notice, frame, this.actions(), this.spoken);
    this.prepare();
    this.drawn = false;
    this.querySelector(".block").prepend(this.live);
    this.refresh();
  }

  disconnectedCallback() {
    clearTimeout(this.settling);
    this.live?.remove();
    this.live = null;
  }

  // What the address asks for; what cannot be read is told, and left as it is at first.
  asked() {
    const { controls, instrument } = this.constructor;
    const query = new URLSearchParams(location.search);
    if (query.get("w") !== instrument) return {};
    query.delete("w");
    const found = {};
    const odd = [];
    for (const [name, text] of query) {
      const value = Object.hasOwn(controls, name) ? controls[name].read(text) : undefined;
      if (value === undefined) odd.push(`${name}=${text}`);
      else found[name] = value;
    }
    if (odd.length) {
      this.notice.textContent = `The address asks for ${listed(odd)}, which means nothing here and is left out.`;
    }
    return found;
  }

  change(changed) {
    this.notice.textContent = "";
    Object.assign(this.state, changed);
    this.refresh();
    this.settle();
  }

  refresh() {
    const { controls } = this.constructor;
    let facts = null;
    let refused = "";
    try {
      for (const [name, control] of Object.entries(controls)) control.room(name, this.state[name]);
      facts = this.facts(this.state);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused = error.message;
    }
    for (const [name, handle] of Object.entries(this.handles)) {
      handle.hidden = !controls[name].when(this.state);
      handle.show(this.state[name], refused.includes(`: ${name} `));
    }
    this.refusal.textContent = refused;
    this.toggleAttribute("data-refused", Boolean(refused));
    if (facts) this.draw(facts, this.state);
    else if (!this.drawn) this.draw(this.facts(this.start), this.start);
    this.drawn = true;
    this.said = facts ? this.told(facts) : refused;
  }

  // After a change: the address, and what is to be heard.
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      history.replaceState(history.state, "", this.address());
      this.say(this.said);
    }, SETTLED);
  }

  say(words) {
    this.spoken.textContent = words;
  }

  // The address that brings this state back; nothing in it if the state is that of the beginning.
  address() {
    const address = new URL(location.href);
    const changed = Object.entries(this.state).filter(([name, value]) => `${value}` !== `${this.start[name]}`);
    const { instrument } = this.constructor;
    address.search = changed.length ? new URLSearchParams([["w", instrument], ...changed]) : "";
    return address;
  }

  actions() {
    const button = (words, click) => made("button", { type: "button", click }, words);
    const link = () => Object.assign(this.address(), { hash: this.id }).href;
    const row = [
      button("Copy link", ({ target }) => this.copy(target, link())),
      button("Copy as Python", ({ target }) => this.copy(target, this.python())),
    ];
    if (this.querySelector("[data-run-state]")) row.push(button("Run it in Python", () => this.run()));
    row.push(button("Reset", () => this.change({ ...this.start })));
    return made("p", { class: "actions" }, row);
  }

  python() {
    return this.constructor.python(this.state);
  }

  async copy(button, text) {
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      this.say("Copied");
      setTimeout(() => (button.textContent = words), 1500);
    } catch {
      this.notice.replaceChildren("Copying is not allowed here; this is it: ", made("code", {}, text));
    }
  }

  // The block under the picture, with this state's code, run.
  run() {
    const details = this.querySelector(":scope .block > details");
    const code = details.querySelector(".language-python code");
    details.open = true;
    code.textContent = this.python();
    code.dispatchEvent(new InputEvent("input"));
    [...details.querySelectorAll(".run-bar button")].find(({ textContent }) => textContent === "Run").click();
  }
}

// A table of cells with one tab stop. `look(row, column)` is told which cell is looked at, by focus or
// by the pointer; `look(null)` if none is. Enter keeps a cell looked at, Escape lets it go: one at a
// time in all tables that stand `together`.
export class Grid {
  constructor(label, look, together = []) {
    Object.assign(this, { look, together });
    together.push(this);
    this.at = [0, 0];
    this.element = made("table", {
      role: "grid",
      "aria-label": label,
      keydown: (event) => this.key(event),
      focusin: ({ target }) => this.focusOn(target),
      focusout: () => this.unseen(),
      pointerover: ({ target }) => this.seen(target),
      pointerleave: () => this.unseen(),
      click: ({ target }) => this.pin(target.closest("[role=gridcell]")),
    });
  }

  // Rows of cells, made by the instrument with `cell`; other rows may stand between them, and some
  // in a body of their own.
  fill(parts) {
    const held = this.focused;
    this.pinned = null;
    this.element.replaceChildren(...parts);
    const rows = [...this.element.querySelectorAll("tr")];
    this.rows = rows.map((row) => [...row.querySelectorAll("[role=gridcell]")]).filter((row) => row.length);
    this.at = this.within(...this.at);
    this.rows.flat().forEach((one) => (one.tabIndex = -1));
    this.cell(...this.at).tabIndex = 0;
    if (held) this.cell(...this.at).focus();
  }

  cell(row, column) {
    return this.rows[row][column];
  }

  within(row, column) {
    const inside = Math.min(Math.max(row, 0), this.rows.length - 1);
    return [inside, Math.min(Math.max(column, 0), this.rows[inside].length - 1)];
  }

  place(cell) {
    const row = this.rows.findIndex((cells) => cells.includes(cell));
    return [row, this.rows[row]?.indexOf(cell)];
  }

  get focused() {
    return this.element.contains(document.activeElement) && document.activeElement;
  }

  get kept() {
    return this.together.some(({ pinned }) => pinned);
  }

  // The one tab stop is where the focus was last, however it came there.
  focusOn(target) {
    const cell = target.closest("[role=gridcell]");
    if (!cell) return;
    this.cell(...this.at).tabIndex = -1;
    this.at = this.place(cell);
    cell.tabIndex = 0;
    this.seen(cell);
  }

  seen(target) {
    const cell = target.closest("[role=gridcell]");
    if (cell && !this.kept) this.look(...this.place(cell));
  }

  unseen() {
    if (this.kept) return;
    const other = this.together.find(({ focused }) => focused);
    if (other) other.look(...other.place(other.focused));
    else this.look(null);
  }

  pin(cell) {
    const same = this.pinned === cell;
    this.together.forEach((one) => one.release());
    this.pinned = same ? null : cell;
    this.pinned?.setAttribute("aria-selected", "true");
    if (cell) {
      this.move(this.place(cell));
      this.look(...this.place(cell));
    }
  }

  move(place) {
    this.cell(...this.within(...place)).focus();
  }

  release() {
    this.pinned?.removeAttribute("aria-selected");
    this.pinned = null;
  }

  // The cell of another row that stands nearest above or below.
  nearest(step) {
    const [row, column] = this.at;
    const next = this.rows[row + step];
    if (!next) return this.at;
    const middle = (cell) => cell.getBoundingClientRect().left + cell.offsetWidth / 2;
    const from = middle(this.cell(row, column));
    const far = next.map((cell) => Math.abs(middle(cell) - from));
    return [row + step, far.indexOf(Math.min(...far))];
  }

  key(event) {
    const [row, column] = this.at;
    const whole = event.ctrlKey || event.metaKey;
    const way = {
      ArrowLeft: () => this.move([row, column - 1]),
      ArrowRight: () => this.move([row, column + 1]),
      ArrowUp: () => this.move(this.nearest(-1)),
      ArrowDown: () => this.move(this.nearest(1)),
      Home: () => this.move([whole ? 0 : row, 0]),
      End: () => this.move([whole ? Infinity : row, Infinity]),
      Enter: () => this.pin(this.cell(row, column)),
      Escape: () => this.pinned && this.pin(this.pinned),
    }[event.key];
    if (!way) return;
    event.preventDefault();
    way();
  }
}

// A cell of a grid. `name` is what it is called, with all that it has to say.
export const cell = (text, name, attributes = {}) =>
  made("td", { role: "gridcell", "aria-label": name, ...attributes }, made("span", {}, text));

export const row = (label, ...cells) =>
  made("tr", { role: "row" }, made("th", { role: "rowheader", scope: "row" }, label), cells);

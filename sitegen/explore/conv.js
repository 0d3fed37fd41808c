// Convolution and cross-correlation on two axes: an input, a kernel, and every product of every output.

import { Edited, NAMES, nested, shape, stored } from "./edited.js";
import { Grid, at, cell, choice, made, range, signed } from "./instrument.js";
import { Sums, factor } from "./sums.js";
import { conv } from "./windows.js";

const STEP = 600; // ms from product to product
const HINT = "Point at any cell, or reach it with the keyboard. To change a number, select its cell and type.";

const same = (one, other) => at(one) === at(other);

export default class Conv extends Edited {
  static instrument = "conv";
  static controls = {
    x: stored("12013.01321.20130.13201.01212", 8),
    k: stored("12.34", 4),
    flip: choice("operation", "on", { on: "convolution: kernel flipped", off: "cross-correlation: not flipped" }),
  };

  static python({ x, k, flip }) {
    const on = flip === "on";
    const bare = !/_/.test(x + k);
    const name = bare ? (on ? "convolve" : "correlate") : "conv";
    return [
      `from cnnref import ${name}${on && !bare ? ", flip" : ""}`,
      "",
      `x = ${nested(x, bare)}`,
      `w = ${nested(k, bare)}`,
      bare ? `y = ${name}(x, w, mode="valid")` : `y = conv([x], [${on ? "[flip(table) for table in w]" : "w"}])[0, 0]`,
      'print("output", *(f"column {j}" for j in range(y.shape[1])), sep="  ")',
      "for i, row in enumerate(y):",
      '    print(f"row {i}", *(f"{value:g}" for value in row), sep="  ")',
      "",
    ].join("\n");
  }

  prepare() {
    super.prepare();
    Object.assign(this, { tables: [], pictures: [], chosen: [0, 0], step: null });
    this.laid = made("div", { class: "laid" });
    this.formula = made("p", { class: "formula" });
    this.written = made("div", { class: "sums" });
    this.reading = made("p", { class: "reading" });
    const hint = made("p", { class: "marks" }, HINT);
    this.stage.append(this.laid, this.stepper(), this.formula, this.written, this.reading, hint);
  }

  disconnectedCallback() {
    this.stop();
    super.disconnectedCallback();
  }

  facts(state) {
    return conv(state);
  }

  draw(facts, state) {
    this.stop();
    this.now = new Sums(facts, state);
    const { x, k, y } = this.now;
    Object.assign(this, { seen: null, step: null });
    this.chosen = this.chosen.map((place, axis) => Math.min(place, shape(y)[axis] - 1));
    if (this.pictures.length !== x.length) this.lay(x.length);
    const [wide, taps, places] = [x, k, y].map((values) => shape(values)[1]);
    const chars = Math.max(...y.flat(2).map((value) => `${value}`.length));
    const style = { "--taps": taps, "--pair": wide + taps, "--places": wide + taps + places, "--chars": chars };
    Object.entries(style).forEach(([name, value]) => this.stage.style.setProperty(name, value));
    this.tables.forEach((table) => this.fill(table));
    this.pictures.forEach((picture, c) => this.turned(picture, c));
    this.look(this.tables[0], null);
  }

  // The tables that there are: an input and a kernel for each channel, then the output.
  lay(channels) {
    this.tables = [];
    const together = [];
    const table = (role, c) => {
      const one = { role, c };
      const name = `${channels > 1 && role !== "y" ? `channel ${c}, ` : ""}${NAMES[role]}`;
      one.grid = new Grid(name, (...place) => this.look(one, ...place), together);
      if (role === "y") one.grid.element.setAttribute("aria-readonly", "true");
      else one.grid.element.addEventListener("keydown", (event) => this.typed(event, one));
      this.tables.push(one);
      const head = made("span", { class: NAMES[role], "aria-hidden": "true" }, name);
      return made("div", { class: role === "y" && "scroll" }, head, one.grid.element);
    };
    this.pictures = range(channels).map(() => made("div", { class: "kernel", "aria-hidden": "true" }));
    const kernels = (c) => made("div", { class: "kernels" }, table("k", c), this.pictures[c]);
    const pairs = range(channels).map((c) => made("div", { class: "channel" }, table("x", c), kernels(c)));
    this.laid.replaceChildren(made("div", {}, pairs), table("y", 0));
  }

  fill({ role, c, grid }) {
    const one = (value, place) => cell(signed(value), this.now.called(role, c, place), { class: NAMES[role] });
    const row = (values, i) =>
      made(
        "tr",
        { role: "row" },
        values.map((value, j) => one(value, [i, j])),
      );
    grid.fill(this.now[role][c].map(row));
  }

  // The kernel as it lies on a window: to look at, not to reach.
  turned(picture, c) {
    const one = (value) => made("span", {}, signed(value));
    const rows = this.now.laid[c].map((row) => made("div", { class: "entries" }, row.map(one)));
    picture.replaceChildren(made("span", {}, this.now.flipped ? "↻ flipped" : "↓ as it is"), ...rows);
  }

  look(table, i, j) {
    const { role, c, grid } = table;
    if (i === null) this.seen = null;
    else {
      this.stop();
      this.seen = role === "y" ? null : { role, c, place: [i, j] };
      if (role === "y") Object.assign(this, { chosen: [i, j], step: null });
      else if (grid.cell(i, j) === document.activeElement) this.choose([role, c, i, j]);
    }
    this.show();
  }

  // Marks what is looked at, and writes its sum.
  show() {
    const mark = (one, [name, times]) => {
      ["lit", "seen"].forEach((each) => one.classList.toggle(each, each === name));
      if (times === undefined) delete one.dataset.times;
      else one.dataset.times = `×${signed(times)}`;
    };
    for (const { role, c, grid } of this.tables) {
      grid.rows.forEach((row, i) => row.forEach((one, j) => mark(one, this.marked(role, c, [i, j]) || [])));
    }
    for (const [c, picture] of this.pictures.entries()) {
      const entry = (one, a, b) => mark(one, this.marked("k", c, this.now.turn([a, b])) || []);
      picture.querySelectorAll(".entries").forEach((row, a) => [...row.children].forEach((one, b) => entry(one, a, b)));
    }
    this.write();
    this.reading.textContent = this.words();
  }

  // How a cell is marked, and by what it is multiplied.
  marked(role, c, place) {
    const { seen, now } = this;
    if (!seen) return this.summed(role, c, place);
    if (seen.role === role) return seen.c === c && same(seen.place, place) && ["lit"];
    const [from, to] = seen.role === "x" ? [seen.place, place] : [place, seen.place];
    if (role === "y") {
      if (seen.role === "k") return ["seen"];
      const tap = now.tap(from, to);
      return tap && ["seen", now.laid[seen.c][tap[0]][tap[1]]];
    }
    const [i, j] = to;
    return seen.c === c && now.meets(now.turn(to), from) && (role === "k" ? ["seen"] : ["seen", now.k[c][i][j]]);
  }

  // The same, while an output is looked at: its window, and the product that a step has come to.
  summed(role, c, place) {
    const { now, chosen } = this;
    if (role === "y") return same(place, chosen) && ["lit"];
    const taken = this.step && now.products(chosen).flat()[this.step - 1];
    const tap = role === "x" ? now.tap(place, chosen) : now.turn(place);
    const lit = tap && taken && taken.c === c && same(taken.tap, tap);
    return role === "k" ? lit && ["lit"] : tap && [lit ? "lit" : "seen", now.laid[c][tap[0]][tap[1]]];
  }

  // The formula, and the sum of the output that is looked at.
  write() {
    const { now, chosen } = this;
    const { flipped, several } = now;
    const y = (places) => made("span", { class: "output" }, "y", places);
    const entry = (role, letter, places) =>
      made("span", { class: role }, letter, several ? made("sub", {}, "c") : null, places);
    const [from, tap] = flipped ? ["(a₁, a₂)", "(t₁ − a₁, t₂ − a₂)"] : ["(t₁ + a₁, t₂ + a₂)", "(a₁, a₂)"];
    const product = [entry("input", "x", from), " · ", entry("kernel", "w", tap)];
    const over = several ? ", over all a₁, a₂ and channels c" : ", over all a₁ and a₂";
    this.formula.replaceChildren(made("span", {}, y("(t₁, t₂)"), " = Σ ", product, over));

    const begins = [y(at(now.t(chosen))), " = "];
    const sum = made("b", { "data-fact": "sum" }, signed(now.output[chosen[0]][chosen[1]]));
    const parts = now.parts(chosen);
    const lines = now.products(chosen).map((each, c) => {
      const terms = each.map((one, nth) => [nth ? " + " : null, this.term(one, c * each.length + nth + 1)]);
      const ends = [" = ", several ? made("b", {}, signed(parts[c])) : sum];
      const equals = made("span", { class: this.later((c + 1) * each.length) }, ends);
      return made(
        "p",
        {},
        several ? `channel ${c}: ` : begins,
        made("span", { "data-fact": `part${c}` }, terms, equals),
      );
    });
    const added = parts.map((one, c) => (c ? ` + ${factor(one)}` : signed(one)));
    if (several) lines.push(made("p", { class: this.later(now.count) }, begins, added, " = ", sum));
    this.written.replaceChildren(...lines);
  }

  later(nth) {
    return this.step !== null && nth > this.step ? "later" : null;
  }

  term({ x, w }, nth) {
    const kind = nth === this.step ? "term lit" : this.later(nth);
    return made("span", { class: kind }, `${signed(x)}·${factor(w)}`);
  }

  // What is looked at, in words.
  words() {
    if (!this.seen) return this.now.after(this.chosen, this.step);
    const words = this.now.called(this.seen.role, this.seen.c, this.seen.place);
    return `${words[0].toUpperCase()}${words.slice(1)}.`;
  }

  told({ output }) {
    const [i, j] = this.chosen;
    const name = this.now.flipped ? "Convolution" : "Cross-correlation";
    return `${name}: ${shape([output]).join(" by ")} outputs; output ${at([i, j])} is ${signed(output[i][j])}.`;
  }

  // From product to product.
  stepper() {
    const button = (words, click) => made("button", { type: "button", click }, words);
    const by = (step) => () => {
      this.stop();
      this.move(step);
      this.say(this.words());
    };
    this.player = button("Play", () => (this.playing ? this.stop() : this.play()));
    const group = { class: "actions", role: "group", "aria-label": "Products of an output" };
    return made("div", group, button("Previous", by(-1)), button("Next", by(1)), this.player);
  }

  // One product on or back; beyond the last one comes the next output.
  move(by) {
    const { output, count } = this.now;
    this.seen = null;
    this.tables.forEach(({ grid }) => grid.release());
    this.step = (this.step ?? (by > 0 ? 0 : count + 1)) + by;
    if (this.step < 1 || this.step > count) {
      const columns = output[0].length;
      const outputs = output.length * columns;
      const next = (this.chosen[0] * columns + this.chosen[1] + by + outputs) % outputs;
      this.chosen = [Math.floor(next / columns), next % columns];
      this.step = by > 0 ? 1 : count;
    }
    this.show();
  }

  // All products of the output, one after the other; for those who want no motion, the last at once.
  play() {
    const { count } = this.now;
    if (this.step === count) this.step = null;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.step = count - 1;
    const on = () => {
      this.move(1);
      if (this.step < count) return;
      this.stop();
      this.say(this.words());
    };
    this.playing = setInterval(on, STEP);
    this.player.textContent = "Pause";
    on();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.player.textContent = "Play";
  }
}

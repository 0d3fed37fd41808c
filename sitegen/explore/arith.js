// Stride, padding, dilation: how many windows fit on one axis, and what each of them reads.

import { Grid, Instrument, cell, choice, drawn, listed, made, number, plural, range, row } from "./instrument.js";
import { arith } from "./windows.js";

const PADDINGS = {
  valid: "valid: none",
  same: "same: ⌈n/s⌉ outputs",
  same_lower: "same_lower: spare zero first",
  full: "full: span − 1 on each side",
  numbers: "in numbers",
};

const HINT = "Point at a place, or reach it with the keyboard, to see what it is joined to.";
const inNumbers = ({ padding }) => padding === "numbers";

export default class Arith extends Instrument {
  static instrument = "arith";
  static controls = {
    n: number("input places n", 8, { most: 16 }),
    k: number("kernel taps k", 3, { most: 5 }),
    s: number("stride s", 2, { most: 4 }),
    d: number("dilation d", 1, { most: 3 }),
    padding: choice("padding", "valid", PADDINGS),
    before: number("zeros before", 0, { least: 0, most: 4, when: inNumbers }),
    after: number("zeros after", 0, { least: 0, most: 4, when: inNumbers }),
  };

  static python({ n, k, s, d, padding, before, after }) {
    const options = [`${n}`, `${k}`];
    if (s !== 1) options.push(`stride=${s}`);
    if (padding === "numbers") options.push(`padding=[(${before}, ${after})]`);
    else if (padding !== "valid") options.push(`padding="${padding}"`);
    if (d !== 1) options.push(`dilation=${d}`);
    return [
      "from cnnref import windows",
      "",
      `(window,) = windows(${options.join(", ")})`,
      "taps = range(window.kernel)",
      'print("output", *(f"tap {a} reads" for a in taps), sep="  ")',
      `for j in range(window.places(${n})):`,
      '    print(j, *(window.reads(j, a) for a in taps), sep="  ")',
      "",
    ].join("\n");
  }

  prepare() {
    this.grid = new Grid("Input and output places", (at, place) => this.look(at, place));
    this.formula = made("p", { class: "formula" });
    this.rounded = made("p", { class: "reading" });
    this.reading = made("p", { class: "reading" });
    this.stage.append(made("div", { class: "scroll" }, this.grid.element), this.reading, this.formula, this.rounded);
  }

  facts(state) {
    return arith(state);
  }

  draw(facts, state) {
    this.now = { ...state, ...facts };
    this.lines = this.joined();
    const between = made("tr", { role: "presentation" }, made("td", { role: "presentation" }, this.lines));
    this.grid.fill([row("input", this.inputs()), between, row("output", this.outputs())]);
    this.write();
    this.look(null);
  }

  inputs() {
    const { n, before, after, unread } = this.now;
    const wide = before + n + after;
    this.grid.element.style.setProperty("--places", wide);
    const kind = (i) => (i < 0 || i >= n ? "padding" : unread.includes(i) ? "input lost" : "input");
    return range(wide).map((nth) => {
      const i = nth - before;
      return cell(i, this.readersOf(i), { class: kind(i), style: `grid-column: ${2 * nth + 1} / span 2` });
    });
  }

  // Each output stands under the middle of its window.
  outputs() {
    const { s, span, places } = this.now;
    return range(places).map((j) =>
      cell(j, this.outputReads(j), { class: "output", style: `grid-column: ${j * 2 * s + span} / span 2` }),
    );
  }

  joined() {
    const { n, s, before, after, span, reads } = this.now;
    const box = { viewBox: `0 0 ${before + n + after} 2`, preserveAspectRatio: "none", "aria-hidden": "true" };
    const line = (i, j) => {
      const ends = { x1: i + before + 0.5, y1: 0, x2: j * s + span / 2, y2: 2 };
      return drawn("line", { ...ends, "data-output": j, "data-input": i });
    };
    return drawn("svg", box, ...reads.flatMap((taps, j) => taps.map((i) => line(i, j))));
  }

  write() {
    const { n, s, before, after, span, places, unread, ceil } = this.now;
    const told = (name, value, words) => [made("b", { "data-fact": name }, value), words];
    const numbers = `⌊(${n} + ${before} + ${after} − ${span}) / ${s}⌋ + 1 = `;
    this.formula.replaceChildren(
      made("span", {}, `span = d(k − 1) + 1 = ${span}`),
      made("span", {}, `m = ⌊(n + before + after − span) / s⌋ + 1 = ${numbers}`, told("places", places)),
    );
    const lost = unread.length ? `; input ${listed(unread)} is never read.` : "; every input is read.";
    const over = Math.max(0, ceil.after - after);
    const hangs = over ? `; the last hangs over by ${over}.` : ".";
    const windows = (count) => (count === 1 ? " window" : " windows");
    this.rounded.replaceChildren(
      made("span", {}, "Rounded down: ", made("b", {}, places), windows(places), lost),
      made("span", {}, "Rounded up, as pooling can: ", told("ceil", ceil.places, windows(ceil.places) + hangs)),
    );
  }

  readersOf(i) {
    const { n } = this.now;
    const what = i < 0 || i >= n ? `padding, place ${i}` : `input ${i}`;
    const by = this.now.reads.flatMap((taps, j) =>
      taps.flatMap((place, a) => (place === i ? [`output ${j} (tap ${a})`] : [])),
    );
    return `${what}: ${by.length ? `read by ${listed(by)}` : "never read"}`;
  }

  outputReads(j) {
    const { n } = this.now;
    const places = this.now.reads[j];
    const inside = places.filter((i) => i >= 0 && i < n);
    const zeros = places.length - inside.length;
    const parts = [];
    if (inside.length) parts.push(`input ${listed(inside)}`);
    if (zeros) parts.push(plural(zeros, "zero"));
    return `output ${j}: reads ${parts.join(", and ")}`;
  }

  // What is looked at, and what it is joined to.
  look(at, nth) {
    const { before } = this.now;
    const kind = ["input", "output"][at];
    const place = at === 0 ? nth - before : nth;
    const lit = { input: new Set(), output: new Set() };
    lit[kind]?.add(place);
    for (const line of [...this.lines.children]) {
      const ends = { input: Number(line.dataset.input), output: Number(line.dataset.output) };
      const joined = ends[kind] === place;
      line.classList.toggle("lit", joined);
      if (!joined) continue;
      this.lines.append(line); // above the others
      lit.input.add(ends.input);
      lit.output.add(ends.output);
    }
    const [inputs, outputs] = this.grid.rows;
    inputs.forEach((one, column) => one.classList.toggle("lit", lit.input.has(column - before)));
    outputs.forEach((one, column) => one.classList.toggle("lit", lit.output.has(column)));
    const words = at === null ? HINT : `${at === 0 ? this.readersOf(place) : this.outputReads(place)}.`;
    this.reading.textContent = words[0].toUpperCase() + words.slice(1);
  }

  told({ places, unread }) {
    return `${plural(places, "window")}; ${unread.length ? `input ${listed(unread)} is never read` : "every input is read"}.`;
  }
}

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
      'print("output", *(f"tap {a} reads" for a in range(window.kernel)), sep="  ")',
      `for j in range(window.places(${n})):`,
      '    print(j, *(window.reads(j, a) for a in range(window.kernel)), sep="  ")',
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

  draw(facts, { n, s }) {
    this.now = { n, ...facts };
    const { before, after, span, places, reads, unread, ceil } = facts;
    this.grid.pinned = null;
    const wide = before + n + after;
    this.first = -before;
    this.middles = reads.map((_, j) => j * s + span / 2);
    this.grid.element.style.setProperty("--places", wide);
    const input = range(wide, -before).map((i, at) =>
      cell(i, this.named(i), {
        class: i < 0 || i >= n ? "padding" : unread.includes(i) ? "input lost" : "input",
        style: `grid-column: ${2 * at + 1} / span 2`,
      }),
    );
    const output = range(places).map((j) =>
      cell(j, this.outputReads(j), { class: "output", style: `grid-column: ${j * 2 * s + span} / span 2` }),
    );
    this.lines = drawn("svg", { viewBox: `0 0 ${wide} 2`, "aria-hidden": "true", preserveAspectRatio: "none" });
    for (const [j, taps] of reads.entries()) {
      for (const i of taps) {
        const from = { x1: i + before + 0.5, y1: 0, x2: this.middles[j], y2: 2 };
        this.lines.append(drawn("line", { ...from, "data-output": j, "data-input": i }));
      }
    }
    const between = made("tr", { role: "presentation" }, made("td", { role: "presentation" }, this.lines));
    this.grid.fill([row("input", input), between, row("output", output)]);
    const floor = `⌊(${n} + ${before} + ${after} − ${span}) / ${s}⌋ + 1`;
    this.formula.replaceChildren(
      made("span", {}, `span = d(k − 1) + 1 = ${span}`),
      made("span", {}, `m = ⌊(n + before + after − span) / s⌋ + 1 = ${floor} = `, made("b", { "data-fact": "places" }, places)),
    );
    const over = Math.max(0, ceil.after - after);
    this.rounded.replaceChildren(
      made("span", {}, "Rounded down: ", plural(places, "window"), unread.length ? `; input ${listed(unread)} is never read.` : "; every input is read."),
      made("span", {}, "Rounded up, as pooling can: ", made("b", { "data-fact": "ceil" }, ceil.places), ` window${ceil.places === 1 ? "" : "s"}`, over ? `; the last hangs over by ${over}.` : "."),
    );
    this.look(null);
  }

  named(i) {
    const { n } = this.now;
    const what = i < 0 || i >= n ? `padding, place ${i}` : `input ${i}`;
    const by = this.now.reads.flatMap((taps, j) => taps.flatMap((place, a) => (place === i ? [`output ${j} (tap ${a})`] : [])));
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

  look(at, place) {
    const chosen = at === null ? null : at === 0 ? ["input", place + this.first] : ["output", place];
    const lit = [...this.lines.children].filter((line) => chosen && Number(line.dataset[chosen[0]]) === chosen[1]);
    for (const line of this.lines.children) line.classList.toggle("lit", lit.includes(line));
    lit.forEach((line) => this.lines.append(line));
    const inputs = new Set(lit.map((line) => Number(line.dataset.input)));
    const outputs = new Set(lit.map((line) => Number(line.dataset.output)));
    const [tops, bottoms] = this.grid.rows;
    tops.forEach((one, nth) => one.classList.toggle("lit", inputs.has(nth + this.first)));
    bottoms.forEach((one, j) => one.classList.toggle("lit", outputs.has(j)));
    const words = chosen && (chosen[0] === "input" ? this.named(chosen[1]) : this.outputReads(chosen[1]));
    this.reading.textContent = words ? `${words[0].toUpperCase()}${words.slice(1)}.` : "Point at a place, or reach it with the keyboard, to see what it is joined to.";
  }

  told({ places, unread }) {
    return `${plural(places, "window")}; ${unread.length ? `input ${listed(unread)} is never read` : "every input is read"}.`;
  }
}

// Sparse and shared: which input goes to which output, and which weight is on each connection.

import { Grid, Instrument, cell, choice, drawn, listed, made, number, plural, range, row } from "./instrument.js";
import { digit, height, line } from "./net.js";
import { links } from "./windows.js";

const KINDS = { conv: "convolution", local: "locally connected", dense: "dense" };
const SHORT = { conv: "convolution", local: "local", dense: "dense" };
const COUNTED = { connections: "connections".replace("ti", "\u00adti"), weights: "weights", products: "multiply-adds" };
const NODES = ["input", "output", "weight"];
const END = { output: 0, input: 1, weight: 2 }; // where each stands in an edge
const APART = { input: 0.75, output: 0.25, weight: 0.5 }; // how far down the lines of a dense fan are apart
const POINT = "Point at a place or a weight, or reach it with the keyboard, to see its lines.";

const grouped = (value) => value.toLocaleString("en");
const fact = (name, value) => made("b", { "data-fact": name }, grouped(value));

export default class Links extends Instrument {
  static instrument = "links";
  static controls = {
    mode: choice("layer", "conv", KINDS),
    n: number("inputs n", 7, { most: 12 }),
    padding: choice("padding", "valid", { valid: "valid: none", same: "same: n outputs" }),
    k: number("kernel taps k", 3, { most: 5 }),
  };

  static python({ n, k, padding, mode }) {
    const padded = padding === "valid" ? "" : `, padding="${padding}"`;
    const index = {
      conv: `weight_index(window, ${n})`,
      local: `weight_index(window, ${n}, tile=m)`,
      dense: `np.arange(m * ${n}).reshape(m, ${n})`,
    }[mode];
    return [
      "import numpy as np",
      "",
      `from cnnref import Conv, Dense, LocallyConnected, count, ${mode === "dense" ? "" : "weight_index, "}windows`,
      "",
      `(window,) = windows(${n}, ${k}${padded})`,
      `m = window.places(${n})`,
      'print("output", "inputs", "weights", sep="  ")',
      `for j, row in enumerate(${index}):`,
      "    inputs = np.flatnonzero(row >= 0)",
      '    print(j, inputs.tolist(), row[inputs].tolist(), sep="  ")',
      `conv = Conv(1, ${k}${padded}, bias=False)`,
      `local = LocallyConnected(1, ${k}${padded}, bias=False)`,
      'print("\\nlayer", "connections", "weights", "multiply-adds", sep="  ")',
      `for size, shape in [("${n}", (1, ${n})), ("28 x 28", (1, 28, 28))]:`,
      "    dense = Dense(count(conv, shape).outputs, bias=False)",
      '    for name, layer in [("convolution", conv), ("local", local), ("dense", dense)]:',
      "        c = count(layer, shape)",
      '        print(f"{name} on {size}", c.connections, c.parameters, c.multiplies, sep="  ")',
      "",
    ].join("\n");
  }

  prepare() {
    this.grid = new Grid("Inputs, outputs and weights", (at, place) => this.look(at, place));
    this.reading = made("p", { class: "reading" });
    this.counts = made("div", { class: "counts" });
    this.each = made("p", { class: "reading" });
    this.stage.append(made("div", { class: "scroll" }, this.grid.element), this.reading, this.counts, this.each);
  }

  facts(state) {
    return links(state);
  }

  draw(facts, { n, k, mode }) {
    const { before, after, edges, row: costs } = facts;
    const dense = mode === "dense"; // such a layer knows no padding
    const most = Math.max(...range(n).map((i) => edges.filter((edge) => edge[END.input] === i).length));
    const first = dense ? 0 : -before;
    this.now = { ...facts, n, k, mode, most, first, stored: dense ? n : k, wide: before + n + after };
    this.grid.element.style.setProperty("--places", this.now.wide);
    const input = range(dense ? n : this.now.wide, first).map((i) =>
      cell(i, this.inputIs(i), {
        class: i < 0 || i >= n ? "padding" : "input",
        style: `grid-column: ${2 * (i + before) + 1} / span 2`,
      }),
    );
    const output = range(costs.outputs).map((j) =>
      cell(j, this.outputIs(j), { class: "output", style: `grid-column: ${2 * j + k} / span 2` }),
    );
    this.svg = drawn("svg", { "aria-hidden": "true", class: `net ${mode === "conv" ? "dashed" : mode}` });
    this.svg.append(...edges.map((edge) => line(edge, ...this.ends(edge), `tap-${edge[END.weight]}`)));
    if (!dense)
      this.svg.append(...edges.map((edge) => this.digit(edge, height(edge[END.input] - edge[END.output] + before, k))));
    const between = made("tr", { role: "presentation" }, made("td", { role: "presentation" }, this.svg));
    this.store = made(
      "tbody",
      { role: "rowgroup", class: `weights ${mode === "conv" ? "conv dashed" : mode}`, tabindex: -1 },
      this.weights(),
    );
    this.grid.fill([row("input", input), between, row("output", output), this.store]);
    this.compare();
    this.look(null);
  }

  // The middle of an input or an output, as a share of the width.
  middle(kind, place) {
    const { before, k, wide } = this.now;
    return (place + (kind === "input" ? before + 0.5 : k / 2)) / wide;
  }

  ends([j, i]) {
    return [this.middle("input", i), this.middle("output", j)];
  }

  digit(edge, down) {
    return digit(edge, ...this.ends(edge), down);
  }

  // The weights as they are stored: one kernel, or a row for each output.
  weights() {
    const { mode, uses, stored } = this.now;
    return range(uses.length / stored).map((j) => {
      const cells = range(stored, j * stored).map((w) => {
        const one = cell(w, this.weightIs(w), { class: uses[w] ? "kernel" : "padding" });
        const sample = { x1: 0, x2: "100%", y1: 2, y2: 2, class: `tap-${w}` };
        if (mode === "conv") one.append(drawn("svg", { "aria-hidden": "true" }, drawn("line", sample)));
        return one;
      });
      return row({ conv: "kernel", local: `kernel of ${j}`, dense: `weights of ${j}` }[mode], cells);
    });
  }

  // The connections of a place or of a weight, and its taps that meet padding.
  fan(kind, place) {
    const mine = (edge) => edge[END[kind]] === place;
    return { joined: this.now.edges.filter(mine), padded: this.now.padded.filter(mine) };
  }

  inputIs(i) {
    const { n, most } = this.now;
    const { joined, padded } = this.fan("input", i);
    if (i < 0 || i >= n) return `padding, place ${i}: no input; multiplied ${plural(padded.length, "time")}`;
    const where = listed(joined.map(([j, , w]) => `${j} (weight ${w})`));
    const few = joined.length < most;
    const edge = `; it is ${i === 0 || i === n - 1 ? "at" : "near"} the edge`;
    return `input ${i}: goes to ${plural(joined.length, "output")}${few ? " only" : ""}: ${where}${few ? edge : ""}`;
  }

  outputIs(j) {
    const { joined, padded } = this.fan("output", j);
    const where = listed(joined.map(([, i, w]) => `${i} (weight ${w})`));
    const [s, meet] = padded.length === 1 ? ["", "meets"] : ["s", "meet"];
    const lost = padded.length ? `; weight${s} ${listed(padded.map(([, , w]) => w))} ${meet} padding` : "";
    return `output ${j}: reads ${plural(joined.length, "input")}: ${where}${lost}`;
  }

  weightIs(weight) {
    const { joined, padded } = this.fan("weight", weight);
    const where = joined.length ? `, input to output: ${listed(joined.map(([j, i]) => `${i} to ${j}`))}` : "";
    const lost = padded.length ? `; ${plural(padded.length, "time")} on padding` : "";
    return `weight ${weight}: used ${plural(joined.length, "time")}${where}${lost}`;
  }

  look(at, nth) {
    const { first, mode, stored } = this.now;
    const kind = at === null ? null : NODES[Math.min(at, 2)];
    const place = { input: nth + first, output: nth, weight: (at - 2) * stored + nth }[kind];
    const { joined, padded } = kind ? this.fan(kind, place) : { joined: [], padded: [] };
    this.svg.classList.toggle("looked", Boolean(kind));
    if (mode === "dense") {
      this.svg.querySelectorAll("text").forEach((digit) => digit.remove());
      this.svg.append(...joined.map((edge) => this.digit(edge, APART[kind])));
    }
    const lines = new Set(joined.map(String));
    for (const one of this.svg.children) one.classList.toggle("lit", lines.has(one.dataset.edge));
    const [inputs, outputs, ...weights] = this.grid.rows;
    const light = (cells, end, from = 0) => {
      const ends = new Set([...joined, ...padded].map((edge) => edge[end]));
      cells.forEach((one, which) => one.classList.toggle("lit", ends.has(which + from)));
    };
    light(inputs, END.input, first);
    light(outputs, END.output);
    light(weights.flat(), END.weight);
    if (kind && kind !== "weight") this.reveal(joined[0]);
    const words = kind && this[`${kind}Is`](place);
    this.reading.textContent = words ? `${words[0].toUpperCase()}${words.slice(1)}.` : POINT;
  }

  // Brings the weight of a connection into view.
  reveal(edge) {
    if (!edge) return;
    const line = this.store.rows[Math.floor(edge[END.weight] / this.now.stored)];
    this.store.scrollTop = line.offsetTop - this.store.offsetTop;
  }

  // What each kind of layer costs, here and on an image.
  compare() {
    const { row: here, image, n, k } = this.now;
    const [, weights] = image.conv;
    this.counts.replaceChildren(
      this.table("row", here, `Here: ${plural(n, "input")}, ${plural(here.outputs, "output")}`),
      this.table("image", image, `An image: 28 × 28 pixels, a kernel of ${k} × ${k}`),
    );
    const shared = ` weight${weights === 1 ? "" : "s"}, the same for all `;
    const one = ["In the image one output has ", fact("kernel", weights), shared, fact("outputs", image.outputs)];
    const own = [" outputs; in the dense layer it has ", fact("pixels", 28 * 28), " of its own."];
    this.each.replaceChildren(made("span", {}, one, own));
  }

  table(name, costs, caption) {
    const heads = Object.values(COUNTED).map((words) => made("th", { scope: "col" }, words));
    const lines = Object.entries(SHORT).map(([mode, words]) => {
      const facts = Object.keys(COUNTED).map((what, nth) => fact(`${name}-${mode}-${what}`, costs[mode][nth]));
      const cells = facts.map((one) => made("td", {}, one));
      const here = mode === this.now.mode ? "here" : null;
      return made("tr", { class: here }, made("th", { scope: "row" }, words), cells);
    });
    const head = made("thead", {}, made("tr", {}, made("td"), heads));
    return made("table", { class: "costs" }, made("caption", {}, caption), head, made("tbody", {}, lines));
  }

  told({ row: costs }) {
    const { mode } = this.state;
    const [connections, weights, products] = costs[mode];
    const counted = [plural(connections, "connection"), plural(weights, "weight"), plural(products, "multiply-add")];
    return `${KINDS[mode]}: ${listed(counted)}.`;
  }
}

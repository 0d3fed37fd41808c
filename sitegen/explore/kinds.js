// Four layers that read alike and share differently, and one that runs again on its own output.

import { Grid, Instrument, cell, choice, drawn, listed, made, number, plural, range, row } from "./instrument.js";
import { digit, height, line } from "./net.js";
import { kinds } from "./windows.js";

const NAMES = { conv: "convolution", tiled: "tiled", local: "locally connected", dense: "dense" };
const APART = [0.75, 0.25]; // how far down the digits of a dense fan stand, seen from input and output
const HINT = "Point at an input or an output, or reach it with the keyboard: all four layers show it.";

const places = ([first, last]) => (first === last ? `input ${first}` : `inputs ${first} to ${last}`);
const weighed = (edges, end) => listed(edges.map((edge) => `${edge[end]} (weight ${edge[2]})`));
const fact = (name, value) => made("b", { "data-fact": name }, value);

export default class Kinds extends Instrument {
  static instrument = "kinds";
  static controls = {
    t: number("kernels in turn t", 2, { most: 9 }),
    n: number("inputs n", 6, { most: 9 }),
    k: number("kernel taps k", 2, { most: 4 }),
    again: choice("recurrent", "no", { no: "not shown", yes: "unrolled, 3 steps" }),
  };

  static python({ n, k, t, again }) {
    const recurrent = [
      "",
      "x, one = np.eye(n)[:, np.newaxis], [[[1]]]",
      "w = np.ones((1, 1, k))",
      'y = recurrent_conv(x, one, one, w, steps=3, activation="identity")[:, :, 0]',
      'print("\\nplace", "step 1 sees", "step 2 sees", "step 3 sees", sep="  ")',
      "for i in range(n):",
      '    print(i, *(np.flatnonzero(step[:, i]).tolist() for step in y), sep="  ")',
    ];
    return [
      "import numpy as np",
      "",
      `from cnnref import ${again === "yes" ? "recurrent_conv, " : ""}weight_index, windows`,
      "",
      `n, k, t = ${n}, ${k}, ${t}`,
      "(window,) = windows(n, k)",
      "m = window.places(n)",
      'layers = {"convolution": weight_index(window, n), "tiled": weight_index(window, n, tile=t)}',
      'layers |= {"local": weight_index(window, n, tile=m), "dense": np.arange(m * n).reshape(m, n)}',
      'print("output", *layers, sep="  ")',
      "for j in range(m):",
      '    print(j, *(w[j][w[j] >= 0].tolist() for w in layers.values()), sep="  ")',
      'print("\\nlayer", "weights", "connections", sep="  ")',
      "for name, w in layers.items():",
      '    print(name, np.unique(w[w >= 0]).size, np.sum(w >= 0), sep="  ")',
      ...(again === "yes" ? recurrent : []),
      "",
    ].join("\n");
  }

  prepare() {
    this.nets = {};
    const together = [];
    const panels = [...Object.keys(NAMES), "again"].map((kind) => {
      const label = kind === "again" ? "recurrent: input and steps" : `${NAMES[kind]}: inputs and outputs`;
      const grid = new Grid(label, (at, place) => this.look(kind, at, place), together);
      const head = made("p");
      const panel = made("div", { class: `panel ${kind}` }, head, grid.element);
      this.nets[kind] = { grid, head, panel };
      return panel;
    });
    this.reading = made("p", { class: "reading" });
    this.panels = made("div", { class: "nets" }, panels);
    this.stage.append(this.panels, this.reading);
  }

  facts(state) {
    return kinds(state);
  }

  draw(facts, { n, k, t, again }) {
    this.now = { ...facts, n, k, t };
    this.panels.style.setProperty("--places", n);
    for (const kind of Object.keys(NAMES)) {
      const input = range(n).map((i) => this.cell("input", i, i, this.inputIs(kind, i)));
      const output = range(facts.m).map((j) => this.cell("output", j, j + (n - facts.m) / 2, this.outputIs(kind, j)));
      const svg = this.svg(facts.layers[kind], (j) => j + (n - facts.m) / 2, kind);
      this.fill(kind, [row("input", input), svg, row("output", output)]);
    }
    this.write();
    const { panel } = this.nets.again;
    if (again === "yes") {
      this.unroll();
      this.panels.append(panel);
    } else panel.remove();
    this.look(null, null);
  }

  fill(kind, rows) {
    const { grid } = this.nets[kind];
    grid.fill(rows.map((one) => (one.localName === "svg" ? this.between(one) : one)));
  }

  between(svg) {
    return made("tr", { role: "presentation" }, made("td", { role: "presentation" }, svg));
  }

  cell(role, text, left, name) {
    return cell(text, name, { class: role, style: `grid-column: ${2 * left + 1} / span 2` });
  }

  svg(edges, left, kind) {
    const { n, k } = this.now;
    const svg = drawn("svg", { "aria-hidden": "true", class: `net ${kind === "dense" ? "" : "dashed"}` });
    const ends = ([j, i]) => [(i + 0.5) / n, (left(j) + 0.5) / n];
    const tap = ([, , w]) => (kind === "dense" ? 0 : w % k);
    const last = Math.max(...edges.map(([, , w]) => w)) || 1;
    const lines = edges.map((edge) => {
      const one = line(edge, ...ends(edge), `tap-${tap(edge)}`);
      one.style.setProperty("--late", `${(100 * edge[2]) / last || 0}%`);
      return one;
    });
    svg.append(...lines);
    svg.digit = (edge, down) => svg.append(digit(edge, ...ends(edge), down));
    if (kind !== "dense") edges.forEach((edge) => svg.digit(edge, edge[2] === "u" ? 0.5 : height(tap(edge), k)));
    return svg;
  }

  // The recurrent layer, step under step.
  unroll() {
    const { n, again, sees } = this.now;
    const own = range(n).map((i) => [i, i, "u"]);
    const steps = sees.map((_, step) => [
      this.svg(step ? again : own, (j) => j, "again"),
      row(
        `step ${step + 1}`,
        range(n).map((j) => this.cell("output", j, j, this.stepIs(step, j))),
      ),
    ]);
    const name = (i) => `input ${i}: read by place ${i} of every step (weight u)`;
    this.fill("again", [
      row(
        "input",
        range(n).map((i) => this.cell("input", i, i, name(i))),
      ),
      ...steps.flat(),
    ]);
  }

  joined(kind, end, place) {
    return this.now.layers[kind].filter((edge) => edge[end] === place);
  }

  inputIs(kind, i) {
    const edges = this.joined(kind, 1, i);
    return `${NAMES[kind]}, input ${i}: goes to ${plural(edges.length, "output")}: ${weighed(edges, 0)}`;
  }

  outputIs(kind, j) {
    const edges = this.joined(kind, 0, j);
    const alike = this.now.layers[kind].filter(([other, , w]) => other !== j && w === edges[0][2]);
    const others = `output${alike.length === 1 ? "" : "s"} ${listed(alike.map(([other]) => other))}`;
    const which = alike.length ? `the same weights as ${others}` : "weights of its own";
    return `${NAMES[kind]}, output ${j}: reads ${plural(edges.length, "input")}: ${weighed(edges, 1)}; ${which}`;
  }

  stepIs(step, j) {
    const { again, sees } = this.now;
    const edges = again.filter(([place]) => place === j);
    const back = step ? `, and of step ${step}: ${weighed(edges, 1)}` : "; nothing has come back yet";
    return `step ${step + 1}, place ${j}: reads input ${j} (weight u)${back}; sees ${places(sees[step][j])}`;
  }

  write() {
    const { m, t, k, layers } = this.now;
    const tiled =
      t === 1 ? "the same as convolution" : t < m ? `${t} kernels in turn` : "the same as locally connected";
    const notes = { conv: "one kernel for all", tiled, local: "a kernel for each output", dense: "all to all" };
    for (const [kind, edges] of Object.entries(layers)) {
      const weights = new Set(edges.map(([, , w]) => w)).size;
      const counts = [fact(`${kind}-weights`, weights), ` weight${weights === 1 ? "" : "s"} on `];
      const on = [fact(`${kind}-connections`, edges.length), ` connection${edges.length === 1 ? "" : "s"}`];
      const name = kind === "tiled" ? `tiled, t = ${t}` : NAMES[kind];
      this.nets[kind].head.replaceChildren(made("b", {}, name), `: ${notes[kind]}`, made("span", {}, counts, on));
    }
    const words = `: the same ${plural(k, "weight")} at every step, and u for the input`;
    this.nets.again.head.replaceChildren(made("b", {}, "recurrent"), words);
  }

  // A place is looked at in all four layers; lines with the weights of an output are told apart.
  look(from, at, nth) {
    for (const [kind, { grid }] of Object.entries(this.nets)) {
      const there = at !== null && (from === kind || (from !== "again" && kind !== "again"));
      this.light(kind, grid, there ? at : null, nth);
    }
    const words = at === null ? HINT : this.nets[from].grid.cell(at, nth).getAttribute("aria-label");
    this.reading.textContent = `${words[0].toUpperCase()}${words.slice(1)}${at === null ? "" : "."}`;
  }

  light(kind, grid, at, nth) {
    const seen = new Set(at === null ? [] : [`${at},${nth}`]);
    [...[...grid.element.querySelectorAll("svg")].entries()].reverse().forEach(([above, svg]) => {
      const edges = [...svg.querySelectorAll("line")].map((one) => one.dataset.edge.split(","));
      const lit = edges.filter(([j, i]) => (at === above && +i === nth) || seen.has(`${above + 1},${j}`));
      lit.forEach(([j, i]) => seen.add(`${above + 1},${j}`).add(`${above},${i}`));
      const weights = new Set(at === above + 1 ? lit.map(([, , w]) => w) : []);
      svg.classList.toggle("looked", at !== null);
      if (kind === "dense") {
        svg.querySelectorAll("text").forEach((one) => one.remove());
        lit.forEach((edge) => svg.digit(edge.map(Number), APART[at]));
      }
      for (const one of svg.children) {
        const own = lit.some((edge) => `${edge}` === one.dataset.edge);
        one.classList.toggle("lit", own);
        one.classList.toggle("alike", !own && weights.has(one.dataset.edge.split(",")[2]));
      }
    });
    grid.rows?.forEach((cells, row) =>
      cells.forEach((one, place) => one.classList.toggle("lit", seen.has(`${row},${place}`))),
    );
  }

  told({ m, layers }) {
    const said = ([kind, edges]) => `${NAMES[kind]} ${new Set(edges.map(([, , w]) => w)).size}`;
    return `${plural(m, "output")}; weights: ${listed(Object.entries(layers).map(said))}.`;
  }
}

// A network with one kernel in all layers: how its layers shrink or not, how many real inputs are
// behind each unit, and how often each input is read.

import { Grid, Instrument, cell, choice, listed, made, number, plural, range } from "./instrument.js";
import { pad } from "./windows.js";

const PADDINGS = {
  valid: "valid: no zeros",
  same: "same: k − 1 zeros",
  full: "full: 2(k − 1) zeros",
};
const COUNTS = { windows: "times read", paths: "paths upwards" };
const GROWTH = { valid: "m = n − (k − 1)", same: "m = n", full: "m = n + (k − 1)" };
const HINT = "Point at a unit or an input, or reach it with the keyboard, to see what it is joined to.";
const MARKS = "In a unit: the real inputs behind it. Paler: more of its field is zeros. Hatched: zeros.";

const spread = (counts) => [...new Set([Math.min(...counts), Math.max(...counts)])].join(" to ");
const capital = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;
const heat = (share) => `--share: ${Math.round(34 * share)}%`;

export default class Pad extends Instrument {
  static instrument = "pad";
  static controls = {
    n: number("input places n", 16, { most: 24 }),
    k: number("kernel taps k", 6, { most: 7 }),
    layers: number("layers", 4, { most: 8 }),
    padding: choice("padding", "valid", PADDINGS),
    count: choice("under the input", "windows", COUNTS),
  };

  static python({ n, k, layers, padding }) {
    const words = padding === "valid" ? "" : `, padding="${padding}"`;
    return [
      "import numpy as np",
      "",
      "from cnnref import pattern, windows",
      "",
      `n, seen = ${n}, np.eye(${n}, dtype=bool)`,
      'print("layer", "places", "inputs behind a unit", "reads of a place below", sep="  ")',
      `for layer in range(1, ${layers + 1}):`,
      "    try:",
      `        (window,) = windows(n, ${k}${words})`,
      "    except ValueError:",
      '        print(layer, "does not fit", "none", "none", sep="  ")',
      "        break",
      "    reads = pattern(window, n).any(axis=0)",
      "    seen, times = reads @ seen, reads.sum(axis=0)",
      "    n, real = len(seen), seen.sum(axis=1)",
      '    behind, read = (f"{c.min()} to {c.max()}" for c in [real, times])',
      '    print(layer, n, behind, read, sep="  ")',
      "",
    ].join("\n");
  }

  prepare() {
    const label = "The layers, the last one first, the input, and how often it is read";
    this.grid = new Grid(label, (at, place) => this.look(at, place));
    const line = (name) => made("p", { class: name });
    this.reading = line("reading");
    this.formula = line("formula");
    this.costs = line("reading");
    this.ended = line("ended");
    this.scroll = made("div", { class: "scroll" }, this.grid.element);
    const marks = made("p", { class: "marks" }, MARKS);
    this.stage.append(this.scroll, marks, this.reading, this.formula, this.costs, this.ended);
  }

  facts(state) {
    return pad(state);
  }

  draw(facts, state) {
    this.now = { ...state, ...facts, asked: state.layers, depth: facts.layers.length };
    this.levels = [{ places: state.n }, ...facts.layers].map(({ places }, level) => {
      const { before = 0, after = 0 } = facts.layers[level] ?? {};
      return { places, before, after };
    });
    this.low = Math.max(...this.levels.map(({ places, before }) => places + 2 * before));
    const high = Math.max(...this.levels.map(({ places, after }) => places + 2 * after));
    this.grid.element.style.setProperty("--places", (this.low + high) / 2);
    this.order = [...range(this.levels.length).reverse(), "counts"];
    if (facts.ended) this.order.unshift("ended");
    this.grid.fill(this.order.map((what) => this.row(what)));
    this.scroll.scrollLeft = (this.scroll.scrollWidth - this.scroll.clientWidth) / 2;
    this.write();
    this.look(null);
  }

  row(what) {
    if (what === "ended")
      return this.named("ended", `of ${this.now.asked}`, `layer ${this.now.ended.layer}`, this.end());
    if (what === "counts") return this.counts();
    const { places, before, after } = this.levels[what];
    const { field } = this.now.layers[what - 1] ?? {};
    const role = what === 0 ? "input" : what === this.now.depth ? "output" : "";
    const units = range(places).map((place) => this.place(what, place, role));
    const zeros = [...range(before, -before), ...range(after, places)].map((place) => this.zero(what, place));
    const words = what ? `${plural(places, "unit")}, field ${field}` : plural(places, "place");
    const name = what ? `layer ${what}${role && ": output"}` : role;
    return this.named(role, words, name, units, zeros);
  }

  named(role, words, name, ...cells) {
    const told = [made("b", { class: role }, name), " ", made("span", {}, words)];
    const head = made("th", { role: "rowheader", scope: "row" }, told);
    return made("tr", { role: "row", class: role }, head, cells);
  }

  // In halves of a cell, so that layers of even and of odd width stand centred.
  at(level, place) {
    return `grid-column: ${this.low - this.levels[level].places + 2 * place + 2} / span 2`;
  }

  place(level, place, role) {
    const style = this.at(level, place);
    if (!level) return cell(place, this.input(place), { class: role, style });
    const { real, field } = this.now.layers[level - 1];
    const shade = heat(real[place] / field);
    return cell(real[place], this.unit(level, place), { class: `heat ${role}`, style: `${style}; ${shade}` });
  }

  zero(level, place) {
    const attributes = { role: "presentation", "aria-hidden": "true", class: "padding", style: this.at(level, place) };
    return made("td", attributes, made("span", {}, 0));
  }

  counts() {
    const { count, layers, paths, depth } = this.now;
    const all = count === "paths";
    const times = all ? paths : layers[0].visits;
    const most = Math.max(...times);
    const cells = times.map((time, i) =>
      cell(time, this.input(i), { class: "heat input", style: `${this.at(0, i)}; ${heat(time / most)}` }),
    );
    const row = this.named("counts", all ? `to layer ${depth}` : "by layer 1", all ? "paths" : "times read", cells);
    row.classList.toggle("many", most > 999);
    return row;
  }

  end() {
    const { layer, says } = this.now.ended;
    return cell("the window does not fit", `layer ${layer}: ${says}`, { class: "lost" });
  }

  // All that is to be said of a unit, and of an input.
  unit(level, j) {
    const { k, depth } = this.now;
    const { real, inputs, field, zeros } = this.now.layers[level - 1];
    const [first, last] = inputs[j];
    const which = first === last ? first : `${first} to ${last}`;
    const below = plural(k - zeros[j], level > 1 ? "unit" : "input");
    const parts = [
      `layer ${level}, unit ${j}: ${plural(real[j], "real input")} (${which}) in a field of ${field}`,
      `its own window reads ${below} and ${plural(zeros[j], "zero")}`,
    ];
    if (level < depth)
      parts.push(`read by ${plural(this.now.layers[level].visits[j], "window")} of layer ${level + 1}`);
    return parts.join("; ");
  }

  input(i) {
    const { k, layers, paths, depth } = this.now;
    const { visits } = layers[0];
    const read = `read by ${plural(visits[i], "window")} of layer 1, at most k = ${k}`;
    return `input ${i}: ${read}; ${plural(paths[i], "path")} to layer ${depth}`;
  }

  whole() {
    const { real, field } = this.now.layers.at(-1);
    return `${real.filter((count) => count === field).length} of ${real.length}`;
  }

  write() {
    const { layers, padding, depth, ended } = this.now;
    const fact = (name, value) => made(name === "ended" ? "span" : "b", { "data-fact": name }, value);
    const sizes = listed(this.levels.map(({ places }) => places));
    this.formula.replaceChildren(
      made("span", {}, `At each layer ${GROWTH[padding]}`),
      made("span", {}, "places from the input up: ", fact("places", sizes)),
    );
    this.costs.replaceChildren(
      made("span", {}, `Units of layer ${depth} that no zero leads to: `, fact("whole", this.whole())),
      made("span", {}, "Layer 1 reads each input ", fact("visits", spread(layers[0].visits)), " times."),
    );
    const end = ended && [`Layer ${ended.layer} is refused: “`, fact("ended", ended.says), "”"];
    this.ended.replaceChildren(...(end ?? []));
  }

  // Level by level the first and the last place that leads to a unit; or that an input leads to.
  cone(level, place) {
    const { k, depth } = this.now;
    const spans = { [level]: [place, place] };
    const real = (at, [first, last]) => [Math.max(first, 0), Math.min(last, this.levels[at].places - 1)];
    for (let at = level; at > 0; at--) {
      const [first, last] = real(at, spans[at]).map((unit) => unit - this.levels[at - 1].before);
      spans[at - 1] = [first, last + k - 1];
    }
    for (let at = 0; level === 0 && at < depth; at++) {
      const [first, last] = spans[at].map((unit) => unit + this.levels[at].before);
      spans[at + 1] = real(at + 1, [first - k + 1, last]);
    }
    return spans;
  }

  look(at, place) {
    const what = at === null ? null : this.order[at];
    const level = what === "counts" ? 0 : what;
    const spans = at === null || what === "ended" ? {} : this.cone(level, place);
    this.grid.rows.forEach((cells, nth) => {
      const which = this.order[nth];
      const [first, last] = spans[which === "counts" && level === 0 ? 0 : which] ?? [0, -1];
      const mark = (each, i) => each.classList.toggle("seen", i >= first && i <= last);
      cells.forEach((each, i) => {
        mark(each, i);
        each.classList.toggle("lit", nth === at && i === place);
      });
      const { before, places } = this.levels[which] ?? {};
      const zeros = cells[0].parentNode.querySelectorAll(".padding");
      zeros.forEach((each, i) => mark(each, i < before ? i - before : places + i - before));
    });
    this.reading.textContent = at === null ? HINT : capital(this.grid.cell(at, place).getAttribute("aria-label"));
  }

  told({ ended }) {
    const { depth } = this.now;
    const sizes = listed(this.levels.map(({ places }) => places));
    const whole = `units of layer ${depth} that no zero leads to: ${this.whole()}`;
    return `Places from the input up: ${sizes}; ${ended ? `at layer ${ended.layer} the window does not fit` : whole}.`;
  }
}

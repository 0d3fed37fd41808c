// A stack of layers on one axis: what one unit sees of the input, and in how many ways.

import { Grid, Instrument, cell, drawn, listed, made, number, plural, range } from "./instrument.js";
import { calls, stack } from "./stack.js";
import { Window, rf, stacked } from "./windows.js";

const PRESETS = {
  "LeNet-like": { n: 20, stack: "c5,p2-2,c5,p2-2" },
  "VGG block": { n: 12, stack: "c3-same,c3-same,c3-same" },
  "dilated 1, 2, 4": { n: 17, stack: "c3,c3-1-2,c3-1-4" },
  "gridding 2, 2, 2": { n: 17, stack: "c3-1-2,c3-1-2,c3-1-2" },
};

// Picked on the picture: "layer.place", or nothing for the unit in the middle of the last layer.
const unit = {
  start: "",
  when: () => false,
  read: (text) => (/^[1-9]\d*\.\d+$/.test(text) ? text : undefined),
  room() {},
  make: () => Object.assign(made("p"), { show() {} }),
};

// What is said of a unit: words, a value, and the value's name.
function saying({ unit: [layer, place], interval, clipped, ways, holes }) {
  const inside = clipped ? ways.slice(clipped[0], clipped[1] + 1) : [];
  return [
    [`layer ${layer}, unit ${place}`],
    ["field ", interval.join(" to "), "interval"],
    ["in the input ", clipped ? clipped.join(" to ") : "nothing", "clipped"],
    ["places read ", ways.filter(Boolean).length, "read"],
    ["holes ", holes.length ? `${holes.length} (${listed(holes)})` : 0, "holes"],
    ["ways ", listed(inside) || "none", "ways"],
  ];
}

const sentence = (parts) => parts.map(([words, value = ""]) => words + value).join("; ");
const capital = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;

// Here a cell is picked, and then it is looked at until another one is.
class Units extends Grid {
  pin(cell) {
    if (!cell) return;
    this.move(this.place(cell));
    this.pick(...this.place(cell));
  }

  key(event) {
    if (event.key === "Escape") this.pick(null);
    else super.key(event);
  }
}

export default class Rf extends Instrument {
  static instrument = "rf";
  static controls = { n: number("input places n", 12, { most: 32 }), stack: stack("c3,c3,p2-2,c3"), unit };

  static python({ n, stack }) {
    return [
      "from cnnref import receptive_field, windows",
      "",
      `n, layers = ${n}, []`,
      'print("layer", "places", "size", "jump", "start", sep="  ")',
      `for options in [${calls(stack).join(", ")}]:  # kernel, stride, padding, dilation`,
      "    layers += windows(n, *options)",
      "    n = layers[-1].places(n)",
      "    field = receptive_field(layers)",
      '    print(len(layers), n, field.size, field.jump, field.start, sep="  ")',
      "",
    ].join("\n");
  }

  prepare() {
    this.layers = this.handles.stack.stack;
    const preset = ([words, state]) =>
      made("button", { type: "button", click: () => this.change({ ...state, unit: "" }) }, words);
    this.layers.actions.append("Examples:", ...Object.entries(PRESETS).map(preset));
    this.grid = new Units("Places of the layers, the last layer first, then of the input", (at, column) =>
      this.look(at, column),
    );
    this.grid.pick = (at, column) => this.pick(at, column);
    this.values = made("p", { class: "reading" });
    this.reading = made("p", { class: "reading" });
    this.scroll = made("div", { class: "scroll" }, this.grid.element);
    this.stage.append(this.scroll, this.values, this.reading);
  }

  facts(state) {
    return rf(state);
  }

  // A unit that a change does away with is let go, in so many words.
  change(changed) {
    let gone = "";
    try {
      if (!("unit" in changed)) rf({ ...this.state, ...changed });
    } catch ({ message }) {
      if (message.startsWith("unit: ")) gone = `${message}; so it is the middle of the last layer again.`;
    }
    super.change(gone ? { ...changed, unit: "" } : changed);
    this.notice.textContent = gone;
  }

  refresh() {
    super.refresh();
    const refused = this.refusal.textContent;
    if (refused) this.layers.tell([], Number(/^layer (\d+):/.exec(refused)?.[1]));
  }

  // Where the places stand, in halves of a cell: over the middle of what they see, padding beside them.
  lay({ layers }, n) {
    this.levels = [{ places: n, size: 1, jump: 1, start: 0 }, ...layers].map(({ places, size, jump, start }, level) => {
      const { before = 0, after = 0 } = layers[level] ?? {};
      const wide = (places - 1) * jump;
      const middle = Math.min(Math.max(2 * start + size - 1 + wide, 0), 2 * (n - 1));
      const real = (place) => Math.min(Math.max(place, 0), places - 1);
      const at = (place) => middle - wide + 2 * real(place) * (jump - 1) + 2 * place;
      return { is: (place) => place === real(place), at, shown: range(before + places + after, -before) };
    });
    const low = Math.min(...this.levels.map(({ at, shown }) => at(shown[0])));
    this.wide = Math.max(...this.levels.map(({ at, shown }) => at(shown.at(-1)))) - low + 2;
    this.left = (level, place) => this.levels[level].at(place) - low;
  }

  draw(facts, state) {
    this.now = {
      facts,
      state,
      windows: stacked(state.stack).map(({ k, s, d }, nth) => new Window(k, s, d, facts.layers[nth].before)),
    };
    this.layers.tell(facts.layers);
    this.lay(facts, state.n);
    this.grid.element.style.setProperty("--places", this.wide / 2);
    this.strips = this.levels.map((_, level) =>
      drawn("svg", { viewBox: `0 0 ${this.wide} ${level ? 2 : 1}`, preserveAspectRatio: "none" }),
    );
    this.bars = made("tr", { role: "presentation", "aria-hidden": "true", class: "ways" });
    const rows = this.levels.map((_, level) => [
      this.row(level),
      this.held(this.strips[level], level ? null : "field"),
    ]);
    const [layer, place] = facts.unit;
    this.grid.at = [facts.layers.length - layer, this.levels[layer].shown.indexOf(place)];
    this.grid.fill([...rows.reverse().flat(), this.bars]);
    this.grid.unseen();
    if (!state.unit) this.center(this.grid.cell(...this.grid.at));
  }

  // In the middle of the room that the names leave.
  center(cell) {
    const names = this.bars.firstChild.getBoundingClientRect().right;
    const { left, width } = cell.getBoundingClientRect();
    this.scroll.scrollLeft += left + width / 2 - (names + this.scroll.getBoundingClientRect().right) / 2;
  }

  held(strip, words) {
    const name = words && made("th", { role: "presentation" }, words);
    return made(
      "tr",
      { role: "presentation", "aria-hidden": "true" },
      name,
      made("td", { role: "presentation" }, strip),
    );
  }

  // A level of the picture: its name, what it reads with, and its places.
  row(level) {
    const { facts, state } = this.now;
    const name = level === 0 ? "input" : level === facts.layers.length ? "output" : `layer ${level}`;
    const { kind, k, s, d } = stacked(state.stack)[level - 1] ?? {};
    const reads = [kind === "p" ? "pool" : "conv", `kernel ${k}`, s > 1 && `stride ${s}`, d > 1 && `dilation ${d}`];
    const words = made("span", {}, level ? reads.filter(Boolean).join(", ") : `${state.n} places`);
    const cells = this.levels[level].shown.map((place) =>
      cell(place, this.named(level, place), {
        class: this.levels[level].is(place) ? name : "padding",
        style: `grid-column: ${this.left(level, place) + 2} / span 2`,
        "aria-selected": `${`${[level, place]}` === `${facts.unit}`}`,
      }),
    );
    return made(
      "tr",
      { role: "row" },
      made("th", { role: "rowheader" }, made("b", { class: name }, name), " ", words),
      cells,
    );
  }

  // All that is to be said of a place.
  named(level, place) {
    const { facts, state } = this.now;
    const [layer, picked] = facts.unit;
    const to = `to unit ${picked} of layer ${layer}`;
    if (!this.levels[level].is(place)) {
      const read = level < layer && facts.read[level].includes(place);
      return `padding before layer ${level + 1}, place ${place}: ${read ? "a zero" : "not"} on the way ${to}`;
    }
    if (level) return sentence(saying(rf({ ...state, unit: `${level}.${place}` })));
    return `input ${place}: ${plural(facts.ways[place], "way")} ${to}${facts.holes.includes(place) ? ", a hole in its field" : ""}`;
  }

  // The level and the place of a cell; a unit's in words, too.
  found(at, column) {
    const level = this.levels.length - 1 - at;
    const place = this.levels[level].shown[column];
    return { level, place, unit: level && this.levels[level].is(place) ? `${level}.${place}` : "" };
  }

  pick(at, column) {
    const { unit } = at === null ? { unit: "" } : this.found(at, column);
    if (!this.hasAttribute("data-refused") && (unit || at === null)) this.change({ unit });
  }

  look(at, column) {
    const { level, place, unit } = at === null ? {} : this.found(at, column);
    this.show(unit ? rf({ ...this.now.state, unit }) : this.now.facts);
    const hint = "Point at a place, or reach it with the keyboard; a click or Enter keeps the unit.";
    this.reading.textContent = at === null || unit ? hint : capital(this.named(level, place));
  }

  show(facts) {
    const [layer, place] = facts.unit;
    for (const [nth, cells] of this.grid.rows.entries()) {
      for (const [column, one] of cells.entries()) {
        const at = this.found(nth, column);
        one.classList.toggle("seen", Boolean(facts.read[at.level]?.includes(at.place)));
        one.classList.toggle("lit", at.level === layer && at.place === place);
        one.classList.toggle("lost", !at.level && facts.holes.includes(at.place));
      }
    }
    this.strips.forEach((strip, level) =>
      strip.replaceChildren(...(level ? this.cone(facts, level) : this.bracket(facts))),
    );
    this.weigh(facts);
    const part = ([words, value, name]) => made("span", {}, words, name && made("b", { "data-fact": name }, value));
    this.values.replaceChildren(...saying(facts).slice(0, -1).map(part));
  }

  // The connections between a level and the one below that lead to the unit.
  cone({ unit: [layer], read }, level) {
    const units = level > layer ? [] : read[level].filter(this.levels[level].is);
    return units.flatMap((j) =>
      this.now.windows[level - 1].taps(j).map((i) => {
        const ends = { x1: this.left(level, j) + 1, y1: 0, x2: this.left(level - 1, i) + 1, y2: 2 };
        return drawn("line", { ...ends, class: this.levels[level - 1].is(i) ? "way" : "zero" });
      }),
    );
  }

  // Under the input: how far the field reaches; dashed where it is cut off at the border.
  bracket({ interval, clipped }) {
    if (!clipped) return [];
    const line = (x1, y1, x2, name) => drawn("line", { x1, y1, x2, y2: 0.6, class: name });
    const [low, high] = [this.left(0, clipped[0]) + 0.1, this.left(0, clipped[1]) + 1.9];
    const end = (x, cut, out) => (cut ? line(x, 0.6, x + out, "cut") : line(x, 0, x, "end"));
    return [
      line(low, 0.6, high, "end"),
      end(low, interval[0] < clipped[0], -1.6),
      end(high, interval[1] > clipped[1], 1.6),
    ];
  }

  weigh({ ways, clipped }) {
    const most = Math.max(...ways);
    const bar = (i) => {
      const style = `grid-column: ${this.left(0, i) + 2} / span 2; --share: ${ways[i] / (most || 1)}`;
      return made("td", { role: "presentation", style }, made("i"), made("span", {}, ways[i]));
    };
    this.bars.classList.toggle("many", most > 999);
    const [first, last] = clipped ?? [0, -1];
    this.bars.replaceChildren(
      made("th", { role: "presentation" }, "ways to the unit"),
      ...range(last - first + 1, first).map(bar),
    );
  }

  told(facts) {
    return capital(sentence(saying(facts).slice(0, -1)));
  }
}

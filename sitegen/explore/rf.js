// A stack of layers on one axis: what one unit sees of the input, and in how many ways.

import { Grid, Instrument, cell, drawn, listed, made, number, plural, range } from "./instrument.js";
import { Refusal, Window, rf, stacked } from "./windows.js";

const KINDS = [["c", "conv"], ["p", "pool"]];
const SIZES = { k: ["kernel", range(5, 1)], s: ["stride", range(3, 1)], d: ["dilation", range(4, 1)] };
const SIDES = { before: ["zeros before", range(5)], after: ["zeros after", range(5)] };
const PADDINGS = [["valid", "valid"], ["same", "same"], ["numbers", "numbers"]];
const FACTS = ["places", "size", "jump", "start"];
const MOST = 8; // layers
const PRESETS = {
  "LeNet-like": { n: 20, stack: "c5,p2-2,c5,p2-2" },
  "VGG block": { n: 12, stack: "c3-same,c3-same,c3-same" },
  "dilated 1, 2, 4": { n: 17, stack: "c3,c3-1-2,c3-1-4" },
  "gridding 2, 2, 2": { n: 17, stack: "c3-1-2,c3-1-2,c3-1-2" },
};

// A layer as the address has it, without what need not be said.
function written({ kind, k, s, d, padding, before, after }) {
  const sizes = d > 1 ? [k, s, d] : s > 1 ? [k, s] : [k];
  const sides = { valid: [], same: ["same"], numbers: [`${before}.${after}`] }[padding];
  return kind + [...sizes, ...sides].join("-");
}

// An address can ask for more than there is to choose.
function roomy(layers) {
  const full = (what, most) => new Refusal(`There is no room here for ${what}; ${most} is the most.`);
  if (layers.length > MOST) throw full(`${layers.length} layers`, MOST);
  for (const [nth, layer] of layers.entries()) {
    for (const [name, [words, choices]] of Object.entries({ ...SIZES, ...SIDES })) {
      const most = choices.at(-1);
      if (layer[name] > most) throw full(`${words} ${layer[name]} in layer ${nth + 1}`, most);
    }
  }
}

// The layers as lines of a table. All lines are made once, so that a change takes the focus from nobody.
class Editor {
  constructor(change) {
    this.change = change;
    this.lines = range(MOST).map((nth) => this.line(nth));
    const heads = ["layer", "", "kernel", "stride", "dilation", "padding", "places", "size", "jump", "start"];
    const head = made("tr", {}, heads.map((words) => made("th", { scope: "col" }, words)), made("td"));
    const body = made("tbody", {}, this.lines.map(({ element }) => element));
    this.add = made("button", { type: "button", click: () => this.edit((all) => all.push(stacked("c3-same")[0])) }, "Add a layer");
    this.actions = made("p", { class: "actions" }, this.add);
    this.element = made("div", { class: "stack" }, made("table", {}, made("thead", {}, head), body), this.actions);
    this.element.editor = this;
    this.element.show = (text) => this.show(stacked(text));
  }

  line(nth) {
    const said = (name) => `${name} of layer ${nth + 1}`;
    const box = (name, options, words) =>
      made("select", {
        "aria-label": said(words),
        input: ({ target: { value } }) => this.edit((all) => (all[nth][name] = name in SIZES || name in SIDES ? Number(value) : value)),
      }, options.map(([value, text]) => made("option", { value }, text)));
    const sized = ([name, [words, choices]]) => [name, box(name, choices.map((one) => [one, one]), words)];
    const boxes = {
      kind: box("kind", KINDS, "kind"),
      ...Object.fromEntries(Object.entries(SIZES).map(sized)),
      padding: box("padding", PADDINGS, "padding"),
      ...Object.fromEntries(Object.entries(SIDES).map(sized)),
    };
    const button = (text, words, click) => made("button", { type: "button", "aria-label": words, click }, text);
    const buttons = [
      button("↑", `Move layer ${nth + 1} before the last one`, () => this.move(nth, -1)),
      button("↓", `Move layer ${nth + 1} behind the next one`, () => this.move(nth, 1)),
      button("×", `Remove layer ${nth + 1}`, () => this.edit((all) => all.splice(nth, 1))),
    ];
    const facts = FACTS.map((name) => made("td", { "data-label": name }));
    const { padding, before, after, ...rest } = boxes;
    const cells = [
      ...Object.entries(rest).map(([name, one]) => made("td", { "data-label": SIZES[name]?.[0] }, one)),
      made("td", { "data-label": "padding" }, padding, before, after),
      ...facts,
      made("td", {}, buttons),
    ];
    return { boxes, buttons, facts, element: made("tr", {}, made("th", { scope: "row" }, nth + 1), cells) };
  }

  edit(how) {
    const layers = structuredClone(this.layers);
    how(layers);
    this.change(layers.map(written).join());
  }

  // The button goes with its layer.
  move(nth, step) {
    this.edit((all) => all.splice(nth + step, 0, ...all.splice(nth, 1)));
    const [up, down] = this.lines[nth + step].buttons;
    const [same, other] = step < 0 ? [up, down] : [down, up];
    (same.disabled ? other : same).focus();
  }

  show(layers) {
    const removed = this.lines.findIndex(({ buttons }) => buttons[2] === document.activeElement);
    this.layers = layers;
    for (const [nth, { element, boxes, buttons }] of this.lines.entries()) {
      const layer = layers[nth];
      element.hidden = !layer;
      for (const [name, box] of Object.entries(layer ? boxes : {})) {
        const known = [...box.options].some(({ value }) => value === `${layer[name]}`);
        if (!known) box.append(made("option", { value: layer[name] }, layer[name]));
        box.value = layer[name];
      }
      for (const name of Object.keys(SIDES)) boxes[name].hidden = layer?.padding !== "numbers";
      const ends = [nth === 0, nth === layers.length - 1, layers.length === 1];
      buttons.forEach((button, which) => (button.disabled = ends[which]));
    }
    this.add.disabled = layers.length >= MOST;
    if (removed >= 0) this.lines[Math.min(removed, layers.length - 1)].buttons[2].focus();
  }

  // What cnnref says of each layer, and which one it refuses.
  tell(layers, refused) {
    for (const [nth, { facts, element }] of this.lines.entries()) {
      element.classList.toggle("refused", refused === nth + 1);
      const below = layers[nth - 1] ?? { size: 1, jump: 1 };
      for (const [which, name] of FACTS.entries()) {
        const value = layers[nth]?.[name];
        if (value === undefined) facts[which].replaceChildren();
        else facts[which].replaceChildren(made("b", { "data-fact": `${name}-${nth + 1}` }, value));
        if (name !== "size" || value === undefined) continue;
        const steps = (value - below.size) / below.jump;
        facts[which].prepend(made("span", {}, `${below.size} + ${steps} · ${below.jump} = `));
      }
    }
  }
}

const stack = {
  start: "c3,c3,p2-2,c3",
  when: () => true,
  read: (text) => (stacked(text) ? text : undefined),
  room: (_, text) => roomy(stacked(text)),
  make: (change) => new Editor(change).element,
};

// The unit is picked on the picture: "layer.place", or nothing for the one in the middle of the last layer.
const unit = {
  start: "",
  when: () => false,
  read: (text) => (/^[1-9]\d*\.\d+$/.test(text) ? text : undefined),
  room() {},
  make: () => Object.assign(made("span"), { show() {} }),
};

// Here a cell is picked, and then it is looked at until another one is.
class Units extends Grid {
  pin(cell) {
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
  static controls = { n: number("input places n", 12, { most: 32 }), stack, unit };

  static python({ n, stack: text }) {
    const layers = stacked(text).map(({ k, s, d, padding, before, after }) => {
      const word = padding === "numbers" ? `[(${before}, ${after})]` : `"${padding}"`;
      const options = [[k, true], [s, s > 1], [word, padding !== "valid"], [d, d > 1]];
      const last = options.findLastIndex(([, said]) => said);
      return `[${options.slice(0, last + 1).map(([value]) => value).join(", ")}]`;
    });
    return [
      "from cnnref import receptive_field, windows",
      "",
      `n, layers = ${n}, []`,
      'print("layer", "places", "size", "jump", "start", sep="  ")',
      `for options in [${layers.join(", ")}]:  # kernel, stride, padding, dilation`,
      "    layers += windows(n, *options)",
      "    n = layers[-1].places(n)",
      "    field = receptive_field(layers)",
      '    print(len(layers), n, field.size, field.jump, field.start, sep="  ")',
      "",
    ].join("\n");
  }

  prepare() {
    this.editor = this.handles.stack.editor;
    const preset = ([words, state]) => made("button", { type: "button", click: () => this.change({ ...state, unit: "" }) }, words);
    this.editor.actions.append(...Object.entries(PRESETS).map(preset));
    this.grid = new Units("Places of the layers, the last layer first, and of the input", (at, column) => this.look(at, column));
    this.grid.pick = (at, column) => this.pick(at, column);
    this.values = made("p", { class: "reading" });
    this.reading = made("p", { class: "reading" });
    this.stage.append(made("div", { class: "scroll" }, this.grid.element), this.values, this.reading);
  }

  facts(state) {
    return rf(state);
  }

  // A unit that is no longer there is let go, in so many words.
  change(changed) {
    let gone = "";
    try {
      if (!("unit" in changed)) rf({ ...this.state, ...changed });
    } catch ({ message }) {
      gone = message.startsWith("unit: ") ? `${message}. So it is the middle of the last layer again.` : "";
    }
    super.change(gone ? { ...changed, unit: "" } : changed);
    this.notice.textContent = gone;
  }

  refresh() {
    super.refresh();
    const refused = this.refusal.textContent;
    if (refused) this.editor.tell([], Number(/layer (\d+)/.exec(refused)?.[1]));
  }

  // Where the places stand, in halves of a cell: each over the middle of what it sees, padding beside them.
  lay({ layers }, n) {
    const fields = [{ places: n, size: 1, jump: 1, start: 0 }, ...layers];
    this.levels = fields.map(({ places, size, jump, start }, level) => {
      const wide = (places - 1) * jump;
      const middle = Math.min(Math.max(2 * start + size - 1 + wide, 0), 2 * (n - 1));
      const { before = 0, after = 0 } = layers[level] ?? {};
      const at = (place) => {
        const real = Math.min(Math.max(place, 0), places - 1);
        return middle - wide + 2 * real * jump + 2 * (place - real);
      };
      return { places, before, at, shown: range(before + places + after, -before) };
    });
    const low = Math.min(...this.levels.map(({ at, before }) => at(-before)));
    const high = Math.max(...this.levels.map(({ at, shown }) => at(shown.at(-1))));
    this.left = (level, place) => this.levels[level].at(place) - low;
    this.wide = high - low + 2;
  }

  draw(facts, state) {
    this.now = { facts, state, layers: stacked(state.stack) };
    this.editor.tell(facts.layers);
    this.lay(facts, state.n);
    const [layer, place] = facts.unit;
    const top = facts.layers.length;
    this.grid.element.style.setProperty("--places", this.wide / 2);
    this.between = range(top).map(() => this.strip(2));
    this.under = this.strip(1);
    this.bars = made("tr", { role: "presentation", "aria-hidden": "true" });
    const rows = range(top + 1).flatMap((nth) => [this.row(top - nth), nth < top && this.held(this.between[nth])]);
    this.grid.at = [top - layer, place + this.levels[layer].before];
    this.grid.fill([...rows.filter(Boolean), this.held(this.under), this.bars]);
    this.grid.unseen();
  }

  strip(high) {
    return drawn("svg", { viewBox: `0 0 ${this.wide} ${high}`, "aria-hidden": "true", preserveAspectRatio: "none" });
  }

  held(strip) {
    return made("tr", { role: "presentation" }, made("td", { role: "presentation" }, strip));
  }

  // A level of the picture: its name, what it reads with, and its places.
  row(level) {
    const { places, shown } = this.levels[level];
    const top = this.levels.length - 1;
    const name = level === 0 ? "input" : level === top ? "output" : `layer ${level}`;
    const { kind, k, s, d } = this.now.layers[level - 1] ?? {};
    const reads = [`kernel ${k}`, s > 1 && `stride ${s}`, d > 1 && `dilation ${d}`].filter(Boolean).join(", ");
    const more = level ? `${kind === "c" ? "conv" : "pool"}, ${reads}` : `${places} places`;
    const head = made("th", { role: "rowheader", scope: "row" }, made("b", { class: name }, name), ` ${more}`);
    const cells = shown.map((place) => {
      const real = place >= 0 && place < places;
      return cell(place, this.named(level, place), {
        class: real ? name : "padding",
        style: `grid-column: ${this.left(level, place) + 1} / span 2`,
        "aria-selected": `${level}.${place}` === this.now.facts.unit.join("."),
      });
    });
    return made("tr", { role: "row" }, head, cells);
  }

  // All that is to be said of a place.
  named(level, place) {
    const { facts, state } = this.now;
    const { places } = this.levels[level];
    const unit = `unit ${facts.unit[1]} of layer ${facts.unit[0]}`;
    if (place < 0 || place >= places) {
      const read = level < facts.unit[0] && facts.read[level].includes(place);
      return `padding before layer ${level + 1}, place ${place}: ${read ? "a zero on the way" : "not on the way"} to ${unit}`;
    }
    if (level) return said(rf({ ...state, unit: `${level}.${place}` }));
    const hole = facts.holes.includes(place) ? ", a hole in its field" : "";
    return `input ${place}: ${plural(facts.ways[place], "way")} to ${unit}${hole}`;
  }

  pick(at, column) {
    if (this.hasAttribute("data-refused")) return;
    if (at === null) this.change({ unit: "" });
    const level = this.levels.length - 1 - at;
    const place = column - this.levels[level]?.before;
    if (level > 0 && place >= 0 && place < this.levels[level].places) this.change({ unit: `${level}.${place}` });
  }

  look(at, column) {
    const { facts, state } = this.now;
    const level = at === null ? 0 : this.levels.length - 1 - at;
    const place = at === null ? 0 : column - this.levels[level].before;
    const real = place >= 0 && place < this.levels[level].places;
    this.show(level && real ? rf({ ...state, unit: `${level}.${place}` }) : facts);
    const words = at === null || (level && real) ? "" : this.named(level, place);
    this.reading.textContent = words
      ? `${words[0].toUpperCase()}${words.slice(1)}.`
      : "Point at a place, or reach it with the keyboard; a click or Enter keeps the unit.";
  }

  show(facts) {
    const [layer, place] = facts.unit;
    const top = this.levels.length - 1;
    for (const [nth, cells] of this.grid.rows.entries()) {
      const level = top - nth;
      const read = new Set(facts.read[level]);
      for (const [which, one] of cells.entries()) {
        const at = this.levels[level].shown[which];
        one.classList.toggle("seen", read.has(at));
        one.classList.toggle("lit", level === layer && at === place);
        one.classList.toggle("lost", !level && facts.holes.includes(at));
      }
    }
    this.cone(facts);
    this.bracket(facts);
    this.weigh(facts);
    this.tellUnit(facts);
  }

  cone({ unit: [layer], read, layers }) {
    const top = this.levels.length - 1;
    for (const [nth, strip] of this.between.entries()) {
      const level = top - nth;
      strip.replaceChildren();
      if (level > layer) continue;
      const { k, s, d } = this.now.layers[level - 1];
      const window = new Window(k, s, d, layers[level - 1].before);
      for (const j of read[level]) {
        if (j < 0 || j >= this.levels[level].places) continue;
        for (const i of window.taps(j)) {
          const zero = i < 0 || i >= this.levels[level - 1].places;
          const ends = { x1: this.left(level, j) + 1, y1: 0, x2: this.left(level - 1, i) + 1, y2: 2 };
          strip.append(drawn("line", { ...ends, class: zero ? "zero" : "way" }));
        }
      }
    }
  }

  // Under the input: from where to where the field reaches; dashed where it is cut off at the border.
  bracket({ interval: [first, last], clipped }) {
    this.under.replaceChildren();
    if (!clipped) return;
    const [low, high] = [this.left(0, clipped[0]) + 0.1, this.left(0, clipped[1]) + 1.9];
    const line = (x1, y1, x2, y2, name = "") => this.under.append(drawn("line", { x1, y1, x2, y2, class: name }));
    line(low, 0.6, high, 0.6);
    for (const [x, cut, out] of [[low, first < clipped[0], -1.6], [high, last > clipped[1], 1.6]]) {
      if (cut) line(x, 0.6, x + out, 0.6, "cut");
      else line(x, 0, x, 0.6);
    }
  }

  weigh({ ways, clipped }) {
    const most = Math.max(...ways, 1);
    const bar = (i) => made("td", { role: "presentation", style: `grid-column: ${this.left(0, i) + 1} / span 2` },
      made("i", { style: `height: ${ways[i] / most}em` }), made("span", {}, ways[i]));
    const [first, last] = clipped ?? [0, -1];
    this.bars.className = `ways${most > 999 ? " many" : ""}`;
    this.bars.replaceChildren(made("th", { role: "presentation" }, made("b", {}, "ways"), " to the unit"), ...range(last - first + 1, first).map(bar));
  }

  tellUnit({ unit: [layer, place], interval, clipped, ways, holes }) {
    const fact = (name, value) => made("b", { "data-fact": name }, value);
    const span = (...parts) => made("span", {}, parts);
    this.values.replaceChildren(
      span(`Unit ${place} of layer ${layer}`),
      span("field ", fact("interval", interval.join(" to ")), `: ${plural(interval[1] - interval[0] + 1, "place")}`),
      span("in the input ", fact("clipped", clipped ? clipped.join(" to ") : "none")),
      span("read ", fact("seen", ways.filter(Boolean).length)),
      span("holes ", fact("holes", holes.length), holes.length ? ` (${listed(holes)})` : ""),
    );
  }

  told(facts) {
    return `${plural(facts.layers.length, "layer")}; ${said(facts)}.`;
  }
}

function said({ unit: [layer, place], interval, clipped, ways, holes }) {
  const [first, last] = clipped ?? [0, -1];
  const whole = `${interval}` === `${clipped}`;
  const inside = whole ? "" : clipped ? `, in the input ${first} to ${last}` : ", nothing of it in the input";
  const missed = holes.length ? `, not ${listed(holes)}` : "";
  const counts = clipped ? `; ways ${listed(ways.slice(first, last + 1))}` : "";
  const count = plural(ways.filter(Boolean).length, "input place");
  return `layer ${layer}, unit ${place}: field ${interval.join(" to ")}${inside}; reads ${count}${missed}${counts}`;
}

// The control for a stack of layers: a line for each, in which also stands what cnnref says of it.

import { made, range } from "./instrument.js";
import { Refusal, stacked } from "./windows.js";

const MOST = 8; // layers
const FACTS = ["places", "size", "jump", "start"];
const numbers = (length, first) => range(length, first).map((one) => [one, one]);
const BOXES = {
  kind: [
    "kind",
    [
      ["c", "conv"],
      ["p", "pool"],
    ],
  ],
  k: ["kernel", numbers(5, 1)],
  s: ["stride", numbers(3, 1)],
  d: ["dilation", numbers(4, 1)],
  padding: [
    "padding",
    [
      ["valid", "valid"],
      ["same", "same"],
      ["numbers", "numbers"],
    ],
  ],
  before: ["zeros before", numbers(5)],
  after: ["zeros after", numbers(5)],
};

// A layer as the address has it, without what need not be said.
function written({ kind, k, s, d, padding, before, after }) {
  const sizes = d > 1 ? [k, s, d] : s > 1 ? [k, s] : [k];
  const sides = { valid: [], same: ["same"], numbers: [`${before}.${after}`] }[padding];
  return kind + [...sizes, ...sides].join("-");
}

// All lines are made once, so that a change takes the focus from nobody.
class Stack {
  constructor(change) {
    this.change = change;
    this.lines = range(MOST).map((nth) => this.line(nth));
    const heads = ["", "layer", "kernel", "stride", "dilation", "padding", ...FACTS];
    const head = made(
      "tr",
      {},
      heads.map((words) => made(words ? "th" : "td", {}, words)),
      made("td"),
    );
    const body = made(
      "tbody",
      {},
      this.lines.map(({ row }) => row),
    );
    const add = () => this.edit((layers) => layers.push(...stacked("c3-same")));
    this.add = made("button", { type: "button", click: add }, "Add a layer");
    this.actions = made("p", { class: "actions" }, this.add);
    const table = made("table", { class: "layers" }, made("thead", {}, head), body);
    this.element = made("div", { class: "stack" }, table, this.actions);
    this.element.show = (text) => this.show(stacked(text));
    this.element.stack = this;
  }

  line(nth) {
    const box = ([name, [words, options]]) => {
      const input = ({ target }) => this.edit((layers) => (layers[nth][name] = target.value));
      const choices = options.map(([value, text]) => made("option", { value }, text));
      return [name, made("select", { "aria-label": `${words} of layer ${nth + 1}`, input }, choices)];
    };
    const button = ([text, words, click]) =>
      made("button", { type: "button", "aria-label": `${words} layer ${nth + 1}`, click }, text);
    const boxes = Object.fromEntries(Object.entries(BOXES).map(box));
    const buttons = [
      ["↑", "Earlier:", () => this.move(nth, -1)],
      ["↓", "Later:", () => this.move(nth, 1)],
      ["×", "Remove", () => this.edit((layers) => layers.splice(nth, 1))],
    ].map(button);
    const { kind, k, s, d, ...sides } = boxes;
    const facts = FACTS.map(() => made("td"));
    const cells = [
      ...[kind, k, s, d, Object.values(sides)].map((one) => made("td", {}, one)),
      ...facts,
      made("td", {}, buttons),
    ];
    return { boxes, buttons, facts, row: made("tr", {}, made("th", { scope: "row" }, nth + 1), cells) };
  }

  edit(how) {
    const layers = structuredClone(this.layers);
    how(layers);
    this.change(layers.map(written).join());
  }

  // The focus goes with the layer.
  move(nth, step) {
    this.edit((layers) => layers.splice(nth + step, 0, ...layers.splice(nth, 1)));
    const { buttons } = this.lines[nth + step];
    buttons
      .slice(0, 2)
      .sort((one) => (one.textContent === (step < 0 ? "↑" : "↓") ? -1 : 1))
      .find(({ disabled }) => !disabled)
      .focus();
  }

  show(layers) {
    const last = layers.length - 1;
    const left = this.lines.findIndex(({ row }) => row.contains(document.activeElement));
    this.layers = layers;
    for (const [nth, { row, boxes, buttons }] of this.lines.entries()) {
      const layer = layers[nth];
      row.hidden = !layer;
      for (const [name, box] of Object.entries(layer ? boxes : {})) {
        box.value = layer[name];
        if (box.selectedIndex < 0) box.add(made("option", { value: layer[name], selected: true }, layer[name])); // from an address
        box.hidden = name in { before: 0, after: 0 } && layer.padding !== "numbers";
      }
      buttons.forEach((button, which) => (button.disabled = [!nth, nth === last, !last][which]));
    }
    const full = last + 1 >= MOST;
    if (left > last || (full && this.add === document.activeElement)) this.lines[last].buttons[2].focus();
    this.add.disabled = full;
  }

  // What cnnref says of each layer, and which it refuses.
  tell(layers, refused) {
    for (const [nth, { facts, row }] of this.lines.entries()) {
      const layer = layers[nth];
      const below = layers[nth - 1] ?? { size: 1, jump: 1 };
      row.classList.toggle("refused", refused === nth + 1);
      for (const [which, name] of FACTS.entries()) {
        const grown =
          name === "size" && layer && `${below.size} + ${(layer.size - below.size) / below.jump} · ${below.jump} = `;
        const value = layer && made("b", { "data-fact": `${name}-${nth + 1}` }, layer[name]);
        facts[which].replaceChildren(...[grown && made("span", {}, grown), value].filter(Boolean));
      }
    }
  }
}

// An address can ask for more than there is to choose.
function room(_, text) {
  const full = (where, what, most) => new Refusal(`${where}there is no room here for ${what}; ${most} is the most.`);
  const layers = stacked(text);
  if (layers.length > MOST) throw full("stack: ", `${layers.length} layers`, MOST);
  for (const [nth, layer] of layers.entries()) {
    for (const [name, [words, options]] of Object.entries(BOXES)) {
      const [most] = options.at(-1);
      if (layer[name] > most && Number.isInteger(most))
        throw full(`layer ${nth + 1}: `, `${words} ${layer[name]}`, most);
    }
  }
}

export const stack = (start) => ({
  start,
  when: () => true,
  read: (text) => (stacked(text) ? text : undefined),
  room,
  make: (change) => new Stack(change).element,
});

// The arguments of `windows` for each layer, as far as they have to be said.
export function calls(text) {
  return stacked(text).map(({ k, s, d, padding, before, after }) => {
    const sides = padding === "numbers" ? `[(${before}, ${after})]` : `"${padding}"`;
    const length = d > 1 ? 4 : padding !== "valid" ? 3 : s > 1 ? 2 : 1;
    return `[${[k, s, sides, d].slice(0, length).join(", ")}]`;
  });
}

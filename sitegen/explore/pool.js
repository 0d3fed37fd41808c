// Pooling before and after its input moves: which outputs stay, which change, and what the border does.

import { Grid, Instrument, at, cell, choice, listed, made, number, range, signed, some } from "./instrument.js";
import { Refusal, digits, pool } from "./windows.js";

const GRIDS = {
  "0139.4862.7420.4351": "of this page, 4 by 4",
  "000000.000000.009000.000000.000000.000000": "a single 9, 6 by 6",
  "012345.123456.234567.345678.456789.567890": "a ramp, 6 by 6",
  "909090.090909.909090.090909.909090.090909": "a checkerboard, 6 by 6",
};
const TABLE = /^\d{1,6}(\.\d{1,6}){0,5}$/;
const MARKS = "Dashed: lost over the border. Hatched: came in over it. ≠: changed.";
const HINT = "Point at a place, or reach it with the keyboard, to see what it is joined to. Inputs take digits.";

// One of these grids, or digits of the reader's own.
function grid(label, start) {
  const chosen = choice(label, start, { ...GRIDS, "": "your own" });
  const even = (text) => new Set(digits(text).map((row) => row.length)).size === 1;
  return {
    ...chosen,
    read: (text) => (TABLE.test(text) && even(text) ? text : undefined),
    make(change) {
      const element = chosen.make((text) => text && change(text));
      const { show } = element;
      element.show = (text) => {
        element.querySelector("option:last-child").hidden = text in GRIDS;
        show(text in GRIDS ? text : "");
      };
      return element;
    },
  };
}

// By how many places the input moves.
function shift(label, start) {
  const control = number(label, start, { least: -2, most: 2 });
  return {
    ...control,
    room(name, value) {
      if (!Number.isInteger(value)) throw new Refusal(`A shift goes by whole places; got ${name} = ${value}.`);
      if (value < -2) throw new Refusal(`There is no room here for ${name} = ${value}; -2 is the least.`);
      control.room(name, value);
    },
  };
}

const among = (places, one) => places.some((place) => at(place) === at(one));
const shown = (value) => (Array.isArray(value) ? value.slice(0, value[1] === 1 ? 1 : 2).join("/") : `${value}`);

export default class Pool extends Instrument {
  static instrument = "pool";
  static controls = {
    x: grid("grid", Object.keys(GRIDS)[0]),
    pool: choice("pooling", "max", { max: "maximum", avg: "mean" }),
    k: number("window k", 2, { most: 6 }),
    s: number("stride s", 2, { most: 4 }),
    dx: shift("shift right dx", -1),
    dy: shift("shift down dy", 0),
    border: choice("border", "zero", { zero: "zeros come in", wrap: "wraps around", edge: "the edge repeats" }),
  };

  static python({ x, pool: kind, k, s, dx, dy, border }) {
    const table = digits(x);
    const rows = table.map((row) => `[${row.join(", ")}]`);
    const far = Math.max(Math.abs(dx), Math.abs(dy));
    const part = (by, n) => `${far - by}:${far - by + n}`;
    const framed = `np.pad(x, ${far}${border === "edge" ? ', mode="edge"' : ""})`;
    const view = `[${part(dy, table.length)}, ${part(dx, table[0].length)}]`;
    return [
      "import numpy as np",
      "",
      `from cnnref import ${kind}_pool`,
      "",
      rows.length < 5 ? `x = [${rows.join(", ")}]` : `x = [\n    ${rows.join(",\n    ")},\n]`,
      border === "wrap" ? `moved = np.roll(x, (${dy}, ${dx}), axis=(0, 1))` : `moved = ${framed}${view}`,
      `before, after = (${kind}_pool([[grid]], ${k}${s === k ? "" : `, stride=${s}`})[0, 0] for grid in [x, moved])`,
      "same = before == after",
      'print("output", "before", "after", "unchanged", sep="  ")',
      "for j in np.ndindex(same.shape):",
      '    print(j, f"{before[j]:g}", f"{after[j]:g}", "yes" if same[j] else "no", sep="  ")',
      'print("together", "", "", f"{same.sum()} of {same.size}", sep="  ")',
      "",
    ].join("\n");
  }

  prepare() {
    const together = [];
    this.tables = ["input", "output", "shifted input", "output"].map((name, nth) => this.table(name, nth, together));
    this.tables[0].element.addEventListener("keydown", (event) => this.typed(event));
    this.arrows = range(2).map(() => made("span", { class: "arrow", "aria-hidden": "true" }));
    const pairs = this.arrows.map((arrow, after) => {
      const [input, output] = this.tables.slice(2 * after).map(({ named }) => named);
      return made("div", { class: "pair" }, input, made("div", { class: "pooled" }, arrow, output));
    });
    [this.verdict, this.follows] = range(2).map(() => made("p"));
    this.reading = made("p", { class: "reading" });
    const words = [made("p", { class: "marks" }, MARKS), this.verdict, this.follows, this.reading];
    this.stage.append(made("div", { class: "pairs" }, pairs), ...words);
    this.live.querySelector(".controls").append(this.editor());
  }

  // One of the four: an input, its output, the shifted input, its output.
  table(name, nth, together) {
    const called = name === "output" ? `output ${nth > 1 ? "after" : "before"} the shift` : name;
    const table = new Grid(called, (...place) => this.look(nth, ...place), together);
    if (nth) table.element.setAttribute("aria-readonly", "true");
    const role = name.split(" ").at(-1);
    table.named = made("div", {}, made("span", { class: role, "aria-hidden": "true" }, name), table.element);
    return table;
  }

  // A place of the input takes a digit: typed on it, or in a field among the settings.
  editor() {
    this.chosen = [0, 0];
    this.place = made("label", { for: "cnn-pool-digit" });
    const input = ({ target }) => target.value && this.edit(target.value);
    const focus = ({ target }) => target.select(); // so that the next digit takes its place
    this.field = made("input", { type: "number", min: 0, max: 9, id: "cnn-pool-digit", input, focus });
    return made("div", { class: "control" }, this.place, this.field);
  }

  typed(event) {
    if (!/^\d$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.choose(this.tables[0].at);
    this.edit(event.key);
  }

  edit(text) {
    const one = /^\d$/.test(text);
    this.field.setAttribute("aria-invalid", !one);
    this.notice.textContent = one ? "" : "A place takes one digit, 0 to 9.";
    if (!one) return;
    this.choose(this.chosen);
    const [i, j] = this.chosen;
    const table = digits(this.state.x);
    table[i][j] = text;
    this.change({ x: table.map((row) => row.join("")).join(".") });
  }

  choose(place) {
    const table = digits(this.state.x);
    this.chosen = place.map((i, axis) => Math.min(i, (axis ? table[0] : table).length - 1));
    const [i, j] = this.chosen;
    this.place.textContent = `input ${at(this.chosen)}`;
    if (document.activeElement !== this.field) this.field.value = table[i][j];
    this.field.setAttribute("aria-invalid", "false");
  }

  facts(state) {
    return pool(state);
  }

  draw(facts, state) {
    const { input, moved, before, after, lost, entered, changed } = facts;
    this.now = { ...state, ...facts, inputs: [input, moved], outputs: [before, after] };
    const widest = [...before, ...after].flat().map((value) => shown(value).length);
    this.stage.style.setProperty("--places", input[0].length + before[0].length);
    this.stage.style.setProperty("--chars", Math.max(...widest));
    this.fill(0, input, "input", "lost", lost);
    this.fill(1, before, "output");
    this.fill(2, moved, "input", "padding", entered);
    this.fill(3, after, "output", "changed", changed);
    const taken = [state.pool === "max" ? "max" : "mean", `${state.k} × ${state.k}`, `stride ${state.s}`];
    for (const arrow of this.arrows) {
      arrow.replaceChildren(...taken.map((words) => made("span", {}, words)), made("b", {}, "→"));
    }
    this.count(facts, state);
    this.choose(this.chosen);
    this.look(0, null);
  }

  fill(nth, table, role, mark, marked = []) {
    const one = (value, place) =>
      cell(shown(value), this.called(nth, place), { class: among(marked, place) ? `${role} ${mark}` : role });
    const rows = table.map((row, i) =>
      made(
        "tr",
        { role: "row" },
        row.map((value, j) => one(value, [i, j])),
      ),
    );
    this.tables[nth].fill(rows);
  }

  count({ unchanged, percent, follows }, { s, dx, dy }) {
    const share = (name, [part, whole]) => made("b", { "data-fact": name }, `${part} of ${whole}`);
    this.verdict.replaceChildren(
      "Unchanged by the shift: ",
      share("unchanged", unchanged),
      " outputs (",
      made("b", { "data-fact": "percent" }, percent),
      " %).",
    );
    const odd = Object.entries({ dx, dy }).filter(([, by]) => by % s);
    if (odd.length) {
      const words = `${listed(odd.map(([name, by]) => `${name} = ${signed(by)}`))} ${odd.length > 1 ? "are" : "is"}`;
      this.follows.textContent = `The output cannot just move along: ${words} not a multiple of the stride ${s}.`;
    } else if (!follows) this.follows.textContent = "Nothing has moved.";
    else {
      const { by, inside, all } = follows;
      this.follows.replaceChildren(
        "The shift is a multiple of the stride. Away from the border the output has just moved, by ",
        `${signed(at(by))}, at `,
        share("inside", inside),
        " places. Over all, with the border’s rule, at ",
        share("all", all),
        all[0] < all[1] ? ": the border breaks the rest." : ": here the border breaks nothing.",
      );
    }
  }

  reads(output, place) {
    const { k, s } = this.now;
    return output.every((j, axis) => j * s <= place[axis] && place[axis] < j * s + k);
  }

  // All that pointing at a place shows, in words.
  called(nth, place) {
    return nth % 2 ? this.output(nth >> 1, place) : this.input(nth >> 1, place);
  }

  input(after, [i, j]) {
    const { inputs, before, lost, entered, dx, dy } = this.now;
    const [rows, columns] = [inputs[0].length, inputs[0][0].length];
    const to = at([(i + dy + 2 * rows) % rows, (j + dx + 2 * columns) % columns]);
    let way = dx || dy ? `, moves to ${to}` : "";
    if (after) way = among(entered, [i, j]) ? ", came in over the border" : "";
    else if (among(lost, [i, j])) way = ", lost over the border";
    const outputs = before.flatMap((row, j1) => row.map((_, j2) => [j1, j2]));
    const by = outputs.filter((output) => this.reads(output, [i, j])).map(at);
    const value = `${after ? "shifted " : ""}input ${at([i, j])} is ${inputs[after][i][j]}`;
    return `${value}${way}; read by ${by.length ? `output ${listed(by)}` : "no output"}`;
  }

  output(after, [i, j]) {
    const { inputs, outputs, changed, largest, k, s } = this.now;
    const values = inputs[after].flatMap((row, i1) => row.filter((_, i2) => this.reads([i, j], [i1, i2])));
    const window = `${some("row", i * s, k)}, ${some("column", j * s, k)}`;
    const tied = values.filter((value) => value === Math.max(...values)).length > 1;
    const found = largest
      ? `the largest of ${window}, ${tied ? "first at" : "at"} ${at(largest[after][i][j])}`
      : `the mean of ${window}, whose sum is ${values.reduce((one, other) => one + other)}`;
    const [here, there] = [outputs[after][i][j], outputs[1 - after][i][j]].map(shown);
    const verdict = among(changed, [i, j]) ? "changed" : "unchanged";
    const when = after ? "before" : "after";
    const name = `output ${at([i, j])}${after ? " after the shift" : ""}`;
    return `${name} is ${here}, ${found}; ${when} the shift ${there}: ${verdict}`;
  }

  look(nth, i, j) {
    const place = i === null ? null : [i, j];
    if (nth === 0 && place && this.tables[0].cell(i, j) === document.activeElement) this.choose(place);
    this.light(nth, place);
    const words = place && this.called(nth, place);
    this.reading.textContent = words ? `${words[0].toUpperCase()}${words.slice(1)}.` : HINT;
  }

  // An output lights up with what it reads, before and after; an input with what reads it.
  light(nth, place) {
    const { largest } = this.now;
    const how = (of, other) => {
      if (!place) return "";
      if (of % 2 === nth % 2) return at(place) === at(other) && (nth % 2 || of === nth) ? "lit" : "";
      if (nth % 2 === 0) return of === nth + 1 && this.reads(other, place) ? "lit" : "";
      if (!this.reads(place, other)) return "";
      return largest && at(largest[of >> 1][place[0]][place[1]]) === at(other) ? "lit" : "seen";
    };
    for (const [of, { rows }] of this.tables.entries()) {
      for (const [i, row] of rows.entries()) {
        for (const [j, one] of row.entries()) {
          const now = how(of, [i, j]);
          ["lit", "seen"].forEach((name) => one.classList.toggle(name, name === now));
        }
      }
    }
  }

  told({ unchanged: [kept, all], percent }) {
    return `${kept} of ${all} outputs unchanged, ${percent} %. ${this.follows.textContent}`;
  }
}

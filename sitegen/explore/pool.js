// Pooling before and after its input moves: which outputs stay, which change, and what the border does.

import { Grid, Instrument, cell, choice, listed, made, number, range } from "./instrument.js";
import { Refusal, digits, pool } from "./windows.js";

const GRIDS = {
  "0139.4862.7420.4351": "of this page, 4 by 4",
  "000000.000000.009000.000000.000000.000000": "a single 9, 6 by 6",
  "012345.123456.234567.345678.456789.567890": "a ramp, 6 by 6",
  "909090.090909.909090.090909.909090.090909": "a checkerboard, 6 by 6",
};
const TABLE = /^\d{1,6}(\.\d{1,6}){0,5}$/;
const HINT = "Point at a place, or reach it with the keyboard: an output shows what it reads, an input what reads it.";

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

const at = (place) => `(${place.join(", ")})`;
const among = (places, one) => places.some((place) => at(place) === at(one));
const shown = (value) => (Array.isArray(value) ? value.slice(0, value[1] === 1 ? 1 : 2).join("/") : `${value}`);
const some = (word, first, count) => (count === 1 ? `${word} ${first}` : `${word}s ${first} to ${first + count - 1}`);

// Only one place of the four tables is kept looked at.
function release(table) {
  table.pinned?.removeAttribute("aria-selected");
  table.pinned = null;
}

export default class Pool extends Instrument {
  static instrument = "pool";
  static controls = {
    x: grid("grid", Object.keys(GRIDS)[0]),
    pool: choice("pooling", "max", { max: "maximum", avg: "mean" }),
    k: number("window k", 2, { most: 6 }),
    s: number("stride s", 2, { most: 4 }),
    dx: shift("right by dx", -1),
    dy: shift("down by dy", 0),
    border: choice("at the border", "zero", { zero: "zeros come in", wrap: "it wraps around", edge: "the edge repeats" }),
  };

  static python({ x, pool: kind, k, s, dx, dy, border }) {
    const table = digits(x);
    const rows = table.map((row) => `[${row.join(", ")}]`);
    const far = Math.max(Math.abs(dx), Math.abs(dy));
    const part = (by, n) => `${far - by}:${far - by + n}`;
    const framed = `np.pad(x, ${far}${border === "edge" ? ', mode="edge"' : ""})`;
    const rolled = `np.roll(x, (${dy}, ${dx}), axis=(0, 1))`;
    return [
      "import numpy as np",
      "",
      `from cnnref import ${kind}_pool`,
      "",
      rows.length < 5 ? `x = [${rows.join(", ")}]` : `x = [\n    ${rows.join(",\n    ")},\n]`,
      `moved = ${border === "wrap" ? rolled : `${framed}[${part(dy, table.length)}, ${part(dx, table[0].length)}]`}`,
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
    this.tables = ["input", "output", "shifted input", "output"].map((name, nth) => this.table(name, nth));
    this.tables[0].element.addEventListener("keydown", (event) => this.typed(event));
    const [x, y, moved, then] = this.tables.map(({ named }) => named);
    this.arrows = range(2).map(() => made("span", { class: "arrow", "aria-hidden": "true" }));
    const pairs = [[x, this.arrows[0], y], [moved, this.arrows[1], then]];
    [this.verdict, this.follows, this.reading] = range(3).map(() => made("p"));
    this.stage.append(
      made("div", { class: "pairs" }, pairs.map((pair) => made("div", { class: "pair" }, pair))),
      this.reading,
      this.verdict,
      this.follows,
      this.editor(),
    );
  }

  // One of the four: before and after the shift an input and an output.
  table(name, nth) {
    const [output, after] = [nth % 2, nth > 1];
    const table = new Grid(output ? `output ${after ? "after" : "before"} the shift` : name, (...place) => this.look(nth, ...place));
    if (nth) table.element.setAttribute("aria-readonly", "true");
    const word = made("span", { class: output ? "output" : "input", "aria-hidden": "true" }, name);
    table.named = made("div", {}, word, table.element);
    return table;
  }

  // A place of the input takes a digit: typed on it, or in a field of its own.
  editor() {
    this.chosen = [0, 0];
    this.place = made("span");
    this.field = made("input", { type: "number", min: 0, max: 9, input: ({ target }) => this.edit(target.value) });
    return made("p", { class: "control" }, made("label", {}, this.place, this.field), " or type a digit on the input");
  }

  typed(event) {
    if (!/^\d$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.edit(event.key);
  }

  edit(text) {
    const one = /^\d$/.test(text);
    this.field.setAttribute("aria-invalid", !one);
    this.notice.textContent = one ? "" : "A place takes one digit, 0 to 9.";
    if (!one) return;
    const table = digits(this.state.x);
    const [i, j] = this.chosen;
    table[i][j] = text;
    this.change({ x: table.map((row) => row.join("")).join(".") });
  }

  choose(place) {
    const { input } = this.now;
    this.chosen = place.map((i, axis) => Math.min(i, (axis ? input[0] : input).length - 1));
    const [i, j] = this.chosen;
    this.place.textContent = `input ${at(this.chosen)} = `;
    if (document.activeElement !== this.field) this.field.value = input[i][j];
    this.field.setAttribute("aria-invalid", "false");
  }

  facts(state) {
    return pool(state);
  }

  draw(facts, state) {
    this.now = { ...state, ...facts };
    const { input, moved, before, after, lost, entered, changed } = facts;
    const marks = [["input", lost, "lost"], ["output"], ["input", entered, "padding"], ["output", changed, "changed"]];
    this.stage.style.setProperty("--places", input[0].length + before[0].length);
    [input, before, moved, after].forEach((table, nth) => {
      const [role, marked = [], mark] = marks[nth];
      const looks = (place) => ({ class: among(marked, place) ? `${role} ${mark}` : role });
      const cells = table.map((row, i) => row.map((value, j) => cell(shown(value), this.called(nth, [i, j]), looks([i, j]))));
      this.tables[nth].pinned = null;
      this.tables[nth].element.style.setProperty("--columns", table[0].length);
      this.tables[nth].fill(cells.map((row) => made("tr", { role: "row" }, row)));
    });
    const taken = `${state.pool === "max" ? "max" : "mean"} ${state.k} × ${state.k}`;
    this.arrows.forEach((arrow) => arrow.replaceChildren(taken, made("b", {}, "→")));
    this.count(facts, state);
    this.choose(this.chosen);
    this.look(0, null);
  }

  count({ unchanged, percent, follows }, { s, dx, dy }) {
    const share = (name, [part, whole]) => made("b", { "data-fact": name }, `${part} of ${whole}`);
    this.verdict.replaceChildren("Unchanged: ", share("unchanged", unchanged), ` outputs (${percent} %).`);
    const odd = Object.entries({ dx, dy }).filter(([, by]) => by % s);
    const words = `${listed(odd.map(([name, by]) => `${name} = ${by}`))} ${odd.length > 1 ? "are" : "is"}`;
    if (odd.length) this.follows.replaceChildren(`The output cannot just move along: ${words} not a multiple of the stride ${s}.`);
    else if (!follows) this.follows.replaceChildren("Nothing has moved.");
    else {
      const { by, inside, all } = follows;
      this.follows.replaceChildren(
        `By whole strides the output moves along, by ${at(by)}. Away from the border: `,
        share("inside", inside),
        " places. With what the border lets in: ",
        share("all", all),
        all[0] < all[1] ? "; the border breaks it." : ".",
      );
    }
  }

  reads(output, place) {
    const { k, s } = this.now;
    return output.every((j, axis) => j * s <= place[axis] && place[axis] < j * s + k);
  }

  readers(place) {
    const outputs = this.now.before.flatMap((row, i) => row.map((_, j) => [i, j]));
    return outputs.filter((output) => this.reads(output, place));
  }

  // The place of the largest number that an output reads, before the shift or after it.
  largest(after, [i, j]) {
    const { largest, input } = this.now;
    const flat = largest?.[after ? "after" : "before"][i][j];
    return largest && [Math.floor(flat / input[0].length), flat % input[0].length];
  }

  // All that pointing at a place shows, in words.
  called(nth, place) {
    return nth % 2 ? this.output(nth > 1, place) : this.input(nth > 1, place);
  }

  input(after, [i, j]) {
    const { input, moved, lost, entered, dx, dy } = this.now;
    const wrapped = (place, n) => (place + n) % n;
    const to = at([wrapped(i + dy + input.length, input.length), wrapped(j + dx + input[0].length, input[0].length)]);
    const there = among(entered, [i, j]) ? ", came in over the border" : "";
    const here = among(lost, [i, j]) ? ", lost over the border" : dx || dy ? `, moves to ${to}` : "";
    const by = this.readers([i, j]).map(at);
    const what = after ? `shifted input ${at([i, j])} is ${moved[i][j]}${there}` : `input ${at([i, j])} is ${input[i][j]}${here}`;
    return `${what}; read by ${by.length ? `output ${listed(by)}` : "no output"}`;
  }

  output(after, place) {
    const { input, moved, before, after: then, changed, k, s } = this.now;
    const [i, j] = place;
    const values = (after ? moved : input).flatMap((row, r) => row.filter((_, c) => this.reads(place, [r, c])));
    const window = `${some("row", i * s, k)}, ${some("column", j * s, k)}`;
    const first = values.filter((value) => value === Math.max(...values)).length > 1 ? "first at" : "at";
    const found = this.now.largest
      ? `the largest of ${window}, ${first} ${at(this.largest(after, place))}`
      : `the mean of ${window}, whose sum is ${values.reduce((one, other) => one + other)}`;
    const [here, there] = after ? [then, before] : [before, then];
    const verdict = `${after ? "before" : "after"} the shift ${shown(there[i][j])}: ${among(changed, place) ? "changed" : "unchanged"}`;
    return `output ${at(place)}${after ? " after the shift" : ""} is ${shown(here[i][j])}, ${found}; ${verdict}`;
  }

  look(nth, i, j) {
    const kept = this.tables.find(({ pinned }) => pinned);
    const table = this.tables[nth];
    if (table.pinned) this.tables.filter((other) => other !== table).forEach(release);
    else if (kept) return;
    const place = i === null ? null : [i, j];
    if (!place) {
      const held = this.tables.findIndex(({ element }) => element.contains(document.activeElement));
      if (held >= 0) return this.look(held, ...this.tables[held].at);
    } else if (nth === 0 && table.cell(i, j) === document.activeElement) this.choose(place);
    this.light(nth, place);
    const words = place && this.called(nth, place);
    this.reading.textContent = words ? `${words[0].toUpperCase()}${words.slice(1)}.` : HINT;
  }

  // An output lights up with what it reads, before and after; an input with what reads it.
  light(nth, place) {
    const looksAt = (of, other) => {
      if (!place) return "";
      const [output, same] = [nth % 2, at(place) === at(other)];
      if (of % 2 === nth % 2) return same && (output || of === nth) ? "lit" : "";
      if (!output) return of === nth + 1 && this.reads(other, place) ? "lit" : "";
      if (!this.reads(place, other)) return "";
      return at(this.largest(of > 1, place) ?? []) === at(other) ? "lit" : "seen";
    };
    this.tables.forEach(({ rows }, of) =>
      rows.forEach((row, i) =>
        row.forEach((one, j) => {
          const how = looksAt(of, [i, j]);
          one.classList.toggle("lit", how === "lit");
          one.classList.toggle("seen", how === "seen");
        }),
      ),
    );
  }

  told({ unchanged: [kept, all], percent }) {
    return `${kept} of ${all} outputs unchanged, ${percent} %. ${this.follows.textContent}`;
  }
}

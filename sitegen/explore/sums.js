// The outputs of a convolution as sums: what meets what, in numbers and in words.

import { shape } from "./edited.js";
import { at, listed, range, signed, some } from "./instrument.js";
import { tables } from "./windows.js";

const SUBSCRIPTS = "₀₁₂";

// A number that something stands in front of.
export const factor = (value) => (value < 0 ? `(${signed(value)})` : `${value}`);

export class Sums {
  constructor(facts, { x, k, flip }) {
    Object.assign(this, facts, { x: tables(x), k: tables(k), y: [facts.output], flipped: flip === "on" });
    this.count = facts.sums[0][0].length; // of the products of each output
    this.several = this.x.length > 1;
  }

  // Where an entry of the kernel lies on a window, and back.
  turn(place) {
    const sides = shape(this.k);
    return this.flipped ? place.map((one, axis) => sides[axis] - 1 - one) : place;
  }

  // The t of the formula at an output.
  t(output) {
    return output.map((place, axis) => place + (this.flipped ? shape(this.k)[axis] - 1 : 0));
  }

  // The place in an output's window at which an input lies, if it lies there.
  tap([i, j], output) {
    const place = [this.rows[output[0]].indexOf(i), this.columns[output[1]].indexOf(j)];
    return place.includes(-1) ? null : place;
  }

  // Whether a place of the window ever lies on an input.
  meets([a, b], [i, j]) {
    return this.rows.some((reads) => reads[a] === i) && this.columns.some((reads) => reads[b] === j);
  }

  // What meets in an output, channel by channel.
  products([i, j]) {
    const one = (c, a, b) => {
      const from = [this.rows[i][a], this.columns[j][b]];
      return { c, from, tap: [a, b], x: this.x[c][from[0]][from[1]], w: this.laid[c][a][b] };
    };
    return this.laid.map((table, c) => table.flatMap((row, a) => row.map((_, b) => one(c, a, b))));
  }

  // The sum of each channel's products alone.
  parts([i, j]) {
    const sums = this.sums[i][j];
    const taps = sums.length / this.x.length;
    return range(this.x.length).map((c) => sums[(c + 1) * taps - 1] - (c ? sums[c * taps - 1] : 0));
  }

  // All that pointing at a cell shows, in words.
  called(role, c, place) {
    const value = signed(this[role][c][place[0]][place[1]]);
    const channel = this.several ? `channel ${c}, ` : "";
    if (role === "y") return `output ${at(place)} is ${value}, the sum of ${this.added(place)}`;
    if (role === "x") return `${channel}input ${at(place)} is ${value}: reaches ${listed(this.reached(c, place))}`;
    const [a, b] = this.turn(place);
    const met = `${some("row", a, this.rows.length)}, ${some("column", b, this.columns.length)}`;
    return `${channel}kernel ${at(place)} is ${value}: lies at ${at([a, b])} of each window, and meets the input in ${met}`;
  }

  reached(c, place) {
    const outputs = this.output
      .flatMap((row, i) => row.map((_, j) => [i, j]))
      .filter((output) => this.tap(place, output));
    const by = (output) => this.tap(place, output).reduce((row, at) => row[at], this.laid[c]);
    return outputs.map((output) => `output ${at(output)} times ${signed(by(output))}`);
  }

  added(place) {
    const met = this.products(place).map((each) => listed(each.map(({ x, w }) => `${signed(x)} times ${signed(w)}`)));
    const parts = this.parts(place).map((part, c) => `${signed(part)} from channel ${c} (${met[c]})`);
    return this.several ? listed(parts) : met[0];
  }

  // The sum of an output after some of its products; `step` null: after all.
  after(output, step) {
    const sums = this.sums[output[0]][output[1]];
    if (step === null)
      return `Output ${at(output)}, with t = ${at(this.t(output))}: ${sums.length} products, added up.`;
    const { c, from, tap, x, w } = this.products(output).flat()[step - 1];
    const entry = (letter, place) => `${letter}${this.several ? SUBSCRIPTS[c] : ""}${at(place)}`;
    const product = `${entry("x", from)} · ${entry("w", this.turn(tap))} = ${signed(x)}·${factor(w)} = ${signed(x * w)}`;
    return `Product ${step} of ${sums.length}: ${product}. Sum so far: ${signed(sums[step - 1])}.`;
  }
}

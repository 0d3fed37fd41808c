// An input and a kernel that a reader changes: their cells, their sizes, how many channels they have.

import { Instrument, at, choice, made, number, range } from "./instrument.js";
import { tables } from "./windows.js";

export const NAMES = { x: "input", k: "kernel", y: "output" };
const SIZES = [
  ["x", 1, "input rows", 8],
  ["x", 2, "input columns", 8],
  ["k", 1, "kernel rows", 4],
  ["k", 2, "kernel columns", 4],
];
const FRESH = {
  x: (c, i, j) => (5 * i + 3 * j + c + ((i * j) % 3)) % 4,
  k: (c, i, j) => ((2 * i + j + 3 * c) % 4) - 1,
};

const TABLES = /^(?![._])(-[1-9]|\d|[._](?=[-\d]))+$/;

const text = (values) => values.map((table) => table.map((row) => row.join("")).join(".")).join("_");

export const shape = ([table]) => [table.length, table[0].length];

const even = (lists) => new Set(lists.map(({ length }) => length)).size === 1;

// A control without a handle: tables of one or three channels, which are changed elsewhere.
export function stored(start, most) {
  const good = (values) =>
    even(values) && even(values.flat()) && [1, 3].includes(values.length) && Math.max(...shape(values)) <= most;
  return {
    start,
    when: () => false,
    read: (said) => (TABLES.test(said) && good(tables(said)) ? said : undefined),
    room() {},
    make: () => Object.assign(made("div"), { show() {} }),
  };
}

// The tables in another size: what still has a place keeps it, and new places take `fresh(c, i, j)`.
function resized(said, [channels, rows, columns], fresh) {
  const old = tables(said);
  const one = (c, i, j) => old[c]?.[i]?.[j] ?? fresh(c, i, j);
  return text(range(channels).map((c) => range(rows).map((i) => range(columns).map((j) => one(c, i, j)))));
}

// The tables as nested lists; a single one without the axis of channels if `bare`.
export function nested(said, bare) {
  const list = (items, indent, short) => {
    if (short) return `[${items.join(", ")}]`;
    return `[\n${items.map((one) => `${indent}    ${one},\n`).join("")}${indent}]`;
  };
  const table = (values, indent) =>
    list(
      values.map((row) => `[${row.join(", ")}]`),
      indent,
      values.length < 4,
    );
  const values = tables(said);
  return bare
    ? table(values[0], "")
    : list(
        values.map((one) => table(one, "    ")),
        "",
        false,
      );
}

export class Edited extends Instrument {
  prepare() {
    this.edited = ["x", 0, 0, 0];
    this.live.querySelector("fieldset").append(...this.fields(), this.editor());
  }

  refresh() {
    super.refresh();
    const [n, taps] = [this.state.x, this.state.k].map((said) => shape(tables(said)));
    for (const handle of this.sizes) {
      const axis = handle.axis - 1;
      handle.show((handle.of === "x" ? n : taps)[axis], taps[axis] > n[axis]);
    }
    this.channels.show(tables(this.state.x).length);
    this.choose(this.edited);
  }

  // The sizes and the channels change the tables.
  fields() {
    this.sizes = SIZES.map(([role, axis, label, most]) => {
      const handle = number(label, 1, { most }).make((size) => this.resize(handle, size));
      return Object.assign(handle, { of: role, axis, label, most });
    });
    const grow = (count) =>
      this.change({ x: this.filled("x", 0, Number(count)), k: this.filled("k", 0, Number(count)) });
    this.channels = choice("channels", 1, { 1: "1", 3: "3, added up" }).make(grow);
    return [...this.sizes, this.channels];
  }

  resize(handle, size) {
    const { of, axis, label, most } = handle;
    if (Number.isInteger(size) && size >= 1 && size <= most) this.change({ [of]: this.filled(of, axis, size) });
    else {
      this.notice.textContent = `There is room here for 1 to ${most} ${label}, a whole number.`;
      handle.querySelector("[type=number]").setAttribute("aria-invalid", "true");
    }
  }

  filled(role, axis, size) {
    const old = tables(this.state[role]);
    return resized(this.state[role], Object.assign([old.length, ...shape(old)], { [axis]: size }), FRESH[role]);
  }

  // A cell of the input or the kernel takes an integer: typed on it, or in a field among the settings.
  editor() {
    this.place = made("label", { for: "cnn-conv-value" });
    const input = ({ target }) => target.value && this.edit(target.value);
    const on = { input, focus: ({ target }) => target.select(), blur: () => this.choose(this.edited) };
    this.field = made("input", { type: "number", min: -9, max: 9, id: "cnn-conv-value", ...on });
    return made("div", { class: "control" }, this.place, this.field);
  }

  typed(event, { role, c, grid }) {
    if (event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const minus = this.minus ? "-" : "";
    this.choose([role, c, ...grid.at]);
    this.minus = event.key === "-"; // waits for its digit
    if (this.minus) this.notice.textContent = "−, and now a digit.";
    else this.edit(minus + event.key);
  }

  edit(said) {
    const one = /^-?\d$/.test(said);
    this.field.setAttribute("aria-invalid", !one);
    this.notice.textContent = one ? "" : "A cell takes an integer from −9 to 9.";
    if (!one) return;
    const [role, c, i, j] = this.edited;
    const values = tables(this.state[role]);
    values[c][i][j] = Number(said);
    this.change({ [role]: text(values) });
  }

  // The cell whose value stands in the field.
  choose([role, ...place]) {
    const values = tables(this.state[role]);
    const [c, i, j] = place.map((one, axis) => Math.min(one, [values.length, ...shape(values)][axis] - 1));
    this.edited = [role, c, i, j];
    this.minus = false;
    this.place.textContent = `value of ${this.channel(c)}${NAMES[role]} ${at([i, j])}`;
    if (document.activeElement !== this.field) this.field.value = values[c][i][j];
    this.field.setAttribute("aria-invalid", "false");
  }

  channel(c) {
    return /_/.test(this.state.x) ? `channel ${c}, ` : "";
  }
}

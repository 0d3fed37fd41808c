// The mathematics of the instruments: cnnref's Windows, and sums over what they read. No document,
// no truth of its own: the tests compare each function with cnnref, on numbers and on refusals.

export class Refusal extends Error {}

const WORDS = ["valid", "same", "same_lower", "full"];

function integer(name, value, least) {
  if (!Number.isInteger(value)) throw new Refusal(`${name} must be an integer; got ${value}`);
  if (value < least) throw new Refusal(`${name} must be at least ${least}; got ${value}`);
}

// What one output place reads along one axis: place j, tap a reads j * stride + a * dilation - before.
export class Window {
  constructor(kernel, stride = 1, dilation = 1, before = 0, after = 0) {
    Object.assign(this, { kernel, stride, dilation, before, after });
  }

  get span() {
    return this.dilation * (this.kernel - 1) + 1;
  }

  places(n) {
    return Math.floor((n + this.before + this.after - this.span) / this.stride) + 1;
  }

  reads(j, a) {
    return j * this.stride + a * this.dilation - this.before;
  }

  // All that an output place reads, tap by tap.
  taps(j) {
    return Array.from({ length: this.kernel }, (_, a) => this.reads(j, a));
  }
}

// The Window of each axis; `padding` is a word or a pair [before, after] for each axis.
export function windows(n, kernel, stride, padding, dilation, ceil = false) {
  n.forEach((size) => integer("windows: n", size, 1));
  for (const [name, values] of Object.entries({ kernel_size: kernel, stride, dilation })) {
    values.forEach((value) => integer(`windows: ${name}`, value, 1));
  }
  const sides = n.map((size, axis) => {
    const bare = new Window(kernel[axis], stride[axis], dilation[axis]);
    if (typeof padding === "string") return worded(padding, bare, size);
    padding[axis].forEach((side) => integer("windows: padding", side, 0));
    return padding[axis];
  });
  return n.map((size, axis) => {
    const [before, after] = sides[axis];
    const window = new Window(kernel[axis], stride[axis], dilation[axis], before, after);
    if (window.span > size + before + after) {
      throw new Refusal(
        `windows: the window must fit into the padded input on spatial axis ${axis}; got span ` +
          `${window.span} (kernel ${window.kernel}, dilation ${window.dilation}) for ` +
          `${size} + ${before} + ${after} places`,
      );
    }
    return ceil ? overhanging(window, size) : window;
  });
}

function worded(word, window, n) {
  if (!WORDS.includes(word)) {
    throw new Refusal(`windows: padding must be one of ${WORDS.join(", ")}; got '${word}'`);
  }
  if (word === "valid") return [0, 0];
  if (word === "full") return [window.span - 1, window.span - 1];
  const m = Math.ceil(n / window.stride);
  const total = Math.max((m - 1) * window.stride + window.span - n, 0);
  const less = Math.floor(total / 2);
  return word === "same" ? [less, total - less] : [total - less, less];
}

// With ceil_mode a last window may hang over the end, if it starts in the input or before it.
function overhanging({ kernel, stride, dilation, before, after, span }, n) {
  const reach = n + before + after - span;
  const m = Math.min(Math.ceil(reach / stride) + 1, Math.ceil((n + before) / stride));
  const needed = Math.max(0, (m - 1) * stride + span - n - before);
  return new Window(kernel, stride, dilation, before, needed);
}

const range = (length) => Array.from({ length }, (_, place) => place);

// One axis: what each output reads, what no output reads, and both ways of rounding.
export function arith({ n, k, s, d, padding, before, after }) {
  const sides = padding === "numbers" ? [[before, after]] : padding;
  const [window] = windows([n], [k], [s], sides, [d]);
  const [over] = windows([n], [k], [s], sides, [d], true);
  const reads = range(window.places(n)).map((j) => window.taps(j));
  const read = new Set(reads.flat());
  return {
    before: window.before,
    after: window.after,
    span: window.span,
    places: window.places(n),
    reads,
    unread: range(n).filter((i) => !read.has(i)),
    ceil: { places: over.places(n), after: over.after },
  };
}

// A refusal of `windows` in the name of the operation that asked for them.
function named(operation, asked) {
  try {
    return asked();
  } catch (error) {
    if (error instanceof Refusal) error.message = error.message.replace("windows", operation);
    throw error;
  }
}

// A grid of digits as a text, "0139.4862": a row up to each dot.
export const digits = (text) => text.split(".").map((row) => [...row].map(Number));

// Where the entry of a place came from when the axis moved by so many places: over the border by the
// border's rule, or from nowhere.
const BORDERS = {
  zero: () => null,
  wrap: (i, n) => ((i % n) + n) % n,
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
};

function came(i, n, by, border) {
  const from = i - by;
  return from >= 0 && from < n ? from : BORDERS[border](from, n);
}

// A table moved by [down, right], and its places that something came into over the border.
function shifted(table, by, border) {
  const n = [table.length, table[0].length];
  const moved = table.map((row, i) =>
    row.map((_, j) => {
      const [down, right] = [i, j].map((place, axis) => came(place, n[axis], by[axis], border));
      return down === null || right === null ? 0 : table[down][right];
    }),
  );
  return [moved, where(table, (_, i, j) => outside([i - by[0], j - by[1]], n))];
}

const outside = (place, n) => place.some((i, axis) => i < 0 || i >= n[axis]);

// The places of a table at which something is so.
const where = (table, so) => table.flatMap((row, i) => row.flatMap((value, j) => (so(value, i, j) ? [[i, j]] : [])));

const differ = (one, other) => where(one, (value, i, j) => value !== other[i][j]);

function reduced(over, under) {
  const common = (a, b) => (b ? common(b, a % b) : a);
  const shared = common(over, under) || 1;
  return [over / shared, under / shared];
}

// Each window's maximum or sum, and the first place, row by row, of its largest entry.
function pooled(x, looks, kind) {
  const [down, right] = [x, x[0]].map(({ length }, axis) =>
    range(looks[axis].places(length)).map((j) => looks[axis].taps(j)),
  );
  const window = (rows, columns) => rows.flatMap((i) => columns.map((j) => [i, j]));
  const each = (what) => down.map((rows) => right.map((columns) => what(window(rows, columns))));
  const values = (places) => places.map(([i, j]) => x[i][j]);
  const sum = (places) => values(places).reduce((one, other) => one + other);
  const first = (places) => places[values(places).indexOf(Math.max(...values(places)))];
  return {
    y: each((places) => (kind === "max" ? Math.max(...values(places)) : sum(places))),
    largest: kind === "max" ? each(first) : null,
  };
}

// Has the output moved with the input? Only whole strides can be followed. `inside` counts the places
// whose old place is in the output; `all` also those that the border's rule fills in.
function followed(before, after, [dy, dx], s, border) {
  if ((!dy && !dx) || dy % s || dx % s) return null;
  const by = [dy / s, dx / s];
  const [moved, entered] = shifted(before, by, border);
  const count = before.length * before[0].length;
  const wrong = differ(moved, after);
  const inside = wrong.filter((place) => !entered.some((other) => `${other}` === `${place}`));
  const comparable = count - entered.length;
  return { by, inside: [comparable - inside.length, comparable], all: [count - wrong.length, count] };
}

// Pooling before and after the input moves by dx to the right and dy down.
export function pool({ x, pool: kind, k, s, dx, dy, border }) {
  const input = digits(x);
  const n = [input.length, input[0].length];
  const looks = named(`${kind}_pool`, () => windows(n, [k, k], [s, s], "valid", [1, 1]));
  const [moved, entered] = shifted(input, [dy, dx], border);
  const [before, after] = [input, moved].map((table) => pooled(table, looks, kind));
  const changed = differ(before.y, after.y);
  const count = before.y.length * before.y[0].length;
  const kept = count - changed.length;
  const shown = (y) => (kind === "max" ? y : y.map((row) => row.map((sum) => reduced(sum, k * k))));
  return {
    ...{ input, moved, entered, changed },
    lost: border === "wrap" ? [] : where(input, (_, i, j) => outside([i + dy, j + dx], n)),
    before: shown(before.y),
    after: shown(after.y),
    largest: kind === "max" ? [before.largest, after.largest] : null,
    unchanged: [kept, count],
    percent: Math.floor((200 * kept + count) / (2 * count)),
    follows: followed(before.y, after.y, [dy, dx], s, border),
  };
}

// Tables of integers from -9 to 9 as a text, "1-23.456_...": a row up to each dot, a channel up to
// each low line.
export const tables = (text) =>
  text.split("_").map((table) => table.split(".").map((row) => row.match(/-?\d/g).map(Number)));

// The Windows of a kernel that lies inside the input, refused as the operation refuses it.
function inside(input, kernel, flip) {
  const [n, taps] = [input, kernel].map(([table]) => [table.length, table[0].length]);
  const said = (x, w) => `x (${x.join(", ")}), w (${w.join(", ")})`;
  const [channels, meant] = [input.length, kernel.length];
  if (channels === 1 && meant === 1) {
    if (n.some((size, axis) => size < taps[axis])) {
      const operation = flip === "on" ? "convolve" : "correlate";
      throw new Refusal(`${operation}: w must not be larger than x in mode 'valid'; got ${said(n, taps)}`);
    }
  } else if (channels !== meant) {
    throw new Refusal(
      `conv: w has ${meant} input channels per group but x has ${channels} channels and groups=1 ` +
        `(${said([1, channels, ...n], [1, meant, ...taps])})`,
    );
  }
  return named("conv", () => windows(n, taps, [1, 1], "valid", [1, 1]));
}

// Convolution (flip "on") or cross-correlation, channels added up: each output, with the sum after
// each of its products, channel by channel, row by row of the window.
export function conv({ x, k, flip }) {
  const [input, kernel] = [x, k].map(tables);
  const looks = inside(input, kernel, flip);
  const [rows, columns] = [input[0], input[0][0]].map(({ length }, axis) =>
    range(looks[axis].places(length)).map((j) => looks[axis].taps(j)),
  );
  const turned = (table) => table.map((row) => [...row].reverse()).reverse();
  const laid = flip === "on" ? kernel.map(turned) : kernel;
  const running = (down, right) => {
    let sum = 0;
    const after = (table, c) => down.flatMap((i, a) => right.map((j, b) => (sum += input[c][i][j] * table[a][b])));
    return laid.flatMap(after);
  };
  const sums = rows.map((down) => columns.map((right) => running(down, right)));
  return { laid, rows, columns, sums, output: sums.map((row) => row.map((each) => each.at(-1))) };
}

// Layers as a text, `c3-2-1-same,p2-2`: conv or pool, its kernel, and, unless they are 1, 1 and
// "valid", its stride, dilation and padding, a word or zeros before.after. Undefined: it is no such text.
const LAYER = /^([cp])(\d+)(?:-(\d+))?(?:-(\d+))?(?:-(?:(valid|same)|(\d+)\.(\d+)))?$/;

export function stacked(text) {
  const found = text.split(",").map((row) => LAYER.exec(row));
  if (!found.every(Boolean)) return undefined;
  return found.map(([, kind, k, s = 1, d = 1, word, before, after = 0]) => ({
    kind,
    ...{ k: Number(k), s: Number(s), d: Number(d) },
    padding: word ?? (before === undefined ? "valid" : "numbers"),
    ...{ before: Number(before ?? 0), after: Number(after) },
  }));
}

// The Window of a layer of a stack; a refusal tells which layer it is.
function layered(nth, n, { k, s, d, padding, before, after }) {
  try {
    return windows([n], [k], [s], padding === "numbers" ? [[before, after]] : padding, [d])[0];
  } catch (error) {
    if (error instanceof Refusal) error.message = `layer ${nth}: ${error.message}`;
    throw error;
  }
}

// "layer.place", or nothing for the unit in the middle of the last layer.
function chosen(text, layers) {
  if (!text) return [layers.length, (layers.at(-1).places - 1) >> 1];
  const [layer, place] = text.split(".").map(Number);
  if (!layers[layer - 1]) throw new Refusal(`unit: there is no layer ${layer} among ${layers.length}`);
  const { places } = layers[layer - 1];
  if (place >= places) throw new Refusal(`unit: layer ${layer} has places 0 to ${places - 1}; got ${place}`);
  return [layer, place];
}

// A stack of layers on one axis: how far the units of each see, and all that one unit sees.
export function rf({ n, stack, unit }) {
  let [places, size, jump, start] = [n, 1, 1, 0];
  const looks = [];
  const layers = stacked(stack).map((row, nth) => {
    const window = layered(nth + 1, places, row);
    looks.push(window);
    size += (window.span - 1) * jump;
    start -= window.before * jump;
    jump *= window.stride;
    places = window.places(places);
    return { places, before: window.before, after: window.after, size, jump, start };
  });
  const [layer, place] = chosen(unit, layers);
  return { layers, unit: [layer, place], ...seen(n, looks.slice(0, layer), layers, place) };
}

// What a unit sees: level by level the places, the ways that lead to it, and what it does not see.
function seen(n, looks, layers, unit) {
  let ways = new Map([[unit, 1]]);
  const read = [[unit]];
  for (const [nth, window] of [...looks.entries()].reverse()) {
    const below = new Map();
    for (const [j, count] of ways) {
      if (j < 0 || j >= layers[nth].places) continue; // a zero: nothing is behind it
      for (const i of window.taps(j)) below.set(i, (below.get(i) ?? 0) + count);
    }
    ways = below;
    read.unshift([...ways.keys()].sort((one, other) => one - other));
  }
  const { size, jump, start } = layers[looks.length - 1];
  const first = start + unit * jump;
  const last = first + size - 1;
  const clipped = range(n).filter((i) => i >= first && i <= last);
  return {
    read,
    ways: range(n).map((i) => ways.get(i) ?? 0),
    interval: [first, last],
    clipped: clipped.length ? [clipped[0], clipped.at(-1)] : null,
    holes: clipped.filter((i) => !ways.has(i)),
  };
}

// What a convolution, a locally connected and a dense layer cost: connections (padding left out),
// weights, multiply-adds (padding included).
function costs(n, k, padding) {
  const ones = n.map(() => 1);
  const axes = windows(
    n,
    n.map(() => k),
    ones,
    padding,
    ones,
  );
  const product = (of) => axes.reduce((all, window, axis) => all * of(window, n[axis]), 1);
  const outputs = product((window, size) => window.places(size));
  const taps = product((window) => window.kernel);
  const joined = product((window, size) =>
    range(window.places(size)).reduce((all, j) => all + window.taps(j).filter((i) => i >= 0 && i < size).length, 0),
  );
  const all = outputs * product((_, size) => size);
  const products = outputs * taps;
  return { outputs, conv: [joined, taps, products], local: [joined, products, products], dense: [all, all, all] };
}

// The connections of a dense layer.
const whole = (m, n) => range(m).flatMap((j) => range(n).map((i) => [j, i, j * n + i]));

// One axis: [output, input, weight] for every connection, and for every tap that meets padding; how
// often each weight is used; what three kinds of layer cost, here and on an image.
export function links({ n, k, padding, mode }) {
  const [window] = windows([n], [k], [1], padding, [1]);
  const m = window.places(n);
  const read = (j) => window.taps(j).map((i, a) => [j, i, mode === "local" ? j * k + a : a]);
  const taps = mode === "dense" ? whole(m, n) : range(m).flatMap(read);
  const real = ([, i]) => i >= 0 && i < n;
  const edges = taps.filter(real);
  const row = costs([n], k, padding);
  return {
    before: window.before,
    after: window.after,
    edges,
    padded: taps.filter((tap) => !real(tap)),
    uses: range(row[mode][1]).map((weight) => edges.filter(([, , w]) => w === weight).length),
    row,
    image: costs([28, 28], k, padding),
  };
}

// Layers with one kernel, at stride 1, until no window fits any more: for each its units, with the
// real inputs that lead to them and the zeros they read; how often layer 1 reads each input, and in
// how many ways it leads to the last layer.
export function pad({ n, k, layers, padding }) {
  integer("pad: layers", layers, 1);
  const { looks, ended } = funnel(n, k, layers, padding);
  let [field, below] = [1, range(n).map((i) => [i, i])];
  const told = looks.map(({ window, places, real }) => {
    const inputs = real.map((read) => [below[read[0]][0], below[read.at(-1)][1]]);
    below = inputs;
    field += window.span - 1;
    return {
      places: real.length,
      ...{ before: window.before, after: window.after, field, inputs },
      real: inputs.map(([first, last]) => last - first + 1),
      zeros: real.map((read) => k - read.length),
      visits: spread(real, places, range(real.length).fill(1)),
    };
  });
  const paths = looks.reduceRight(
    (ways, { places, real }) => spread(real, places, ways),
    below.map(() => 1),
  );
  return { layers: told, ended, paths };
}

// Layer by layer the Window, the places it looks at, and which of them each unit reads.
function funnel(n, k, layers, padding) {
  const looks = [];
  let places = n;
  for (const nth of range(layers)) {
    try {
      const [window] = windows([places], [k], [1], padding, [1]);
      const inside = (i) => i >= 0 && i < places;
      const real = range(window.places(places)).map((j) => window.taps(j).filter(inside));
      looks.push({ window, places, real });
      places = real.length;
    } catch (error) {
      if (nth && error instanceof Refusal) return { looks, ended: { layer: nth + 1, says: error.message } };
      throw error;
    }
  }
  return { looks, ended: null };
}

// What the units hold, given down to each place that they read.
function spread(real, places, held) {
  const sums = range(places).fill(0);
  real.forEach((read, j) => read.forEach((i) => (sums[i] += held[j])));
  return sums;
}

// [output, input, weight] for every connection of four layers on one axis, and of a fifth one that
// reads the input again at each step, and what came out at the step before.
export function kinds({ n, k, t }) {
  const [window] = windows([n], [k], [1], "valid", [1]);
  integer("weight_index: tile", t, 1);
  const m = window.places(n);
  const numbered = (kernels) => range(m).flatMap((j) => window.taps(j).map((i, a) => [j, i, (j % kernels) * k + a]));
  const layers = { conv: numbered(1), tiled: numbered(t), local: numbered(m), dense: whole(m, n) };
  return { m, layers, ...repeated(n, k, 3) };
}

// Connections from one step to the next, and the first and the last input that a place sees by then.
function repeated(n, k, steps) {
  const [{ window, real }] = funnel(n, k, 1, "same").looks;
  const again = real.flatMap((read, j) => read.map((i) => [j, i, i - window.reads(j, 0)]));
  const sees = [range(n).map((i) => [i, i])];
  while (sees.length < steps) {
    const below = sees.at(-1);
    sees.push(real.map((read) => [below[read[0]][0], below[read.at(-1)][1]]));
  }
  return { again, sees };
}

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

// What a convolution, a locally connected and a dense layer cost: connections (padding left out),
// weights, multiply-adds (padding included).
function costs(n, k, padding) {
  const ones = n.map(() => 1);
  const axes = windows(n, n.map(() => k), ones, padding, ones);
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

// One axis: [output, input, weight] for every connection, and for every tap that meets padding; how
// often each weight is used; what three kinds of layer cost, here and on an image.
export function links({ n, k, padding, mode }) {
  const [window] = windows([n], [k], [1], padding, [1]);
  const m = window.places(n);
  const taps = range(m).flatMap((j) => {
    if (mode === "dense") return range(n).map((i) => [j, i, j * n + i]);
    return window.taps(j).map((i, a) => [j, i, mode === "local" ? j * k + a : a]);
  });
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

// Connections between two rows of cells: each a line, and on it the number of its weight. An edge is
// [output, input, weight]; its ends are shares of the width, and `down` is one of the height.

import { drawn } from "./instrument.js";

const percent = (share) => `${100 * share}%`;

export const line = (edge, from, to, tap) =>
  drawn("line", { x1: percent(from), y1: 0, x2: percent(to), y2: "100%", class: tap, "data-edge": `${edge}` });

export function digit(edge, from, to, down) {
  const place = { x: percent(from * (1 - down) + to * down), y: percent(down), dy: "0.35em" };
  return drawn("text", { ...place, "data-edge": `${edge}` }, `${edge[2]}`);
}

// How far down the digit of a tap stands: those of one tap at one height, so that a row of equal
// digits is a shared weight.
export const height = (tap, k) => (k === 1 ? 0.5 : 0.22 + (0.56 * tap) / (k - 1));

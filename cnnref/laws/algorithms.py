"""Laws that fast ways to compute a layer rest on: the same sums, put together in another way."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from cnnref.laws.cases import ConvCase, along, with_margin
from cnnref.laws.engine import law
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides
from cnnref.laws.strategies import convs, threes

ALONE = convs(1, 2, padding="pairs", groups=(1,), bias="none")
POINTS = (0, 1, -1, 2, -2)
"""Where the polynomials of a tile are known, infinity besides."""
WHOLE = 24
"""What the kernel's side is multiplied by, to hold no fractions."""


@law("algorithms.taps-are-layers", cases=ALONE)
def taps_are_layers(cnn: Any, case: ConvCase) -> Sides:
    """A layer is the sum, over its taps, of the 1x1 layers with that tap's weights on the padded
    input from that tap on."""
    x, y = with_margin(case.x, case.around), case.on(cnn.conv)
    total = np.zeros_like(y)
    for tap in np.ndindex(case.w.shape[2:]):
        w = case.w[along(slice(a, a + 1) for a in tap)]
        seen = x[along(reads(case, tap, y.shape[2:]))]
        total += ConvCase(seen, w, stride=case.stride).on(cnn.conv)
    return y, total


def reads(case: ConvCase, tap: Sequence[int], m: Sequence[int]) -> list[slice]:
    """From the place that the tap reads first to the one that it reads last, per axis."""
    steps = zip(tap, case.dilation, case.stride, m, strict=True)
    return [slice(a * d, a * d + (places - 1) * s + 1) for a, d, s, places in steps]


@law("algorithms.width-lowers", cases=convs(2, padding="pairs", groups=(1,), bias="none"))
def width_lowers(cnn: Any, case: ConvCase) -> Sides:
    """A kernel on two axes is one on the first axis alone, on an input with a channel for each
    channel and each tap of the second axis."""
    x, y = with_margin(case.x, case.around), case.on(cnn.conv)
    (s, t), (d, e) = case.stride, case.dilation
    outputs, inputs, k, taps = case.w.shape
    read = [x[..., a * e : a * e + (y.shape[3] - 1) * t + 1 : t] for a in range(taps)]
    lowered = np.stack(read, axis=2)  # (N, C_in, taps, n, m)
    seen = lowered.reshape(len(x), inputs * taps, *lowered.shape[3:])
    w = case.w.swapaxes(2, 3).reshape(outputs, inputs * taps, k, 1)
    return y, ConvCase(seen, w, stride=(s, 1), dilation=(d, 1)).on(cnn.conv)


@law("algorithms.ranks-add-up", cases=convs(2, padding="pairs", groups=(1,), bias="none"))
def ranks_add_up(cnn: Any, case: ConvCase) -> Sides:
    """A kernel that is a sum of columns times rows is two layers: one with the columns, a channel
    for each, and one with the rows, which sums these channels."""
    columns = case.w[..., [0, -1]]  # (C_out, C_in, k, 2)
    rows = case.w[:, :, [0, -1]]  # (C_out, C_in, 2, k)
    at_once = replace(case, w=columns @ rows).on(cnn.conv)
    total = np.zeros_like(at_once)
    for f, c in np.ndindex(case.w.shape[:2]):
        down = columns[f, c].T[:, np.newaxis, :, np.newaxis]  # (2, 1, k, 1)
        across = rows[f, c][np.newaxis, :, np.newaxis, :]  # (1, 2, 1, k)
        hidden = on_axis(replace(case, x=case.x[:, [c]], w=down), 0).on(cnn.conv)
        total[:, [f]] += on_axis(replace(case, x=hidden, w=across), 1).on(cnn.conv)
    return at_once, total


def on_axis(case: ConvCase, axis: int) -> ConvCase:
    """The layer with its options on one axis only."""
    here = [nth == axis for nth in range(len(case.stride))]
    return replace(
        case,
        stride=tuple(s if yes else 1 for s, yes in zip(case.stride, here, strict=True)),
        dilation=tuple(d if yes else 1 for d, yes in zip(case.dilation, here, strict=True)),
        padding=tuple(p if yes else (0, 0) for p, yes in zip(case.around, here, strict=True)),
    )


@law(
    "algorithms.strides-are-phases",
    cases=convs(1, 2, padding="valid", dilated=False, groups=(1,), bias="none"),
    needs=["conv.stride"],
)
def strides_are_phases(cnn: Any, case: ConvCase) -> Sides:
    """A layer at stride s without dilation is a sum of layers at stride 1: for each r below s, on
    every s-th place from r on, with every s-th tap from r on."""
    y = case.on(cnn.conv)
    total = np.zeros_like(y)
    for phase in product(*map(range, case.stride)):
        every = along(slice(r, None, s) for r, s in zip(phase, case.stride, strict=True))
        x, w = case.x[every], case.w[every]
        if w.size:  # else no tap falls on this phase
            total += cnn.conv(x, w)[along(map(slice, y.shape[2:]))]
    return y, total


@law("algorithms.four-do-the-work-of-six", cases=threes(1))
def four_do_the_work_of_six(cnn: Any, case: ConvCase) -> Sides:
    """Two neighbouring outputs of three taps are sums of four products for each input channel."""
    y = case.on(cnn.conv)
    pairs = -(-y.shape[2] // 2)
    x = with_margin(case.x, ((0, 2 * pairs + 2 - case.x.shape[2]),))
    a, b, c, d = (x[:, np.newaxis, :, i : i + 2 * pairs - 1 : 2] for i in range(4))
    u, v, w = (case.w[..., tap, np.newaxis] for tap in range(3))
    g = (a - c) * u, (b + c) * (u + v + w) / 2, (c - b) * (u - v + w) / 2, (b - d) * w
    outputs = np.stack([g[0] + g[1] + g[2], g[1] - g[2] - g[3]], axis=-1).sum(axis=2)
    return y, outputs.reshape(*outputs.shape[:2], -1)[..., : y.shape[2]]


@law("algorithms.tiles-are-the-layer", cases=threes(2))
def tiles_are_the_layer(cnn: Any, case: ConvCase) -> Sides:
    """Each tile of 4 by 4 outputs of 3 by 3 taps comes out of 6 by 6 products for each input
    channel, of values at 0, 1, -1, 2, -2 and infinity."""
    x, y = case.x, case.on(cnn.conv)
    tiles = [-(-m // 4) for m in y.shape[2:]]
    sizes = zip(tiles, x.shape[2:], strict=True)
    x = with_margin(x, tuple((0, 4 * count + 2 - n) for count, n in sizes))
    ins, kernel, outs = values()
    u = kernel @ case.w @ kernel.T
    total = np.zeros((*y.shape[:2], *(4 * count for count in tiles)))
    for i, j in product(*(range(0, 4 * count, 4) for count in tiles)):
        v = ins @ x[:, :, i : i + 6, j : j + 6] @ ins.T
        products = (v[:, np.newaxis] * u).sum(axis=2)
        total[:, :, i : i + 4, j : j + 4] = outs @ products @ outs.T
    return y * WHOLE**2, total[along(map(slice, y.shape[2:]))]


def values() -> tuple[Array, Array, Array]:
    """The matrices of input, kernel and output of a tile; the kernel's is multiplied by `WHOLE`.

    A power is the polynomial through its own values. With z^t replaced by x[t], that is the tile.
    """
    others = [[q for q in POINTS if q != p] for p in POINTS]
    size = len(POINTS) + 1
    ins = np.zeros((size, size))
    kernel, outs = np.zeros((size, 3)), np.zeros((size - 2, size))
    for row, (p, roots) in enumerate(zip(POINTS, others, strict=True)):
        ins[row, : size - 1] = np.rint(np.poly(roots)[::-1])
        kernel[row] = [WHOLE // int(np.prod(np.subtract(p, roots))) * p**j for j in range(3)]
        outs[:, row] = [p**i for i in range(size - 2)]
    ins[-1] = np.rint(np.poly(POINTS)[::-1])
    kernel[-1, -1] = WHOLE
    outs[-1, -1] = 1
    return ins, kernel, outs

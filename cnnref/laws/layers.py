"""Laws of convolution layers, on (N, C, *n), and of the rectifier."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    ConvCase,
    PoolCase,
    Shuffled,
    Signal,
    Sizes,
    Stack,
    Twins,
    along,
    with_margin,
)
from cnnref.laws.engine import law, refuted
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides
from cnnref.laws.strategies import (
    convs,
    plain_convs,
    pointwise,
    shuffled,
    signals,
    squares,
    stacks,
    twins,
)


@law("conv.is-its-definition", cases=convs())
def conv_is_its_definition(cnn: Any, case: ConvCase) -> Sides:
    """`conv` gives the numbers of its definition: pad, spread, correlate, keep every s-th place."""
    return case.on(cnn.conv), case.on(literal.conv)


@law("conv.is-a-sum", cases=convs(1, 2, padding="pairs", groups=(1,), bias="channel"))
def conv_is_a_sum(cnn: Any, case: ConvCase) -> Sides:
    """An output is its bias plus the sum, over channels and taps, of weight times padded input."""
    x, bias = with_margin(case.x, case.around), 0 if case.b is None else case.b
    sizes = zip(x.shape[2:], case.spans, case.stride, strict=True)
    starts = [range(0, n - span + 1, s) for n, span, s in sizes]
    y = np.empty((len(x), len(case.w), *map(len, starts)))
    for j, corner in zip(np.ndindex(y.shape[2:]), product(*starts), strict=True):
        taps = zip(corner, case.spans, case.dilation, strict=True)
        window = x[along(slice(i, i + span, d) for i, span, d in taps)]  # (N, C_in, *k)
        y[(..., *j)] = np.einsum("nca,fca->nf", flat(window), flat(case.w)) + bias
    return case.on(cnn.conv), y


def flat(array: Array) -> Array:
    """The spatial axes as one."""
    return array.reshape(*array.shape[:2], -1)


@law("conv.sums-correlations", cases=plain_convs(padding="valid"))
def conv_sums_correlations(cnn: Any, case: ConvCase) -> Sides:
    """A layer with no option sums the correlations of its input channels: nothing is flipped."""
    rows = [
        [sum(cnn.correlate(x, w) for x, w in zip(item, kernels, strict=True)) for kernels in case.w]
        for item in case.x
    ]
    return case.on(cnn.conv), np.array(rows)


@law(
    "conv.stride-keeps-every-sth", cases=convs(padding="pairs", bias="none"), needs=["conv.stride"]
)
def stride_keeps_every_sth(cnn: Any, case: ConvCase) -> Sides:
    """With padding in numbers, stride s keeps every s-th place of the output at stride 1."""
    everywhere = replace(case, stride=()).on(cnn.conv)
    return case.on(cnn.conv), everywhere[along(slice(None, None, s) for s in case.stride)]


@law("conv.dilation-spreads-the-kernel", cases=convs(padding="pairs"), needs=["conv.dilation"])
def dilation_spreads_the_kernel(cnn: Any, case: ConvCase) -> Sides:
    """Dilation d is the plain layer whose kernel has d - 1 zeros between neighbouring taps."""
    kernel = spread(case.w, case.dilation)
    return case.on(cnn.conv), replace(case, w=kernel, dilation=()).on(cnn.conv)


def spread(w: Array, steps: tuple[int, ...]) -> Array:
    """A kernel (..., *k) with steps - 1 zeros between its taps."""
    spans = (s * (k - 1) + 1 for s, k in zip(steps, w.shape[2:], strict=True))
    wide = np.zeros((*w.shape[:2], *spans), w.dtype)
    wide[along(slice(None, None, s) for s in steps)] = w
    return wide


@law(
    "conv.dilation-interleaves",
    cases=convs(1, padding="valid", bias="none"),
    needs=["conv.dilation"],
)
def dilation_interleaves(cnn: Any, case: ConvCase) -> Sides:
    """At stride 1 without padding, dilation d is d plain layers, each on every d-th place."""
    (d,), plain = case.dilation, replace(case, stride=(), dilation=())
    dilated = replace(case, stride=()).on(cnn.conv)
    expected = np.empty_like(dilated)
    for r in range(min(d, dilated.shape[2])):
        expected[..., r::d] = replace(plain, x=case.x[..., r::d]).on(cnn.conv)
    return dilated, expected


@law("conv.strides-multiply", cases=stacks(1, 2, strided=True, channels=False))
def strides_multiply(cnn: Any, case: Stack) -> Sides:
    """Strides s, then t, without padding are the stride s t, with the second kernel spread by s."""
    (w, v), (s, t) = case.weights, case.strides
    kernel = cnn.convolve(w[0, 0], spread(v, s)[0, 0])[np.newaxis, np.newaxis]
    both = tuple(si * ti for si, ti in zip(s, t, strict=True))
    twice = ConvCase(ConvCase(case.x, w, stride=s).on(cnn.conv), v, stride=t).on(cnn.conv)
    return twice, ConvCase(case.x, kernel, stride=both).on(cnn.conv)


@law("conv.layers-multiply", cases=stacks(1, 2))
def layers_multiply(cnn: Any, case: Stack) -> Sides:
    """Two layers with no option are one; its kernels sum convolutions over the channels between."""
    w, v = case.weights
    kernels = [
        [sum(cnn.convolve(w[m, c], outer[m]) for m in range(len(w))) for c in range(w.shape[1])]
        for outer in v
    ]
    return cnn.conv(cnn.conv(case.x, w), v), cnn.conv(case.x, np.array(kernels))


@law("conv.one-by-one-is-a-matrix", cases=pointwise())
def one_by_one_is_a_matrix(cnn: Any, case: ConvCase) -> Sides:
    """A 1x1 layer multiplies the channels of every place by the same matrix."""
    x = flat(case.x)
    y = case.w.reshape(len(case.w), -1) @ x  # (N, C_out, places)
    return cnn.conv(case.x, case.w), y.reshape(*y.shape[:2], *case.x.shape[2:])


@law("conv.one-by-one-ignores-order", cases=shuffled(pointwise()))
def one_by_one_ignores_order(cnn: Any, case: Shuffled[ConvCase]) -> Sides:
    """Putting the places into another order puts the output of a 1x1 layer into that order."""
    x, w = case.case.x, case.case.w
    return cnn.conv(reordered(x, case.order), w), reordered(cnn.conv(x, w), case.order)


def reordered(x: Array, order: tuple[int, ...]) -> Array:
    """The places of (N, C, *n) in another order."""
    return flat(x)[:, :, list(order)].reshape(x.shape)


@law("conv.whole-kernel-is-dense", cases=convs(padding="valid", dilated=False, groups=(1,)))
def whole_kernel_is_dense(cnn: Any, case: ConvCase) -> Sides:
    """Without padding, a kernel as large as the input is a dense layer, whatever the stride."""
    window = case.x[along(slice(k) for k in case.w.shape[2:])]
    case = replace(case, x=window, b=None)
    outputs = window.reshape(len(window), -1) @ case.w.reshape(len(case.w), -1).T
    return case.on(cnn.conv), outputs.reshape(*outputs.shape, *(1 for _ in case.stride))


@law("conv.items-are-alone", cases=convs())
def items_are_alone(cnn: Any, case: ConvCase) -> Sides:
    """The items of a batch do not see each other."""
    alone = [replace(case, x=case.x[i : i + 1]).on(cnn.conv) for i in range(len(case.x))]
    return case.on(cnn.conv), np.concatenate(alone)


@law("conv.outputs-are-alone", cases=convs(groups=(1,)))
def outputs_are_alone(cnn: Any, case: ConvCase) -> Sides:
    """An output channel depends on its own kernels and its own bias alone."""
    alone = []
    for f in range(len(case.w)):
        bias = None if case.b is None else case.b[f : f + 1]
        alone.append(replace(case, w=case.w[f : f + 1], b=bias).on(cnn.conv))
    return case.on(cnn.conv), np.concatenate(alone, axis=1)


@law("conv.groups-are-layers", cases=convs(groups=(2, 3, 1), bias="none"), needs=["conv.groups"])
def groups_are_layers(cnn: Any, case: ConvCase) -> Sides:
    """Groups are layers of their own, each on its share of the channels, put side by side."""
    inputs, kernels = (np.split(a, case.groups, axis) for a, axis in ((case.x, 1), (case.w, 0)))
    layers = [
        replace(case, x=x, w=w, groups=1).on(cnn.conv) for x, w in zip(inputs, kernels, strict=True)
    ]
    return case.on(cnn.conv), np.concatenate(layers, axis=1)


@law("conv.bias-per-channel", cases=convs(bias="channel"), needs=["conv.b"])
def bias_per_channel(cnn: Any, case: ConvCase) -> Sides:
    """A bias of one number per output channel is added at every place of that channel."""
    assert case.b is not None
    bias = case.b.reshape(-1, *(1 for _ in case.stride))
    return case.on(cnn.conv), replace(case, b=None).on(cnn.conv) + bias


@law("conv.bias-per-place", cases=convs(bias="place"), needs=["conv.b"])
def bias_per_place(cnn: Any, case: ConvCase) -> Sides:
    """A bias of one number per output place is added there, to every item of the batch."""
    return case.on(cnn.conv), replace(case, b=None).on(cnn.conv) + case.b


@law("conv.is-linear", cases=twins(convs(bias="none")))
def conv_is_linear(cnn: Any, case: Twins[ConvCase]) -> Sides:
    """Without bias, the layer of 2 x - 3 y is 2 times that of x minus 3 times that of y."""
    first, second = case.first, case.second
    both = replace(first, x=2 * first.x - 3 * second.x)
    return both.on(cnn.conv), 2 * first.on(cnn.conv) - 3 * second.on(cnn.conv)


@law("conv.moves-with-stride", cases=convs(padding="valid", bias="channel"))
def conv_moves_with_stride(cnn: Any, case: ConvCase) -> Sides:
    """Without padding, moving the input by one stride moves the output by one place."""
    further = replace(case, x=with_margin(case.x, tuple((s, 0) for s in case.stride), 1))
    return further.on(cnn.conv)[along(slice(1, None) for _ in case.stride)], case.on(cnn.conv)


@law("conv.axes-are-alike", cases=convs(2))
def axes_are_alike(cnn: Any, case: ConvCase) -> Sides:
    """Exchanging rows and columns, in arrays and options alike, exchanges them in the output."""
    b = case.b if case.b is None or case.b.ndim == 1 else case.b.swapaxes(-1, -2)
    exchanged = ConvCase(
        case.x.swapaxes(-1, -2),
        case.w.swapaxes(-1, -2),
        b,
        case.stride[::-1],
        case.padding if isinstance(case.padding, str) else case.around[::-1],
        case.dilation[::-1],
        case.groups,
    )
    return exchanged.on(cnn.conv), case.on(cnn.conv).swapaxes(-1, -2)


@law("conv.reads-its-windows", cases=convs(padding="pairs", groups=(1,)))
def conv_reads_its_windows(cnn: Any, case: ConvCase) -> Sides:
    """A NaN in the input reaches those outputs that have a tap on it, and no other."""
    place = spoilt(case.x)
    y = case.on(cnn.conv)
    expected = np.zeros(y.shape, bool)
    expected[0] = reached(place, case, case.w.shape[2:], y.shape[2:])
    return np.isnan(y), expected


@law("conv.holes-read-nothing", cases=convs(padding="valid"), needs=["conv.dilation"])
def holes_read_nothing(cnn: Any, case: ConvCase) -> Sides:
    """What lies between the taps of a dilated kernel is not read, not even a NaN."""
    window = case.x[along(map(slice, case.spans))]
    holes = np.ones(case.spans, bool)
    holes[tuple(slice(None, None, d) for d in case.dilation)] = False
    case = replace(case, b=None, stride=())
    unread, zeros = (replace(case, x=np.where(holes, hole, window)) for hole in (np.nan, 0))
    return unread.on(cnn.conv), zeros.on(cnn.conv)


@law("conv.zero-weights-read", cases=pointwise())
def zero_weights_read(cnn: Any, case: ConvCase) -> Sides:
    """A weight of zero reads its input, too: zero times NaN is NaN."""
    place = spoilt(case.x)
    y = cnn.conv(case.x, np.zeros_like(case.w))
    expected = np.zeros(y.shape)
    expected[0].T[tuple(reversed(place))] = np.nan  # in every output channel
    return y, expected


def spoilt(x: Array) -> list[int]:
    """The place at which the first channel of the first item has just become NaN."""
    place = [int(i) for i in np.unravel_index(np.argmax(x[0, 0]), x.shape[2:])]
    x[(0, 0, *place)] = np.nan
    return place


def reached(place: list[int], case: ConvCase | PoolCase, k: Sizes, m: Sizes) -> Array:
    """Whether the window of each output place has a tap on this input place."""
    found = np.ones((), bool)
    strides = case.stride if isinstance(case, ConvCase) else case.strides
    for axis, i in enumerate(place):
        s, d, (before, _) = strides[axis], case.dilation[axis], case.around[axis]
        reads = [[j * s + a * d - before for a in range(k[axis])] for j in range(m[axis])]
        found = np.logical_and.outer(found, [i in taps for taps in reads])
    return found


@law("relu.is-its-definition", cases=signals())
def relu_is_its_definition(cnn: Any, case: Signal) -> Sides:
    """The rectifier keeps what is positive, and makes everything else zero."""
    return cnn.relu(case.x), np.where(case.x > 0, case.x, 0)


@law("relu.splits", cases=signals())
def relu_splits(cnn: Any, case: Signal) -> Sides:
    """An array is its own rectified part minus the rectified part of its negative."""
    return cnn.relu(case.x) - cnn.relu(-case.x), case.x


def row(*entries: float) -> Array:
    """One item, one channel, one axis."""
    return np.array([[entries]], float)


def moved_by_one(x: Array) -> Array:
    """The input one place further along its last axis: a zero comes in, the last entry goes."""
    return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(1, 0)])[..., :-1]


@refuted(
    "conv.strided-moves-by-one",
    case=ConvCase(row(1, 0, 0), row(1), stride=(2,)),
    cases=convs(1, padding="valid", dilated=False, groups=(1,), bias="none"),
    needs=["conv.stride"],
)
def strided_moves_by_one(cnn: Any, case: ConvCase) -> Sides:
    """At any stride, moving the input by one place moves the output by one place."""
    further = replace(case, x=moved_by_one(case.x)).on(cnn.conv)
    return further[..., 1:], case.on(cnn.conv)[..., :-1]


@refuted(
    "conv.same-moves",
    case=ConvCase(row(1, 0), row(0, 1), padding="same"),
    cases=plain_convs(1, padding="same"),
    needs=["conv.padding"],
)
def same_moves(cnn: Any, case: ConvCase) -> Sides:
    """With "same" padding, moving the input by one place moves the whole output by one place."""
    further = replace(case, x=moved_by_one(case.x)).on(cnn.conv)
    return further, moved_by_one(case.on(cnn.conv))


@refuted(
    "conv.bias-per-place-moves",
    case=ConvCase(row(0, 0), row(0), np.array([[1.0, 0.0]])),
    cases=plain_convs(1, padding="valid", bias="place"),
    needs=["conv.b"],
)
def bias_per_place_moves(cnn: Any, case: ConvCase) -> Sides:
    """With one bias per place, moving the input by one place moves the output by one place."""
    further = replace(case, x=moved_by_one(case.x)).on(cnn.conv)
    return further[..., 1:], case.on(cnn.conv)[..., :-1]


@refuted(
    "conv.layers-commute",
    case=Stack(
        np.array([[[1.0], [0.0]]]),
        (np.array([[[0.0], [0.0]], [[1.0], [0.0]]]), np.array([[[0.0], [1.0]], [[0.0], [0.0]]])),
    ),
    cases=squares(),
)
def layers_commute(cnn: Any, case: Stack) -> Sides:
    """Two 1x1 layers with as many channels out as in commute."""
    w, v = case.weights
    return cnn.conv(cnn.conv(case.x, w), v), cnn.conv(cnn.conv(case.x, v), w)


@refuted(
    "conv.relu-between-is-one-layer",
    case=Stack(row(1), (row(-1), row(1))),
    cases=stacks(1, 2, channels=False),
)
def relu_between_is_one_layer(cnn: Any, case: Stack) -> Sides:
    """Two layers are one with the convolved kernel, also with a rectifier between them."""
    w, v = case.weights
    kernel = cnn.convolve(w[0, 0], v[0, 0])[np.newaxis, np.newaxis]
    return cnn.conv(cnn.relu(cnn.conv(case.x, w)), v), cnn.conv(case.x, kernel)


@refuted(
    "conv.same-layers-are-one",
    case=Stack(row(1), (row(1, 0, 0), row(0, 0, 1))),
    cases=stacks(1, 2, channels=False, odd=True),
    needs=["conv.padding"],
)
def same_layers_are_one(cnn: Any, case: Stack) -> Sides:
    """Two layers with odd kernels and "same" padding are one, with the convolved kernel."""
    w, v = case.weights
    kernel = cnn.convolve(w[0, 0], v[0, 0])[np.newaxis, np.newaxis]
    twice = cnn.conv(cnn.conv(case.x, w, padding="same"), v, padding="same")
    return twice, cnn.conv(case.x, kernel, padding="same")


@refuted(
    "conv.ignores-order",
    case=Shuffled(ConvCase(row(1, 0), row(0, 1), padding="same"), (1, 0)),
    cases=shuffled(plain_convs(1, padding="same")),
    needs=["conv.padding"],
)
def conv_ignores_order(cnn: Any, case: Shuffled[ConvCase]) -> Sides:
    """Putting the places into another order puts the output of any layer into that order."""
    mixed = replace(case.case, x=reordered(case.case.x, case.order))
    return mixed.on(cnn.conv), reordered(case.case.on(cnn.conv), case.order)

"""The nouns that laws are about, drawn: every case is legal as it is built, none is thrown away.

Each function here returns how cases are made, to be given to `law(cases=...)`. Sizes are small,
kernels odd and even, strides also larger than kernels, inputs also of one place and smaller than
their kernel, axes differ from each other, and so do the two sides of the padding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnref.laws.cases import (
    Chain,
    ConvCase,
    Moved,
    Pair,
    Pairs,
    PoolCase,
    Shuffled,
    Signal,
    Sizes,
    Stack,
    Triple,
    Twins,
    Use,
    altered,
)
from cnnref.laws.numbers import Array, Numbers
from cnnref.laws.offered import NotOffered, Scope
from cnnref.laws.runner import Cases

MOST_TAPS = {1: 5, 2: 4, 3: 2}
"""The largest kernel per axis, for each number of axes: more axes, fewer taps."""

SLACK = {1: 6, 2: 4, 3: 2}
"""How many places more than it needs an axis may have."""


def precision(numbers: Numbers) -> str:
    """The dtype of a case; small integers are exact in both."""
    return numbers.among("float64", "float32")


def sizes(numbers: Numbers, rank: int, least: int, most: int) -> Sizes:
    """One number per axis."""
    return tuple(numbers.between(least, most) for _ in range(rank))


def signals(*ranks: int) -> Cases:
    """An array without channels, with two paddings and a value to pad with."""

    def build(numbers: Numbers, scope: Scope) -> Signal:
        rank = scope.rank(numbers, *ranks)
        shape = sizes(numbers, rank, 1, SLACK[rank] + 1)
        padding, more = (sides(numbers, rank, 3) for _ in range(2))
        value = numbers.between(0, 3) if scope.has("pad", "value") else 0
        return Signal(numbers.integers(shape, precision(numbers)), padding, more, value)

    return build


def sides(numbers: Numbers, rank: int, most: int) -> Pairs:
    """The numbers of places (before, after) each axis."""
    return tuple((numbers.between(0, most), numbers.between(0, most)) for _ in range(rank))


def pairs(
    *ranks: int, fitting: bool = False, mode: str | None = None, operation: str = "convolve"
) -> Cases:
    """An input and a kernel without channels; `fitting` kernels are not larger than the input.

    A mode of "each" draws one of the three; one of "any" leaves it out at times, or always if the
    operation does not take it.
    """

    def build(numbers: Numbers, scope: Scope) -> Pair:
        rank = scope.rank(numbers, *ranks)
        k = sizes(numbers, rank, 1, MOST_TAPS[rank])
        left_out = (None,) if mode == "any" else ()
        drawn = numbers.among(*left_out, "full", "valid", "same") if mode else None
        if not scope.has(operation, "mode"):
            drawn = None
        large = fitting or drawn == "valid" or (drawn is None and operation == "correlate")
        n = tuple(numbers.between(taps if large else 1, taps + SLACK[rank]) for taps in k)
        dtype = precision(numbers)
        return Pair(numbers.integers(n, dtype), numbers.integers(k, dtype), drawn)

    return build


def complex_pairs() -> Cases:
    """An input and a kernel with integer real and imaginary parts."""

    def build(numbers: Numbers, scope: Scope) -> Pair:
        rank = scope.rank(numbers, 1, 2)
        k = sizes(numbers, rank, 1, 3)
        n = tuple(numbers.between(taps, taps + 3) for taps in k)
        x, w = (numbers.integers(shape) + 1j * numbers.integers(shape) for shape in (n, k))
        return Pair(x, w)

    return build


def triples(*ranks: int, fitting: bool = False, twin: bool = False) -> Cases:
    """Three arrays: x and kernels w, v that fit into it one after the other; or x, w and a twin
    of x in place of v."""

    def build(numbers: Numbers, scope: Scope) -> Triple:
        rank = scope.rank(numbers, *ranks)
        k, taps = (sizes(numbers, rank, 1, max(2, MOST_TAPS[rank] - 1)) for _ in range(2))
        least = (a + b - 1 if fitting else 1 for a, b in zip(k, taps, strict=True))
        n = tuple(size + numbers.between(0, SLACK[rank]) for size in least)
        dtype = precision(numbers)
        x, w, v = (numbers.integers(shape, dtype) for shape in (n, k, n if twin else taps))
        return Triple(x, w, v)

    return build


@dataclass(frozen=True, slots=True)
class Axes:
    """What is drawn per axis for a layer: input, kernel, stride, dilation, padding."""

    n: Sizes
    k: Sizes
    stride: Sizes
    dilation: Sizes
    padding: str | Pairs


def axes(
    numbers: Numbers,
    rank: int,
    operation: str,
    scope: Scope,
    padding: str,
    *,
    strided: bool = True,
    dilated: bool = True,
    reading: bool = False,
    least: int = 1,
) -> Axes:
    """Axes on which every window fits, of an operation's options those that may be used.

    With `reading` every window reads the input: padding is smaller than the span, and the gap
    between two taps is not larger than the input.
    """
    k = sizes(numbers, rank, least, MOST_TAPS[rank])
    stride = sizes(numbers, rank, 1, 4 if rank < 3 else 2)
    dilation = sizes(numbers, rank, 1, 3 if rank < 3 else 2)
    if not strided or not scope.has(operation, "stride"):
        stride = (1,) * rank
    if not dilated or not scope.has(operation, "dilation"):
        dilation = (1,) * rank
    spans = tuple(d * (taps - 1) + 1 for d, taps in zip(dilation, k, strict=True))
    kind = padding if scope.has(operation, "padding") else "valid"
    drawn = padded(numbers, spans, kind, reading)
    n = []
    for axis, span in enumerate(spans):
        least = span if drawn == "valid" else 1
        if not isinstance(drawn, str):
            least = max(1, span - sum(drawn[axis]))
        if reading:
            least = max(least, dilation[axis])
        n.append(least + numbers.between(0, SLACK[rank]))
    return Axes(tuple(n), k, stride, dilation, drawn)


WORDS = ("valid", "same", "same_lower", "full")


def padded(numbers: Numbers, spans: Sizes, padding: str, reading: bool) -> str | Pairs:
    """A padding of the wanted kind: a word, "pairs", or "any" of them.

    "either same" is one of two words; "keeping" are pairs that keep the size, as often as not.
    """
    if padding == "any":
        padding = numbers.among("pairs", *WORDS)
    if padding == "either same":
        padding = numbers.among("same", "same_lower")
    if padding == "keeping":
        totals = [numbers.among(span - 1, numbers.between(0, 6)) for span in spans]
        befores = [numbers.between(0, total) for total in totals]
        return tuple((b, total - b) for b, total in zip(befores, totals, strict=True))
    if padding == "pairs":
        most = [min(span - 1, 3) if reading else 3 for span in spans]
        return tuple((numbers.between(0, top), numbers.between(0, top)) for top in most)
    return padding


def convs(
    *ranks: int,
    padding: str = "any",
    strided: bool = True,
    dilated: bool = True,
    grouped: bool = True,
    bias: str = "any",
) -> Cases:
    """A convolution layer; a bias is "none", "channel", "place", or "any" of them."""

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        rank = scope.rank(numbers, *ranks)
        layout = axes(numbers, rank, "conv", scope, padding, strided=strided, dilated=dilated)
        groups = numbers.among(1, 1, 2, 3) if grouped and scope.has("conv", "groups") else 1
        inputs, outputs = numbers.between(1, 2 + (groups == 1)), numbers.between(1, 2)
        batch = numbers.between(1, 2)
        dtype = precision(numbers)
        w = numbers.integers((groups * outputs, inputs, *layout.k), dtype)
        x = numbers.integers((batch, groups * inputs, *layout.n), dtype)
        b = biased(numbers, bias if scope.has("conv", "b") else "none", groups * outputs, layout)
        b = None if b is None else b.astype(dtype)
        return ConvCase(x, w, b, layout.stride, layout.padding, layout.dilation, groups)

    return build


def pointwise() -> Cases:
    """A 1x1 layer without bias."""

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        rank = scope.rank(numbers)
        n = sizes(numbers, rank, 1, SLACK[rank])
        inputs, outputs, batch = (numbers.between(1, most) for most in (3, 3, 2))
        dtype = precision(numbers)
        w = numbers.integers((outputs, inputs, *(1 for _ in n)), dtype)
        return ConvCase(numbers.integers((batch, inputs, *n), dtype), w)

    return build


def squares() -> Cases:
    """Two 1x1 layers on one axis, each with two channels in and out."""

    def build(numbers: Numbers, scope: Scope) -> Stack:
        rank = scope.rank(numbers, 1)
        x = numbers.integers((1, 2, *sizes(numbers, rank, 1, 3)))
        w, v = (numbers.integers((2, 2, *(1,) * rank)) for _ in range(2))
        return Stack(x, (w, v))

    return build


def plain_convs(*ranks: int, padding: str, bias: str = "none") -> Cases:
    """A layer at stride 1, without dilation and groups."""
    return convs(*ranks, padding=padding, strided=False, dilated=False, grouped=False, bias=bias)


def odd_convs() -> Cases:
    """A layer with odd kernels and no dilation."""
    plain = convs(1, padding="same", dilated=False, grouped=False, bias="none")

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        case: ConvCase = plain(numbers, scope)
        return replace(case, w=numbers.integers((1, case.x.shape[1], numbers.among(1, 3, 5))))

    return build


def misfits() -> Cases:
    """A layer whose window is, on one axis, larger than the padded input."""
    fitting = convs(padding="pairs", bias="none")

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        case: ConvCase = fitting(numbers, scope)
        axis = numbers.between(0, len(case.stride) - 1)
        n = list(case.x.shape)
        room = n[2 + axis] + (sum(case.padding[axis]) if isinstance(case.padding, tuple) else 0)
        k = list(case.w.shape)
        k[2 + axis] = room + numbers.between(1, 3)
        return replace(case, w=numbers.integers(k, case.w.dtype))

    return build


def misspelt() -> Cases:
    """A layer with a padding word that does not exist."""
    spelt = convs(padding="valid", bias="none")

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        case: ConvCase = spelt(numbers, scope)
        return replace(case, padding=numbers.among("SAME", "Valid", "sam", "zeros", "half", ""))

    return build


def biased(numbers: Numbers, bias: str, outputs: int, layout: Axes) -> Array | None:
    """A bias of the wanted kind; one per place is as large as the output, counted one by one."""
    kind = numbers.among("none", "channel", "place") if bias == "any" else bias
    if kind == "none":
        return None
    return numbers.integers((outputs,) if kind == "channel" else (outputs, *outputs_of(layout)))


def outputs_of(layout: Axes) -> Sizes:
    """The output places on each axis: the starts at which the window fits, one by one."""
    m = []
    for axis, (n, k) in enumerate(zip(layout.n, layout.k, strict=True)):
        stride, span = layout.stride[axis], layout.dilation[axis] * (k - 1) + 1
        if layout.padding in ("same", "same_lower"):
            m.append(len(range(0, n, stride)))
            continue
        around = (0, 0) if layout.padding == "valid" else (span - 1, span - 1)
        if not isinstance(layout.padding, str):
            around = layout.padding[axis]
        m.append(len(range(0, n + sum(around) - span + 1, stride)))
    return tuple(m)


def pools(
    *ranks: int,
    operation: str = "max_pool",
    padding: str = "any",
    dilated: bool = True,
    strided: bool = True,
    ceil: bool | None = None,
    include: bool = False,
    reading: bool = True,
    least: int = 1,
) -> Cases:
    """A pooling layer of kernels with `least` taps; if `reading`, each window reads the input.

    Without `strided` the stride is left to the operation; `ceil` of None draws ceil_mode, and
    `include` draws count_include_pad.
    """

    def build(numbers: Numbers, scope: Scope) -> PoolCase:
        rank = scope.rank(numbers, *ranks)
        layout = axes(numbers, rank, operation, scope, padding, dilated=dilated, reading=reading)
        given = strided and scope.has(operation, "stride") and numbers.among(True, True, False)
        both = numbers.among(False, True) if ceil is None else ceil
        counting = numbers.among(False, True) if include else False
        shape = (numbers.between(1, 2), numbers.between(1, 2), *layout.n)
        return PoolCase(
            numbers.integers(shape, precision(numbers)),
            layout.k,
            layout.stride if given else None,
            layout.padding,
            layout.dilation,
            both and scope.has(operation, "ceil_mode"),
            counting and scope.has(operation, "count_include_pad"),
        )

    return build


def chains(gaps: bool) -> Cases:
    """Two pools; the first leaves places between its windows unread, or does not."""

    def build(numbers: Numbers, scope: Scope) -> Chain:
        rank = scope.rank(numbers, 1, 2)
        k, then = sizes(numbers, rank, 1, 3), sizes(numbers, rank, 1, 3)
        s = tuple(taps + 1 if gaps else numbers.between(1, taps) for taps in k)
        t = sizes(numbers, rank, 1, 3)
        n = tuple(field(axis, [k, then], [s, t]) + numbers.between(0, 3) for axis in range(rank))
        shape = (numbers.between(1, 2), numbers.between(1, 2), *n)
        return Chain(numbers.integers(shape, precision(numbers)), (k, then), (s, t))

    return build


def twins(cases: Cases) -> Cases:
    """Two layers that differ in their input alone."""

    def build(numbers: Numbers, scope: Scope) -> Twins[Any]:
        first = cases(numbers, scope)
        other = numbers.integers(first.x.shape, first.x.dtype)
        return Twins(first, replace(first, x=other))

    return build


def moved(cases: Cases, most: int = 3) -> Cases:
    """A case, and by how many places to move its input, at least one."""

    def build(numbers: Numbers, scope: Scope) -> Moved[Any]:
        return Moved(cases(numbers, scope), numbers.between(1, most))

    return build


def shuffled(cases: Cases, channels: bool = False) -> Cases:
    """A case, and an order of its places (channels by channels if so wanted)."""

    def build(numbers: Numbers, scope: Scope) -> Shuffled[Any]:
        case = cases(numbers, scope)
        count = case.x.shape[1] if channels else int(np.prod(case.x.shape[2:]))
        return Shuffled(case, numbers.order(count))

    return build


def stacks(
    *ranks: int,
    layers: int = 2,
    strided: bool = False,
    channels: bool = True,
    odd: bool = False,
) -> Cases:
    """An input and valid layers on it; with room for all of them, whatever their strides."""

    def build(numbers: Numbers, scope: Scope) -> Stack:
        rank = scope.rank(numbers, *ranks)
        counts = [numbers.between(1, 2) if channels else 1 for _ in range(layers + 1)]
        taps = (1, 3) if odd else (1, 2, 3)
        kernels = [tuple(numbers.among(*taps) for _ in range(rank)) for _ in range(layers)]
        steps = [sizes(numbers, rank, 1, 3 if strided else 1) for _ in range(layers)]
        if not scope.has("conv", "stride"):
            steps = [(1,) * rank] * layers
        n = tuple(field(axis, kernels, steps) + numbers.between(0, 3) for axis in range(rank))
        dtype = precision(numbers)
        batch = numbers.between(1, 2) if channels else 1
        shapes = zip(counts[1:], counts, kernels, strict=False)
        weights = tuple(numbers.integers((o, c, *k), dtype, 4) for o, c, k in shapes)
        x = numbers.integers((batch, counts[0], *n), dtype)
        return Stack(x, weights, tuple(steps))

    return build


def field(axis: int, kernels: list[Sizes], steps: list[Sizes]) -> int:
    """The fewest input places from which layers on one axis make one output place."""
    n = 1
    for k, s in zip(reversed(kernels), reversed(steps), strict=True):
        n = (n - 1) * s[axis] + k[axis]
    return n


def uses(*without: str) -> Cases:
    """Any operation that is offered, with a case for it."""
    makers = {
        "conv": convs(1, 2, padding="pairs"),
        "convolve": pairs(1, 2, mode="any"),
        "correlate": pairs(1, 2, mode="any", operation="correlate"),
        "max_pool": pools(1, 2, padding="pairs"),
        "avg_pool": pools(1, 2, operation="avg_pool", padding="pairs", include=True),
        "relu": signals(1, 2),
        "pad": signals(1, 2),
        "flip": signals(1, 2),
    }

    def build(numbers: Numbers, scope: Scope) -> Use:
        names = [name for name in makers if name not in without and scope.offers(name)]
        if not names:
            raise NotOffered("any operation")
        name = numbers.among(*names)
        return Use(name, makers[name](numbers, scope))

    return build


def typed(*dtypes: str, more: int = 0) -> Cases:
    """Any operation, each of its arrays in one of these dtypes, its entries raised by `more`."""
    some = uses()

    def build(numbers: Numbers, scope: Scope) -> Use:
        def cast(array: Array) -> Array:
            return (array.astype(int) + more).astype(numbers.among(*dtypes))

        return altered(some(numbers, scope), cast)

    return build


def unruly() -> Cases:
    """Any operation, with NaN and infinities among the entries of its arrays."""
    some = uses()

    def build(numbers: Numbers, scope: Scope) -> Use:
        def spoil(array: Array) -> Array:
            unusual = array.copy()
            unusual[array > 5], unusual[array < -5], unusual[array == 5] = np.inf, -np.inf, np.nan
            return unusual

        return altered(some(numbers, scope), spoil)

    return build

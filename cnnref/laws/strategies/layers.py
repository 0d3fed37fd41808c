"""Layers with their inputs, drawn."""

from __future__ import annotations

from dataclasses import replace

from cnnref.laws.cases import Chain, ConvCase, DenseCase, PoolCase, Sizes, Stack
from cnnref.laws.numbers import Array, Numbers
from cnnref.laws.offered import Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies.axes import Axes, Wanted, axes, outputs_of
from cnnref.laws.strategies.signals import SLACK, precision, sizes


def convs(
    *ranks: int,
    padding: str = "any",
    strided: bool = True,
    dilated: bool = True,
    groups: tuple[int, ...] = (1, 1, 2, 3),
    bias: str = "any",
    least: int = 1,
) -> Cases:
    """A convolution layer of kernels with `least` taps; a bias is "none", "channel", "place",
    "given" (one of these two), or "any" of them."""

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        rank = scope.rank(numbers, *ranks)
        wanted = Wanted(padding, strided, dilated, least=least)
        layout = axes(numbers, rank, "conv", scope, wanted)
        count = numbers.among(*groups) if scope.has("conv", "groups") else 1
        inputs, outputs = numbers.between(1, 3 if count == 1 else 2), numbers.between(1, 2)
        batch = numbers.between(1, 2)
        dtype = precision(numbers)
        w = numbers.integers((count * outputs, inputs, *layout.k), dtype)
        x = numbers.integers((batch, count * inputs, *layout.n), dtype)
        b = biased(numbers, bias if scope.has("conv", "b") else "none", count * outputs, layout)
        b = None if b is None else b.astype(dtype)
        return ConvCase(x, w, b, layout.stride, layout.padding, layout.dilation, count)

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


def denses(*ranks: int, bias: str = "any") -> Cases:
    """A dense layer on places; a bias is "none", "channel", or "any" of them."""

    def build(numbers: Numbers, scope: Scope) -> DenseCase:
        rank = scope.rank(numbers, *ranks)
        n = sizes(numbers, rank, 1, SLACK[rank])
        inputs, outputs, batch = (numbers.between(1, most) for most in (3, 3, 2))
        dtype = precision(numbers)
        w = numbers.integers((outputs, inputs, *n), dtype)
        x = numbers.integers((batch, inputs, *n), dtype)
        kind = numbers.among("none", "channel") if bias == "any" else bias
        if kind == "none" or not scope.has("dense", "b"):
            return DenseCase(x, w)
        return DenseCase(x, w, numbers.integers((outputs,), dtype))

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
    return convs(*ranks, padding=padding, strided=False, dilated=False, groups=(1,), bias=bias)


def odd_convs() -> Cases:
    """A layer with odd kernels and no dilation."""
    plain = convs(1, padding="same", dilated=False, groups=(1,), bias="none")

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        case: ConvCase = plain(numbers, scope)
        return replace(case, w=numbers.integers((1, case.x.shape[1], numbers.among(1, 3, 5))))

    return build


def threes(*ranks: int) -> Cases:
    """A plain layer with three taps on each axis."""
    plain = plain_convs(*ranks, padding="valid")

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        case: ConvCase = plain(numbers, scope)
        n = sizes(numbers, len(case.stride), 3, 7)
        w = numbers.integers((*case.w.shape[:2], *(3 for _ in n)), case.w.dtype)
        return replace(case, x=numbers.integers((*case.x.shape[:2], *n), case.x.dtype), w=w)

    return build


def misfits() -> Cases:
    """A layer whose window is, on one axis, larger than the padded input."""
    fitting = convs(padding="pairs", bias="none")

    def build(numbers: Numbers, scope: Scope) -> ConvCase:
        case: ConvCase = fitting(numbers, scope)
        axis = numbers.between(0, len(case.stride) - 1)
        n = list(case.x.shape)
        room = n[2 + axis] + sum(case.around[axis])
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
    kinds = {"any": ("none", "channel", "place"), "given": ("channel", "place")}
    kind = numbers.among(*kinds[bias]) if bias in kinds else bias
    if kind == "none":
        return None
    return numbers.integers((outputs,) if kind == "channel" else (outputs, *outputs_of(layout)))


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
        wanted = Wanted(padding, dilated=dilated, reading=reading, least=least)
        layout = axes(numbers, rank, operation, scope, wanted)
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

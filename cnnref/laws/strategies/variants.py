"""Layers that share their weights less, over time, or look across channels, drawn."""

from __future__ import annotations

from cnnref.laws.cases import ChannelCase, PlacedCase, RecurrentCase, Sizes
from cnnref.laws.numbers import Array, Numbers
from cnnref.laws.offered import Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies.axes import Wanted, axes, outputs_of
from cnnref.laws.strategies.signals import precision, sizes


def local_layers(
    *ranks: int,
    padding: str = "any",
    strided: bool = True,
    dilated: bool = True,
    bias: str = "any",
) -> Cases:
    """A locally connected layer; a bias is "none", "channel", "place", or "any" of them."""

    def build(numbers: Numbers, scope: Scope) -> PlacedCase:
        wanted = Wanted(padding, strided, dilated)
        return placed(numbers, scope, "locally_connected", ranks, wanted, bias)

    return build


def tiled_layers(
    *ranks: int,
    padding: str = "any",
    strided: bool = True,
    dilated: bool = True,
    bias: str = "any",
) -> Cases:
    """A tiled layer; a bias is "none", "channel", "tile", "place", "given" (one of these three), or
    "any" of them."""

    def build(numbers: Numbers, scope: Scope) -> PlacedCase:
        return placed(numbers, scope, "tiled_conv", ranks, Wanted(padding, strided, dilated), bias)

    return build


def placed(
    numbers: Numbers,
    scope: Scope,
    operation: str,
    ranks: tuple[int, ...],
    wanted: Wanted,
    bias: str,
) -> PlacedCase:
    """A layer whose weights repeat after some places, or after all of them."""
    layout = axes(numbers, scope.rank(numbers, *ranks), operation, scope, wanted)
    m = outputs_of(layout)
    tile = m
    if operation == "tiled_conv":
        tile = sizes(numbers, len(m), 1, 3)
    batch, inputs, outputs = (numbers.between(1, 2) for _ in range(3))
    dtype = precision(numbers)
    w = numbers.integers((*tile, outputs, inputs, *layout.k), dtype)
    x = numbers.integers((batch, inputs, *layout.n), dtype)
    kinds = ("none", "channel", "place", "tile")[: 4 if operation == "tiled_conv" else 3]
    drawn = {"any": kinds, "given": kinds[1:]}
    kind = numbers.among(*drawn[bias]) if bias in drawn else bias
    if not scope.has(operation, "b"):
        kind = "none"
    shapes: dict[str, Sizes] = {"channel": (), "place": m, "tile": tile}
    b: Array | None = None
    if kind != "none":
        b = numbers.integers((outputs, *shapes[kind]), dtype)
    return PlacedCase(x, w, b, layout.stride, layout.padding, layout.dilation)


def recurrents(
    *ranks: int, activations: tuple[str, ...] = ("identity", "relu", "tanh"), steps: int = 3
) -> Cases:
    """A recurrent layer of few steps; its kernels are so small that integers stay exact."""

    def build(numbers: Numbers, scope: Scope) -> RecurrentCase:
        rank = scope.rank(numbers, *(ranks or (1, 2)))
        count = numbers.between(1, steps)
        activation = numbers.among(*activations)
        if not scope.has("recurrent_conv", "activation"):
            activation = "tanh"
        batch, inputs, hidden, outputs = (numbers.between(1, 2) for _ in range(4))
        n = sizes(numbers, rank, 1, 4)
        u, v, w = (
            numbers.integers((f, c, *sizes(numbers, rank, 1, 3)), most=2)
            for f, c in ((hidden, inputs), (outputs, hidden), (hidden, outputs))
        )
        x = numbers.integers((batch, inputs, *n))
        return RecurrentCase(x, u, v, w, count, activation)

    return build


def channel_pools(*ranks: int) -> Cases:
    """Pooling across channels, over places or without any."""

    def build(numbers: Numbers, scope: Scope) -> ChannelCase:
        rank = scope.rank(numbers, *ranks)
        size, groups, batch = (numbers.between(1, most) for most in (4, 2, 2))
        x = numbers.integers(
            (batch, size * groups, *sizes(numbers, rank, 1, 3)), precision(numbers)
        )
        return ChannelCase(x, size)

    return build

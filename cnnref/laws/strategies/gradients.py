"""Layers with a gradient of their output, and what else goes backwards, drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    BiasGradCase,
    RecurrentCase,
    ScoresCase,
    Signal,
    Sizes,
    TransposeCase,
    Twins,
    WeightGradCase,
    altered,
    to_input,
    to_weights,
)
from cnnref.laws.numbers import Array, Numbers
from cnnref.laws.offered import Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies.layers import convs
from cnnref.laws.strategies.signals import precision, sizes
from cnnref.laws.strategies.variants import recurrents


def backwards(cases: Cases, operation: str, *gradients: str, step: bool = False) -> Cases:
    """Cases of an operation, each with a gradient as large as its output.

    Options that one of the operations `gradients` does not take are left out. With a `step` the
    input comes with one: its entries lie so far apart, and so far from 0, that a step changes
    neither the order of any two of them nor a sign.
    """

    def build(numbers: Numbers, scope: Scope) -> Backward[Any]:
        case = cases(numbers, narrowed(scope, operation, *gradients))
        forward = getattr(literal, operation)
        y = forward(case.x) if isinstance(case, Signal) else case.on(forward)
        dy = numbers.integers(y.shape, y.dtype)
        if not step:
            return Backward(case, dy)
        move = numbers.integers(case.x.shape, y.dtype)  # of at most 9
        return Backward(replace(case, x=far_apart(case.x)), dy, move)

    return build


def far_apart(x: Array) -> Array:
    """Other entries in the order of these, 20 from each other and at least 10 from 0."""
    ranks = np.argsort(np.argsort(x, axis=None, kind="stable"))
    apart: Array = (20 * (ranks - x.size // 2) + 10).reshape(x.shape).astype(x.dtype)
    return apart


def narrowed(scope: Scope, operation: str, *others: str) -> Scope:
    """The scope in which an operation has only those options that the others have, too."""
    lacking = [name.partition(".") for name in scope.missing]
    also = {f"{operation}.{option}" for name, _, option in lacking if name in others}
    return replace(scope, missing=scope.missing | also)


def transposes(
    *ranks: int,
    padding: str = "any",
    strided: bool = True,
    dilated: bool = True,
    groups: tuple[int, ...] = (1, 1, 2, 3),
    bias: str = "any",
    sized: bool | None = None,
) -> Cases:
    """A transposed layer; `sized` of None draws whether the output size is given.

    A bias is "none", "channel", "place" (only if the size is given), or "any" of them.
    """
    layers = convs(
        *ranks, padding=padding, strided=strided, dilated=dilated, groups=groups, bias="none"
    )
    layered = backwards(layers, "conv", "conv_transpose")

    def build(numbers: Numbers, scope: Scope) -> TransposeCase:
        case = to_input(layered(numbers, scope))
        given = numbers.among(False, True) if sized is None else sized
        kind = numbers.among("none", "channel", "place") if bias == "any" else bias
        if not scope.has("conv_transpose", "output_size"):
            given = False
        if not scope.has("conv_transpose", "b"):
            kind = "none"
        n = case.output_size or ()
        shapes: dict[str, Sizes] = {"channel": (), "place": n if given else ()}
        b = None
        if kind != "none":
            b = numbers.integers((case.w.shape[1] * case.groups, *shapes[kind]), case.y.dtype)
        return replace(case, b=b, output_size=n if given else None)

    return build


def weight_gradients(
    *ranks: int,
    padding: str = "any",
    dilated: bool = True,
    groups: tuple[int, ...] = (1, 1, 2, 3),
) -> Cases:
    """An input and a gradient of the output."""
    layers = convs(*ranks, padding=padding, dilated=dilated, groups=groups, bias="none")
    layered = backwards(layers, "conv", "conv_weight_grad")

    def build(numbers: Numbers, scope: Scope) -> WeightGradCase:
        return to_weights(layered(numbers, scope))

    return build


def recurrent_steps(*ranks: int, activations: tuple[str, ...]) -> Cases:
    """A recurrent layer, a gradient of all its estimates, and a small step of all its arrays."""
    layers = recurrents(*ranks, activations=activations)
    layered = backwards(layers, "recurrent_conv", "recurrent_conv_grad")

    def build(numbers: Numbers, scope: Scope) -> Backward[RecurrentCase]:
        back: Backward[RecurrentCase] = layered(numbers, scope)
        step = altered(back.case, lambda array: numbers.integers(array.shape, array.dtype, 2))
        return replace(back, step=step)

    return build


def bias_gradients(*ranks: int) -> Cases:
    """A gradient of an output, and the shape of a bias: shared, tiled, or one per place."""

    def build(numbers: Numbers, scope: Scope) -> BiasGradCase:
        rank = scope.rank(numbers, *ranks)
        m = sizes(numbers, rank, 1, 4)
        batch, channels = numbers.between(1, 2), numbers.between(1, 3)
        shapes: tuple[Sizes, ...] = ((), m, sizes(numbers, rank, 1, 3))
        dy = numbers.integers((batch, channels, *m), precision(numbers))
        return BiasGradCase(dy, (channels, *numbers.among(*shapes)))

    return build


def scores(equal: bool = False) -> Cases:
    """Scores of a few classes in eighths (all of a row the same if `equal`), and labels."""

    def build(numbers: Numbers, scope: Scope) -> ScoresCase:
        scope.rank(numbers)
        batch, classes = numbers.between(1, 3), numbers.between(1, 5)
        labels = [numbers.between(0, classes - 1) for _ in range(batch)]
        z = numbers.integers((batch, 1 if equal else classes), most=40) / 8
        return ScoresCase(np.repeat(z, classes // z.shape[1], axis=1), np.array(labels))

    return build


def score_steps() -> Cases:
    """Scores with labels, and steps of the scores in place of scores."""
    some = scores()

    def build(numbers: Numbers, scope: Scope) -> Twins[ScoresCase]:
        case: ScoresCase = some(numbers, scope)
        return Twins(case, replace(case, z=numbers.integers(case.z.shape)))

    return build

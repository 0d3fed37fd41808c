"""The arguments of an operation as one case: what a wrong implementation of it gets."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    BiasGradCase,
    ChannelCase,
    ColumnsCase,
    ConvCase,
    DenseCase,
    Pair,
    Pairs,
    PatchCase,
    PlacedCase,
    PoolCase,
    RecurrentCase,
    ScoresCase,
    Signal,
    Sizes,
    TransposeCase,
    UnpoolCase,
    WeightGradCase,
)

Wrong: TypeAlias = Callable[[Any], Any]
Given: TypeAlias = dict[str, Any]


def door(operation: str, wrong: Wrong) -> Callable[..., Any]:
    """A function with the arguments of the operation, which come to the wrong one as one case."""
    signature = inspect.signature(getattr(literal, operation))

    def opened(*arguments: Any, **options: Any) -> Any:
        bound = signature.bind(*arguments, **options)
        bound.apply_defaults()
        given = {name: arrayed(name, value) for name, value in bound.arguments.items()}
        return wrong(CASES[operation](given))

    opened.__signature__ = signature  # type: ignore[attr-defined]  # so that options are seen
    return opened


ARRAYS = ("x", "w", "u", "v", "b", "y", "z", "dy", "cols", "indices", "labels")


def arrayed(name: str, value: Any) -> Any:
    """An argument as an array, if it is one."""
    return np.asarray(value) if name in ARRAYS and value is not None else value


def per_axis(sizes: Any, rank: int) -> Sizes:
    """One entry per axis, whichever form was given."""
    return tuple(sizes) if isinstance(sizes, tuple | list) else (sizes,) * rank


def paired(padding: Any, rank: int) -> str | Pairs:
    """A word as it is, and any other form as one pair per axis."""
    if isinstance(padding, str):
        return padding
    if isinstance(padding, tuple | list) and any(isinstance(p, tuple | list) for p in padding):
        return tuple(padding)
    return tuple((places, places) for places in per_axis(padding, rank))


def spatial(given: Given, rank: int) -> Given:
    """The arguments with those about axes given for each axis."""
    found = dict(given)
    for name in ("kernel_size", "stride", "dilation", "output_size"):
        if found.get(name) is not None:
            found[name] = per_axis(found[name], rank)
    if "padding" in found:
        found["padding"] = paired(found["padding"], rank)
    return found


def made(kind: Callable[..., Any], array: str = "x") -> Callable[[Given], Any]:
    """How a case of this kind is made of arguments, whose rank this array tells."""
    return lambda given: kind(**spatial(given, given[array].ndim - 2))


def backward(kind: Callable[..., Any]) -> Callable[[Given], Any]:
    """How a case of a layer and its gradient is made of arguments."""

    def make(given: Given) -> Any:
        rest = {name: value for name, value in given.items() if name != "dy"}
        return Backward(made(kind)(rest), given["dy"])

    return make


def pooled_shape(given: Given) -> Any:
    """The case of a pool of which only the shape of the input is known."""
    rest = {name: value for name, value in given.items() if name != "x_shape"}
    return backward(PoolCase)({"x": np.zeros(given["x_shape"]), **rest})


def padded(given: Given) -> Signal:
    """The case of pad."""
    sides = paired(given["padding"], given["x"].ndim)
    assert not isinstance(sides, str)
    return Signal(given["x"], sides, value=given["value"])


def put_back(given: Given) -> ColumnsCase:
    """The case of col2im, whose rank only its output size tells."""
    n = per_axis(given["output_size"], 1)
    return ColumnsCase(**spatial(given, len(n)))


CASES: dict[str, Callable[[Given], Any]] = {
    "convolve": lambda given: Pair(**given),
    "correlate": lambda given: Pair(**given),
    "flip": lambda given: Signal(given["w"]),
    "pad": padded,
    "conv": made(ConvCase),
    "dense": lambda given: DenseCase(**given),
    "im2col": made(PatchCase),
    "col2im": put_back,
    "relu": lambda given: Signal(**given),
    "max_pool": made(PoolCase),
    "avg_pool": made(PoolCase),
    "max_pool_indices": made(PoolCase),
    "max_unpool": made(UnpoolCase, "y"),
    "channel_max_pool": lambda given: ChannelCase(**given),
    "locally_connected": made(PlacedCase),
    "tiled_conv": made(PlacedCase),
    "recurrent_conv": lambda given: RecurrentCase(**given),
    "conv_transpose": made(TransposeCase, "y"),
    "conv_weight_grad": made(WeightGradCase),
    "bias_grad": lambda given: BiasGradCase(**given),
    "max_pool_grad": backward(PoolCase),
    "avg_pool_grad": pooled_shape,
    "dense_grad": backward(DenseCase),
    "locally_connected_grad": backward(PlacedCase),
    "tiled_conv_grad": backward(PlacedCase),
    "relu_grad": backward(Signal),
    "channel_max_pool_grad": backward(ChannelCase),
    "recurrent_conv_grad": backward(RecurrentCase),
    "softmax_cross_entropy": lambda given: ScoresCase(**given),
}
"""For each operation, how its arguments make a case."""

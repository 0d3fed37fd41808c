"""Cases made of other cases, and cases of any operation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref.laws.cases import Backward, Moved, RecurrentCase, Shuffled, Twins, Use, altered
from cnnref.laws.numbers import Array, Numbers
from cnnref.laws.offered import NotOffered, Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies.gradients import (
    backwards,
    bias_gradients,
    scores,
    transposes,
    weight_gradients,
)
from cnnref.laws.strategies.layers import convs, denses, pools
from cnnref.laws.strategies.patches import columns, patches, unpoolings
from cnnref.laws.strategies.signals import pairs, signals
from cnnref.laws.strategies.variants import (
    channel_pools,
    local_layers,
    recurrents,
    tiled_layers,
)


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


def uses(*without: str, only: tuple[str, ...] = (), exact: bool = False) -> Cases:
    """Any operation that is offered, or any of `only` some, with a case for it.

    If `exact`, one without exponentials, whose last digit may depend on where numbers are stored.
    """
    makers = {
        name: maker
        for name, maker in of_any_operation().items()
        if name not in without
        and (name in only or not only)
        and not (exact and name == "softmax_cross_entropy")
    }

    def build(numbers: Numbers, scope: Scope) -> Use:
        names = [name for name in makers if scope.offers(name)]
        if exact:
            names = [name for name in names if scope.has(name, "activation")]
        if not names:
            raise NotOffered("any operation")
        name = numbers.among(*names)
        case = makers[name](numbers, scope)
        return Use(name, without_tanh(case) if exact else case)

    return build


MULTIPLYING = (
    "conv",
    "convolve",
    "correlate",
    "dense",
    "locally_connected",
    "tiled_conv",
    "recurrent_conv",
    "conv_transpose",
    "conv_weight_grad",
    "dense_grad",
    "locally_connected_grad",
    "tiled_conv_grad",
    "recurrent_conv_grad",
)


def without_tanh(case: Any) -> Any:
    """The case, with a rectifier in place of the tangent in a recurrent layer."""
    if isinstance(case, Backward):
        return replace(case, case=without_tanh(case.case))
    bent = isinstance(case, RecurrentCase) and case.activation == "tanh"
    return replace(case, activation="relu") if bent else case


def of_any_operation() -> dict[str, Cases]:
    """For every operation its cases, simple ones first; small, for they are put to many laws."""
    pool, averaging = (
        pools(1, 2, operation=name, padding="pairs", include=name == "avg_pool")
        for name in ("max_pool", "avg_pool")
    )
    across, recurrent = channel_pools(1, 2), recurrents(1, steps=2)
    local, tiled = (layers(1, 2, padding="pairs") for layers in (local_layers, tiled_layers))
    bare = [layers(1, 2, padding="pairs", bias="none") for layers in (local_layers, tiled_layers)]
    return {
        "conv": convs(1, 2, padding="pairs"),
        "convolve": pairs(1, 2, mode="any"),
        "correlate": pairs(1, 2, mode="any", operation="correlate"),
        "max_pool": pool,
        "avg_pool": averaging,
        "relu": signals(1, 2),
        "pad": signals(1, 2),
        "flip": signals(1, 2),
        "dense": denses(1, 2),
        "im2col": patches(1, 2, padding="pairs"),
        "col2im": columns(1, 2, padding="pairs"),
        "max_pool_indices": pool,
        "max_unpool": unpoolings(1, 2),
        "channel_max_pool": across,
        "locally_connected": local,
        "tiled_conv": tiled,
        "recurrent_conv": recurrent,
        "conv_transpose": transposes(1, 2, padding="pairs"),
        "conv_weight_grad": weight_gradients(1, 2, padding="pairs"),
        "bias_grad": bias_gradients(1, 2),
        "max_pool_grad": backwards(pool, "max_pool", "max_pool_grad"),
        "avg_pool_grad": backwards(averaging, "avg_pool", "avg_pool_grad"),
        "dense_grad": backwards(denses(1, 2, bias="none"), "dense"),
        "locally_connected_grad": backwards(bare[0], "locally_connected", "locally_connected_grad"),
        "tiled_conv_grad": backwards(bare[1], "tiled_conv", "tiled_conv_grad"),
        "relu_grad": backwards(signals(1, 2), "relu"),
        "channel_max_pool_grad": backwards(across, "channel_max_pool"),
        "recurrent_conv_grad": backwards(recurrent, "recurrent_conv", "recurrent_conv_grad"),
        "softmax_cross_entropy": scores(),
    }


def typed(*dtypes: str, cases: Cases, more: int = 0) -> Cases:
    """Cases, each of their arrays in one of these dtypes, its entries raised by `more`."""

    def build(numbers: Numbers, scope: Scope) -> Any:
        def cast(array: Array) -> Array:
            return (array.astype(int) + more).astype(numbers.among(*dtypes))

        return altered(cases(numbers, scope), cast, counting=False)

    return build


def unruly(cases: Cases) -> Cases:
    """Cases with NaN and infinities among the entries of their arrays."""

    def spoil(array: Array) -> Array:
        unusual = array.copy()
        unusual[array > 5], unusual[array < -5], unusual[array == 5] = np.inf, -np.inf, np.nan
        return unusual

    def build(numbers: Numbers, scope: Scope) -> Any:
        return altered(cases(numbers, scope), spoil, counting=False)

    return build

"""Laws of the places where max pooling found its maxima, and of putting them back."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import PoolCase, UnpoolCase
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import reached, row, spoilt
from cnnref.laws.numbers import Array
from cnnref.laws.pooling import inside, seen
from cnnref.laws.sides import Sides, refusal
from cnnref.laws.strategies import pools, unpoolings

INDEXED = pools(operation="max_pool_indices")
SIDE_BY_SIDE = pools(
    1, 2, operation="max_pool_indices", padding="valid", dilated=False, strided=False, ceil=False
)


@law("indices.is-its-definition", cases=pools(operation="max_pool_indices", reading=False))
def indices_is_its_definition(cnn: Any, case: PoolCase) -> Sides:
    """`max_pool_indices` gives the numbers of its definition: for each window one flat place."""
    return case.on(cnn.max_pool_indices), case.on(literal.max_pool_indices)


def at(x: Array, indices: Array) -> Array:
    """The entries of (N, C, *n) at flat places (N, C, *m), minus infinity at place -1."""
    outer = np.arange(x.shape[0])[:, np.newaxis, np.newaxis], np.arange(x.shape[1])[:, np.newaxis]
    flat, places = x.reshape(*x.shape[:2], -1), indices.reshape(*indices.shape[:2], -1)
    taken = np.where(places < 0, -np.inf, flat[(*outer, np.clip(places, 0, flat.shape[2] - 1))])
    return taken.reshape(indices.shape)


@law(
    "indices.point-at-the-maximum",
    cases=pools(operation="max_pool_indices", reading=False),
)
def indices_point_at_the_maximum(cnn: Any, case: PoolCase) -> Sides:
    """The entry at the index is what max pooling gives: places count in the unpadded input."""
    return at(case.x, case.on(cnn.max_pool_indices)), case.on(cnn.max_pool)


@law(
    "indices.first-of-equals",
    cases=pools(1, 2, operation="max_pool_indices", padding="pairs", reading=False),
)
def first_of_equals(cnn: Any, case: PoolCase) -> Sides:
    """Of equal maxima the first counts, row after row; a window without input has the index -1."""
    x = np.clip(case.x, -1, 1)  # so that many are equal
    indices = replace(case, x=x).on(cnn.max_pool_indices)
    n, reads = x.shape[2:], seen(case, indices.shape[2:])
    expected = np.full(indices.shape, -1)
    for j in np.ndindex(indices.shape[2:]):
        axes = [inside(taps[ji], size) for taps, ji, size in zip(reads, j, n, strict=True)]
        places = [int(np.ravel_multi_index(place, n)) for place in product(*axes)]
        if places:
            window = x.reshape(*x.shape[:2], -1)[..., places]
            expected[(..., *j)] = np.array(places)[window.argmax(axis=2)]
    return indices, expected


@law("indices.nan-wins", cases=pools(operation="max_pool_indices", padding="pairs"))
def indices_nan_wins(cnn: Any, case: PoolCase) -> Sides:
    """A window has the index of the only NaN exactly if it reads it."""
    place = spoilt(case.x)
    y = case.on(cnn.max_pool_indices)[0, 0]
    here = np.ravel_multi_index(tuple(place), case.x.shape[2:])
    return y == here, reached(place, case, case.kernel_size, y.shape)


@law("indices.channels-are-alone", cases=INDEXED)
def indices_channels_are_alone(cnn: Any, case: PoolCase) -> Sides:
    """Places are counted anew in every channel of every item."""
    channels = case.x.reshape(-1, 1, *case.x.shape[2:])
    alone = [replace(case, x=channel[np.newaxis]).on(cnn.max_pool_indices) for channel in channels]
    indices = case.on(cnn.max_pool_indices)
    return indices, np.concatenate(alone).reshape(indices.shape)


@law("unpool.is-its-definition", cases=unpoolings())
def unpool_is_its_definition(cnn: Any, case: UnpoolCase) -> Sides:
    """`max_unpool` gives the numbers of its definition: values at their places, zeros elsewhere."""
    return case.on(cnn.max_unpool), case.on(literal.max_unpool)


@law("unpool.last-one-stands", cases=unpoolings())
def last_one_stands(cnn: Any, case: UnpoolCase) -> Sides:
    """Values are set and never added: of several with one index the last stands, row by row."""
    flat = np.zeros((*case.y.shape[:2], int(np.prod(case.output_size))), case.y.dtype)
    for j in np.ndindex(case.y.shape):
        if case.indices[j] != -1:
            flat[(*j[:2], case.indices[j])] = case.y[j]
    return case.on(cnn.max_unpool), flat.reshape(*flat.shape[:2], *case.output_size)


@law("unpool.skips-minus-one", cases=unpoolings())
def skips_minus_one(cnn: Any, case: UnpoolCase) -> Sides:
    """A value with index -1 goes nowhere."""
    other = np.where(case.indices == -1, case.y + 7, case.y)
    return replace(case, y=other).on(cnn.max_unpool), case.on(cnn.max_unpool)


@law("unpool.puts-winners-back", cases=INDEXED)
def puts_winners_back(cnn: Any, case: PoolCase) -> Sides:
    """Unpooling what was pooled keeps every entry that won a window, and zeroes all others."""
    indices = case.on(cnn.max_pool_indices)
    back = cnn.max_unpool(case.on(cnn.max_pool), indices, case.x.shape[2:])
    won = np.zeros((*case.x.shape[:2], int(np.prod(case.x.shape[2:]))), bool)
    np.put_along_axis(won, indices.reshape(*indices.shape[:2], -1), True, axis=2)
    return back, np.where(won.reshape(case.x.shape), case.x, 0)


@law("unpool.pools-to-the-same", cases=SIDE_BY_SIDE)
def pools_to_the_same(cnn: Any, case: PoolCase) -> Sides:
    """With windows side by side and no negative entry, pooling what was unpooled gives it again."""
    case = replace(case, x=np.abs(case.x))
    pooled, indices = case.on(cnn.max_pool), case.on(cnn.max_pool_indices)
    back = cnn.max_unpool(pooled, indices, case.x.shape[2:])
    return replace(case, x=back).on(cnn.max_pool), pooled


@law("unpool.refuses-places-outside", cases=unpoolings())
def refuses_places_outside(cnn: Any, case: UnpoolCase) -> Sides:
    """An index behind the last place of the result is refused."""
    places = int(np.prod(case.output_size))
    outside = case.indices + (places - case.indices.max())
    return lambda: replace(case, indices=outside).on(cnn.max_unpool), refusal(ValueError)


@law("unpool.refuses-places-before", cases=unpoolings())
def refuses_places_before(cnn: Any, case: UnpoolCase) -> Sides:
    """An index below -1 is refused, and never counted from the end."""
    before = case.indices - (case.indices.min() + 2)
    return lambda: replace(case, indices=before).on(cnn.max_unpool), refusal(ValueError)


@refuted("unpool.undoes-pooling", case=PoolCase(row(-1, 0), (2,)), cases=SIDE_BY_SIDE)
def undoes_pooling(cnn: Any, case: PoolCase) -> Sides:
    """Unpooling undoes max pooling: what was pooled comes back."""
    indices = case.on(cnn.max_pool_indices)
    return cnn.max_unpool(case.on(cnn.max_pool), indices, case.x.shape[2:]), case.x

"""Laws of receptive fields: calculated, traced from layer to layer, and found by experiment."""

from dataclasses import replace
from functools import reduce
from itertools import count
from math import comb, prod
from typing import Any

import numpy as np

from cnnref.connectivity import pattern
from cnnref.laws.cases import Moved, Pair
from cnnref.laws.cases.towers import Tower
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import row
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, at_most
from cnnref.laws.strategies import moved, pairs
from cnnref.laws.strategies.towers import towers
from cnnref.receptive import ReceptiveField, probe, receptive_field
from cnnref.window import Window


def answers(cnn: Any, case: Tower) -> Array:
    """Which unit answers when which place goes from zero to one, (m, n)."""
    still, each = np.zeros((1, 1, case.n)), np.eye(case.n)[:, np.newaxis]
    changed: Array = (case.on(cnn, each) != case.on(cnn, still))[:, 0].T
    return changed


def traced(case: Tower) -> Array:
    """Which unit is connected to which place through the patterns of all layers, (m, n)."""
    reached = np.eye(case.n, dtype=bool)
    for look in case.windows:
        reached = pattern(look, len(reached)).any(axis=0) @ reached
    return reached


def interval(field: ReceptiveField, units: int, n: int) -> Array:
    """Which of the n places lie in the interval of which unit, (units, n)."""
    ends = np.array([field.interval(j) for j in range(units)])
    places = np.arange(n)
    return (ends[:, :1] <= places) & (places <= ends[:, 1:])


@law("receptive.is-traced-by-patterns", cases=towers(padded="any"))
def is_traced_by_patterns(cnn: Any, case: Tower) -> Sides:
    """With positive kernels, a unit answers to exactly those places that the connections of all
    layers, one after the other, lead to."""
    return answers(cnn, case), traced(case)


@law("receptive.is-found-by-probing", cases=towers(2, padded="any"))
def is_found_by_probing(cnn: Any, case: Tower) -> Sides:
    """With positive kernels, changing places one at a time finds exactly the connections of all
    layers, one after the other."""
    return probe(lambda x: case.on(cnn, x), (1, case.n)), traced(case)


@law("receptive.stays-in-its-interval", cases=towers(padded="any"))
def stays_in_its_interval(cnn: Any, case: Tower) -> Sides:
    """However the layers are padded, a unit answers to no place outside the interval of its
    receptive field."""
    seen = answers(cnn, case)
    return seen, at_most(interval(receptive_field(case.windows), *seen.shape))


@law("receptive.reaches-its-ends", cases=towers())
def reaches_its_ends(cnn: Any, case: Tower) -> Sides:
    """Without padding and with positive kernels, a unit answers to the first and to the last place
    of its interval."""
    seen, field = answers(cnn, case), receptive_field(case.windows)
    return ends(seen), np.array([field.interval(j) for j in range(len(seen))])


def ends(seen: Array) -> Array:
    """The first and the last place that each unit answers to, (units, 2)."""
    places = np.arange(seen.shape[1])
    first, last = np.where(seen, places, places[-1]), np.where(seen, places, 0)
    return np.stack([first.min(axis=1), last.max(axis=1)], axis=1)


@law("receptive.size-adds-up", cases=towers())
def size_adds_up(cnn: Any, case: Tower) -> Sides:
    """Without padding, a field is 1 place long, from the first that is seen to the last, and for
    each layer longer by (k - 1) d times all strides below it."""
    size = 1
    for layer, look in enumerate(case.windows):
        below = prod(under.stride for under in case.windows[:layer])
        size += (look.kernel - 1) * look.dilation * below
    widths = np.diff(ends(answers(cnn, case))) + 1
    return widths, np.full(widths.shape, size)


@law("receptive.jumps-by-all-strides", cases=towers(units=2))
def jumps_by_all_strides(cnn: Any, case: Tower) -> Sides:
    """Without padding, the fields of neighbouring units are as many places apart as the strides of
    all layers multiply to."""
    steps = np.diff(ends(answers(cnn, case)), axis=0)
    return steps, np.full(steps.shape, prod(look.stride for look in case.windows))


@law("receptive.padding-moves-it", cases=towers(padded="any"))
def padding_moves_it(cnn: Any, case: Tower) -> Sides:
    """Padding makes no field larger, but begins it earlier: by the places before each layer, times
    the strides below; where no padding is read, both ends are seen."""
    unit = next(j for j in count() if in_view(case, j)[0] >= 0)
    wide = replace(case, x=np.zeros((1, 1, in_view(case, unit)[1] + 1)))
    strides = [look.stride for look in case.windows]
    jumps = [prod(strides[:layer]) for layer in range(len(strides) + 1)]
    early = sum(look.before * jump for look, jump in zip(case.windows, jumps, strict=False))
    first = unit * jumps[-1] - early
    last = first + receptive_field(case.windows).size - 1
    return ends(answers(cnn, wide))[unit], np.array([first, last])


def in_view(case: Tower, unit: int) -> tuple[int, int]:
    """The input places that a unit sees from end to end; from -1 if padding is read on the way."""
    first = last = unit
    for look in reversed(case.windows):
        first = first * look.stride - look.before
        last = last * look.stride - look.before + look.span - 1
        if first < 0:
            return -1, last
    return first, last


@law("receptive.composes", cases=towers(4))
def receptive_field_composes(cnn: Any, case: Tower) -> Sides:
    """Without padding, layers of size q on layers of size r and jump j see r + (q - 1) j places."""
    cut = len(case.windows) // 2
    below, above = receptive_field(case.windows[:cut]), receptive_field(case.windows[cut:])
    widths = np.diff(ends(answers(cnn, case))) + 1
    return widths, np.full(widths.shape, below.size + (above.size - 1) * below.jump)


@law("receptive.one-by-one-adds-nothing", cases=moved(towers(2, padded="any"), 2))
def one_by_one_adds_nothing(cnn: Any, case: Moved[Tower]) -> Sides:
    """A 1x1 layer at stride 1, put on or between others, changes no receptive field."""
    tower, at = case.case, min(case.by, len(case.case.windows))
    pools = tower.pools and (*tower.pools[:at], False, *tower.pools[at:])
    longer = replace(
        tower,
        windows=(*tower.windows[:at], Window(1), *tower.windows[at:]),
        weights=(*tower.weights[:at], np.ones((1, 1, 1)), *tower.weights[at:]),
        pools=pools,
    )
    return answers(cnn, longer), answers(cnn, tower)


@law("receptive.has-no-holes-at-small-jumps", cases=towers(padded="first", holes=False))
def has_no_holes_at_small_jumps(cnn: Any, case: Tower) -> Sides:
    """With positive kernels, taps nowhere further apart than the field below is wide, and only the
    input padded, a unit answers to all places of its interval that lie in the input."""
    seen = answers(cnn, case)
    return seen, interval(receptive_field(case.windows), *seen.shape)


@law("receptive.weights-only-hide", cases=towers(padded="any", pooled=False, positive=False))
def weights_only_hide(cnn: Any, case: Tower) -> Sides:
    """Whatever the weights, zeros and negative ones too, with rectifiers between the layers, a unit
    answers to no place that it is not connected to."""

    def network(x: Array) -> Array:
        for look, w in zip(case.windows, case.weights, strict=True):
            layer = Tower(x, (look,), (w,))
            x = np.maximum(layer.on(cnn, x), 0)
        return x

    each = case.x + np.eye(case.n)[:, np.newaxis]
    return (network(each) != network(case.x))[:, 0].T, at_most(traced(case))


def paths(cnn: Any, layers: int, k: int) -> Any:
    """In how many ways each place of its receptive field reaches a unit of layers of k ones."""
    size = layers * (k - 1) + 1
    y = np.eye(size)[:, np.newaxis]
    for _ in range(layers):
        y = cnn.conv(y, np.ones((1, 1, k)))
    return y.ravel()


@law("receptive.effect-is-a-repeated-convolution", cases=pairs(1))
def effect_is_a_repeated_convolution(cnn: Any, case: Pair) -> Sides:
    """Through L layers of k ones, places reach a unit in as many ways as the convolution of L
    kernels of k ones says."""
    layers, k = 1 + case.x.size % 4, case.w.size
    kernels = [np.ones(k)] * (layers - 1)
    return paths(cnn, layers, k), reduce(cnn.convolve, kernels, np.ones(k))


@law("receptive.effect-of-two-taps-is-binomial", cases=pairs(1))
def effect_of_two_taps_is_binomial(cnn: Any, case: Pair) -> Sides:
    """Through L layers of two ones, place i reaches a unit in as many ways as i out of L can be
    chosen."""
    layers = case.x.size
    return paths(cnn, layers, 2), np.array([comb(layers, i) for i in range(layers + 1)])


@law("receptive.effect-widens-like-a-root", cases=pairs(1))
def effect_widens_like_a_root(cnn: Any, case: Pair) -> Sides:
    """Through L layers of k ones, the ways in which places reach a unit have the variance
    L (k^2 - 1) / 12: they spread with the root of L, while the field grows with L."""
    layers, k = 1 + case.x.size % 4, case.w.size
    ways = paths(cnn, layers, k)
    places = np.arange(len(ways))
    total, first, second = (np.sum(ways * places**power) for power in (0, 1, 2))
    return 12 * (total * second - first**2), np.array(layers * (k**2 - 1) * total**2)


def stack(n: int, *windows: Window) -> Tower:
    """Layers of ones on an input of n places."""
    return Tower(row(*[0] * n), windows, tuple(np.ones((1, 1, look.kernel)) for look in windows))


@refuted(
    "receptive.has-no-holes",
    case=stack(3, Window(1, 2), Window(2)),
    cases=towers(pooled=False),
    needs=["conv.stride"],
)
def has_no_holes(cnn: Any, case: Tower) -> Sides:
    """Whatever the strides, a unit answers to every place of its interval."""
    seen = answers(cnn, case)
    return seen, interval(receptive_field(case.windows), *seen.shape)


@refuted(
    "receptive.inner-padding-hides-nothing",
    case=stack(2, Window(2), Window(1, after=1)),
    cases=towers(2, padded="any", holes=False, pooled=False),
    needs=["conv.padding"],
)
def inner_padding_hides_nothing(cnn: Any, case: Tower) -> Sides:
    """If taps are nowhere too far apart, a unit answers to all places of its interval that lie in
    the input, however the layers are padded."""
    seen = answers(cnn, case)
    return seen, interval(receptive_field(case.windows), *seen.shape)


@refuted(
    "receptive.all-places-count-alike",
    case=stack(3, Window(2), Window(2)),
    cases=towers(2, pooled=False),
)
def all_places_count_alike(cnn: Any, case: Tower) -> Sides:
    """With kernels of ones, every place of its field reaches a unit in equally many ways."""
    ones = replace(case, weights=tuple(np.ones_like(w) for w in case.weights))
    ways = ones.on(cnn, np.eye(case.n)[:, np.newaxis])[:, 0, 0]
    return ways, np.where(ways > 0, ways.max(), 0)

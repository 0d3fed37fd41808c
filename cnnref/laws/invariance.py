"""Laws of pooling across channels, and of the invariance that it gives."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import ChannelCase, ConvCase, PoolCase, Shuffled, Twins
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import reordered
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, refusal
from cnnref.laws.strategies import channel_pools, plain_convs, pools, shuffled, twins


@law("channel-pool.is-its-definition", cases=channel_pools())
def channel_pool_is_its_definition(cnn: Any, case: ChannelCase) -> Sides:
    """`channel_max_pool` gives the numbers of its definition, for every group of channels."""
    return case.on(cnn.channel_max_pool), case.on(literal.channel_max_pool)


def in_groups(case: ChannelCase) -> Array:
    """The channels group by group, (N, C / q, q, *n)."""
    return case.x.reshape(len(case.x), -1, case.size, *case.x.shape[2:])


@law("channel-pool.takes-neighbours", cases=channel_pools())
def takes_neighbours(cnn: Any, case: ChannelCase) -> Sides:
    """A group is q channels that follow each other, and its output is the largest of them."""
    return case.on(cnn.channel_max_pool), in_groups(case).max(axis=2)


@law("channel-pool.ignores-order-in-a-group", cases=channel_pools())
def ignores_order_in_a_group(cnn: Any, case: ChannelCase) -> Sides:
    """Within a group the order of channels does not matter, not even where it differs by place."""
    mixed = np.sort(in_groups(case), axis=2).reshape(case.x.shape)
    return replace(case, x=mixed).on(cnn.channel_max_pool), case.on(cnn.channel_max_pool)


@law("channel-pool.one-by-one-does-nothing", cases=channel_pools())
def one_by_one_does_nothing(cnn: Any, case: ChannelCase) -> Sides:
    """Groups of one channel leave the input as it is."""
    return replace(case, size=1).on(cnn.channel_max_pool), case.x


@law("channel-pool.all-are-one-group", cases=channel_pools())
def all_are_one_group(cnn: Any, case: ChannelCase) -> Sides:
    """A single group of all channels is their maximum, place by place."""
    whole = replace(case, size=case.x.shape[1])
    return whole.on(cnn.channel_max_pool), case.x.max(axis=1, keepdims=True)


@law("channel-pool.groups-are-alone", cases=channel_pools())
def groups_are_alone(cnn: Any, case: ChannelCase) -> Sides:
    """An output channel depends on its own group alone."""
    groups = np.split(case.x, case.x.shape[1] // case.size, axis=1)
    alone = [replace(case, x=group).on(cnn.channel_max_pool) for group in groups]
    return case.on(cnn.channel_max_pool), np.concatenate(alone, axis=1)


@law("channel-pool.places-are-alone", cases=shuffled(channel_pools()))
def places_are_alone(cnn: Any, case: Shuffled[ChannelCase]) -> Sides:
    """Putting the places into another order puts the pooled channels into that order."""
    mixed = replace(case.case, x=reordered(case.case.x, case.order))
    return mixed.on(cnn.channel_max_pool), reordered(case.case.on(cnn.channel_max_pool), case.order)


@law("channel-pool.composes", cases=channel_pools())
def channel_pool_composes(cnn: Any, case: ChannelCase) -> Sides:
    """Pooling groups of q channels, and then groups of p of those, is pooling groups of p q."""
    groups = case.x.shape[1] // case.size
    twice = cnn.channel_max_pool(case.on(cnn.channel_max_pool), groups)
    return twice, replace(case, size=case.size * groups).on(cnn.channel_max_pool)


def opposed(x: Array) -> Array:
    """Every channel followed by its negative."""
    return np.stack([x, -x], axis=2).reshape(len(x), -1, *x.shape[2:])


@law("channel-pool.commutes-with-pooling", cases=pools(1, 2))
def commutes_with_pooling(cnn: Any, case: PoolCase) -> Sides:
    """Whether channels or places are pooled first does not matter: a maximum is a maximum."""
    case = replace(case, x=opposed(case.x))
    across = replace(case, x=cnn.channel_max_pool(case.x, 2))
    return across.on(cnn.max_pool), cnn.channel_max_pool(case.on(cnn.max_pool), 2)


@law("channel-pool.of-maxima", cases=twins(channel_pools()))
def channel_pool_of_maxima(cnn: Any, case: Twins[ChannelCase]) -> Sides:
    """Pooling the channels of a maximum of two inputs is the maximum of the two pooled inputs."""
    first, second = case.first, case.second
    both = replace(first, x=np.maximum(first.x, second.x)).on(cnn.channel_max_pool)
    return both, np.maximum(first.on(cnn.channel_max_pool), second.on(cnn.channel_max_pool))


@law("channel-pool.commutes-with-growth", cases=channel_pools())
def channel_pool_commutes_with_growth(cnn: Any, case: ChannelCase) -> Sides:
    """Rectifying before pooling across channels is rectifying after it, for it never falls."""
    rectified = replace(case, x=cnn.relu(case.x)).on(cnn.channel_max_pool)
    return rectified, cnn.relu(case.on(cnn.channel_max_pool))


@law("channel-pool.nan-wins", cases=channel_pools())
def channel_pool_nan_wins(cnn: Any, case: ChannelCase) -> Sides:
    """A NaN in any channel is the maximum of its group at its place, and of no other."""
    x = np.where(case.x == case.x.flat[0], np.nan, case.x)
    spoilt = replace(case, x=x)
    return np.isnan(spoilt.on(cnn.channel_max_pool)), np.isnan(in_groups(spoilt)).any(axis=2)


@law("channel-pool.refuses-a-rest", cases=channel_pools())
def refuses_a_rest(cnn: Any, case: ChannelCase) -> Sides:
    """Channels that cannot be put into groups without a rest are refused."""
    odd = np.concatenate([case.x, case.x, case.x[:, :1]], axis=1)
    return lambda: cnn.channel_max_pool(odd, 2), refusal(ValueError)


@law("channel-pool.refuses-large-groups", cases=channel_pools())
def refuses_large_groups(cnn: Any, case: ChannelCase) -> Sides:
    """A group of more channels than there are is refused."""
    large = replace(case, size=case.x.shape[1] + 1)
    return lambda: large.on(cnn.channel_max_pool), refusal(ValueError)


def quarter_turns(w: Array) -> Array:
    """Square kernels (F, C, k, k), each followed by its three other quarter turns."""
    turns = np.stack([np.rot90(w, turn, (2, 3)) for turn in range(4)], axis=1)
    return turns.reshape(-1, *w.shape[1:])


def squared(case: ConvCase) -> ConvCase:
    """The layer with as much of its kernels as is square."""
    k = min(case.w.shape[2:])
    return replace(case, w=case.w[:, :, :k, :k])


def response(cnn: Any, case: ConvCase) -> Any:
    """For each kernel, the best response of its four quarter turns."""
    return cnn.channel_max_pool(cnn.conv(case.x, quarter_turns(case.w)), 4)


@law("invariance.quarter-turns", cases=plain_convs(2, padding="valid"))
def responds_to_quarter_turns(cnn: Any, case: ConvCase) -> Sides:
    """With all quarter turns of a square kernel in one group, and without padding, a turned image
    gets the turned response."""
    case = squared(case)
    turned = replace(case, x=np.rot90(case.x, axes=(2, 3)))
    return response(cnn, turned), np.rot90(response(cnn, case), axes=(2, 3))


@law("invariance.forgets-the-turn", cases=plain_convs(2, padding="valid"))
def forgets_the_turn(cnn: Any, case: ConvCase) -> Sides:
    """With all quarter turns of a square kernel in one group, the best response over all places is
    the same for every quarter turn of the image."""
    case = squared(case)
    answers = []
    for turn in range(4):
        y = response(cnn, replace(case, x=np.rot90(case.x, turn, (2, 3))))
        answers.append(PoolCase(y, y.shape[2:]).on(cnn.max_pool))
    return np.stack(answers), np.stack([answers[0]] * 4)


@refuted(
    "invariance.one-kernel-turns",
    case=ConvCase(np.array([[[[1.0, 0.0], [0.0, 0.0]]]]), np.array([[[[1.0, 0.0], [0.0, 0.0]]]])),
    cases=plain_convs(2, padding="valid"),
)
def one_kernel_turns(cnn: Any, case: ConvCase) -> Sides:
    """Any layer with square kernels, and without padding, turns its output with the image."""
    case = squared(case)
    turned = cnn.conv(np.rot90(case.x, axes=(2, 3)), case.w)
    return turned, np.rot90(cnn.conv(case.x, case.w), axes=(2, 3))


@refuted(
    "channel-pool.ignores-all-order",
    case=ChannelCase(np.array([[[0.0], [1.0]]]), 1),
    cases=channel_pools(1),
)
def ignores_all_order(cnn: Any, case: ChannelCase) -> Sides:
    """Pooling across channels does not depend on the order of the channels."""
    return replace(case, x=case.x[:, ::-1]).on(cnn.channel_max_pool), case.on(cnn.channel_max_pool)

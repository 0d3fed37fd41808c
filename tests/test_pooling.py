"""Pooling where it is easily got wrong: places of no value, ties, infinities, no spatial axes."""

import numpy as np

from cnnref import channel_max_pool, channel_max_pool_grad, max_unpool


def test_unpooling_leaves_out_what_has_no_place() -> None:
    assert max_unpool([[[5, 6, 7]]], [[[-1, 2, 0]]], 3).tolist() == [[[7, 0, 6]]]
    assert max_unpool([[[5]]], [[[0]]], (1,)).tolist() == [[[5]]]
    assert max_unpool([[[5]]], [[[-1]]], (1,)).tolist() == [[[0]]]


def test_of_several_values_for_one_place_the_last_stands() -> None:
    assert max_unpool([[[5, 6, 7]]], [[[1, 1, 0]]], 2).tolist() == [[[7, 6]]]


def test_each_item_and_channel_is_unpooled_into_its_own_places() -> None:
    y = np.arange(1, 9).reshape(2, 2, 2)
    expected = [[[0, 1, 2], [0, 3, 4]], [[0, 5, 6], [0, 7, 8]]]
    assert max_unpool(y, np.broadcast_to([1, 2], y.shape), 3).tolist() == expected


def test_channels_are_pooled_without_spatial_axes_too() -> None:
    x = [[1, 2, 4, 3], [8, 7, 5, 6]]
    assert channel_max_pool(x, 2).tolist() == [[2, 4], [8, 6]]
    dx = channel_max_pool_grad(x, [[1, 2], [3, 4]], 2)
    assert dx.tolist() == [[0, 1, 2, 0], [3, 0, 0, 4]]

"""Pooling and scores where they are easily got wrong: nothing to take, ties, infinities, NaN."""

import numpy as np

from cnnref import (
    channel_max_pool,
    channel_max_pool_grad,
    max_pool_indices,
    max_unpool,
    softmax_cross_entropy,
)


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


def test_the_place_of_a_maximum_is_the_first_real_one_whatever_ties_with_the_padding() -> None:
    low = -np.inf
    padded = max_pool_indices([[[low, low, 3, 3]]], 2, stride=1, padding=1)
    assert padded.tolist() == [[[0, 0, 2, 2, 3]]]
    assert max_pool_indices([[[1.0, 2.0]]], 1, padding=1).tolist() == [[[-1, 0, 1, -1]]]


def test_not_a_number_is_larger_than_any() -> None:
    x = [[[1, np.nan, 2, np.nan, np.inf]]]
    assert max_pool_indices(x, 5).tolist() == [[[1]]]
    assert max_pool_indices(x, 2, stride=1, padding=1).tolist() == [[[0, 1, 1, 3, 3, 4]]]


def test_places_count_along_the_last_axis_first_and_begin_anew_for_each_item_and_channel() -> None:
    x = np.zeros((2, 2, 3, 4))
    x[:, :, 1, 2] = 1
    assert max_pool_indices(x, (3, 4)).tolist() == [[[[6]], [[6]]]] * 2


def test_scores_too_large_for_an_exponential_still_have_a_finite_loss() -> None:
    loss, dz = softmax_cross_entropy([[1000, 0], [0, -1000]], [1, 0])
    assert loss == 500
    assert dz.tolist() == [[0.5, -0.5], [0, 0]]

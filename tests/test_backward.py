"""Gradients as they are computed fast: by phases, blocks and winners, equal to the definition."""

from typing import Any

import numpy as np
import pytest

from cnnref import fast, literal
from cnnref.fast.algorithms.backward import APART, PLACES

Layer = tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]
Pool = tuple[np.ndarray, np.ndarray, tuple[int, ...], dict[str, Any]]
STEPS = ("stride", "dilation")
ODD = [np.nan, np.inf, -np.inf]


def spatial(rng: np.random.Generator) -> tuple[tuple[int, ...], dict[str, Any]]:
    """A size, and a stride, a dilation and a padding of as many axes, of any size beside it."""
    rank = int(rng.integers(1, 4))
    n = tuple(rng.integers(1, (16, 10, 6)[rank - 1], rank).tolist())
    options: dict[str, Any] = {name: tuple(rng.integers(1, 5, rank).tolist()) for name in STEPS}
    options["padding"] = [tuple(rng.integers(0, 6, 2).tolist()) for _ in range(rank)]
    if rng.random() < 0.3:
        options["padding"] = str(rng.choice(["valid", "same", "same_lower", "full"]))
    return n, options


def layers(seed: int, count: int) -> list[Layer]:
    """x, w, dy and options of so many layers on small integers."""
    rng = np.random.default_rng(seed)
    found: list[Layer] = []
    while len(found) < count:
        n, options = spatial(rng)
        groups = int(rng.integers(1, 4))
        k = rng.integers(1, 6, len(n))
        x = rng.integers(-9, 10, (rng.integers(1, 3), groups * rng.integers(1, 3), *n))
        w = rng.integers(-9, 10, (groups * rng.integers(1, 3), x.shape[1] // groups, *k))
        try:
            y = literal.conv(x, w, groups=groups, **options)
        except ValueError:  # it does not fit
            continue
        dy = rng.integers(-9, 10, y.shape)
        found.append((x, w, dy, {"groups": groups, **options}))
    return found


def sprinkled(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    """The same with some entries that are not finite."""
    a = a.astype(float)
    a.flat[rng.integers(a.size, size=2)] = rng.choice(ODD, 2)
    return a


def test_what_comes_back_to_the_input_is_exact_on_integers() -> None:
    for x, w, dy, options in layers(0, 250):
        given = {"output_size": x.shape[2:], **options}
        expected = literal.conv_transpose(dy, w, **given)
        np.testing.assert_array_equal(fast.conv_transpose(dy, w, **given), expected)


@pytest.mark.parametrize("which", ["y", "w"])
def test_what_is_not_finite_comes_back_where_a_kernel_lay(which: str) -> None:
    rng = np.random.default_rng(1)
    for x, w, dy, options in layers(1, 150):
        given = {"output_size": x.shape[2:], **options}
        y, kernels = (sprinkled(rng, dy), w) if which == "y" else (dy, sprinkled(rng, w))
        expected = literal.conv_transpose(y, kernels, **given)
        np.testing.assert_array_equal(fast.conv_transpose(y, kernels, **given), expected)


def test_what_comes_back_to_the_weights_is_exact_on_integers() -> None:
    for x, w, dy, options in layers(2, 250):
        given = {"kernel_size": w.shape[2:], **options}
        expected = literal.conv_weight_grad(x, dy, **given)
        np.testing.assert_array_equal(fast.conv_weight_grad(x, dy, **given), expected)


@pytest.mark.parametrize("which", ["x", "dy"])
def test_what_is_not_finite_comes_back_to_the_weights_that_met_it(which: str) -> None:
    rng = np.random.default_rng(3)
    for x, w, dy, options in layers(3, 150):
        given = {"kernel_size": w.shape[2:], **options}
        seen, back = (sprinkled(rng, x), dy) if which == "x" else (x, sprinkled(rng, dy))
        expected = literal.conv_weight_grad(seen, back, **given)
        np.testing.assert_array_equal(fast.conv_weight_grad(seen, back, **given), expected)


@pytest.mark.parametrize(
    ("images", "groups", "side"),
    [
        (3, 1, 40),  # parts of an image
        (9, 2, 12),  # images that lie together, in blocks
        (4, 1, 20),  # images apart
        (2, 6, 9),  # one channel in each group
    ],
)
def test_blocks_of_places_add_up_to_all(images: int, groups: int, side: int) -> None:
    assert (side < 16) == ((side - 2) ** 2 < APART)
    assert 3 * 38**2 > PLACES < 9 * 10**2 + 256 < 38**2
    rng = np.random.default_rng(4)
    x = rng.integers(-9, 10, (images, 6, side, side))
    dy = rng.integers(-9, 10, (images, 6, side - 2, side - 2))
    expected = literal.conv_weight_grad(x, dy, kernel_size=3, groups=groups)
    np.testing.assert_array_equal(
        fast.conv_weight_grad(x, dy, kernel_size=3, groups=groups), expected
    )


def test_with_one_channel_in_each_group_no_weight_meets_what_lies_behind_the_row() -> None:
    x, dy = np.ones((2, 3, 4, 4)), np.ones((2, 3, 3, 3))
    x[1, 1, 2, 0] = np.nan
    dw = fast.conv_weight_grad(x, dy, kernel_size=2, groups=3)
    assert np.argwhere(np.isnan(dw)).tolist() == [[1, 0, 0, 0], [1, 0, 1, 0]]


def test_a_recurrent_layer_goes_back_exactly_on_integers_too() -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(-3, 4, (2, 40, 16, 16))
    u, v, w = rng.integers(-1, 2, (3, 40, 40, 3, 3))
    dy = rng.integers(-1, 2, (2, *x.shape))
    dx, du, *_ = fast.recurrent_conv_grad(x, u, v, w, dy, steps=2, activation="identity")
    np.testing.assert_array_equal(dx, np.rint(dx))
    np.testing.assert_array_equal(du, np.rint(du))


def pools(seed: int, count: int) -> list[Pool]:
    """x, dy, kernel size and options of so many pools: many ties, and what is not finite."""
    rng = np.random.default_rng(seed)
    found: list[Pool] = []
    while len(found) < count:
        n, options = spatial(rng)
        options["ceil_mode"] = bool(rng.random() < 0.4)
        k = tuple(rng.integers(1, 6, len(n)).tolist())
        x = rng.integers(-2, 3, (rng.integers(1, 3), rng.integers(1, 3), *n)).astype(float)
        for value in ODD:
            x[rng.random(x.shape) < rng.choice([0, 0, 0.05, 0.5])] = value
        try:
            m = literal.max_pool(x, k, **options).shape
        except ValueError:
            continue
        found.append((x, rng.integers(-9, 10, m), k, options))
    return found


def test_the_first_largest_entry_wins_whatever_its_window() -> None:
    for x, _, k, options in pools(6, 400):
        expected = literal.max_pool_indices(x, k, **options)
        np.testing.assert_array_equal(fast.max_pool_indices(x, k, **options), expected)


def test_the_winner_takes_the_gradient() -> None:
    rng = np.random.default_rng(7)
    for x, dy, k, options in pools(7, 300):
        for given in (dy, sprinkled(rng, dy)):
            expected = literal.max_pool_grad(x, given, k, **options)
            np.testing.assert_array_equal(fast.max_pool_grad(x, given, k, **options), expected)


@pytest.mark.parametrize("include", [False, True])
def test_all_that_are_averaged_share_the_gradient(include: bool) -> None:
    rng = np.random.default_rng(8)
    for x, dy, k, options in pools(8, 300):
        given = {"count_include_pad": include, **options}
        for back in (dy.astype(float), sprinkled(rng, dy)):
            try:
                expected = literal.avg_pool_grad(x.shape, back, k, **given)
            except ValueError:  # a window with nothing to average
                continue
            y = fast.avg_pool_grad(x.shape, back, k, **given)
            np.testing.assert_allclose(y, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("k", [5, 300])
def test_large_windows_over_many_planes_and_places(k: int) -> None:
    x = np.random.default_rng(9).integers(0, 50, (2, 90, 700)).astype(np.float32)
    options: dict[str, Any] = {"stride": 1, "padding": "same"}
    y, where = fast.max_pool(x, k, **options), fast.max_pool_indices(x, k, **options)
    np.testing.assert_array_equal(np.take_along_axis(x, where, axis=2), y)
    np.testing.assert_array_equal(where, literal.max_pool_indices(x, k, **options))

"""Local and tiled layers in blocks of any size: of places, of images taken together."""

import tracemalloc
from functools import partial
from typing import Any

import numpy as np
import pytest

from cnnref import fast, literal, windows
from cnnref.fast import placed
from cnnref.fast.algorithms.task import CACHE

LAYERS = ("locally_connected", "tiled_conv")
BLOCKS = [(1, 1 << 20, 1), (200, 1 << 20, 2), (1 << 21, 600, 1), (1 << 21, 1 << 20, 8)]
"""Bytes of the columns of a block, of those of images taken together, and the fewest of these."""


def drawn(rng: np.random.Generator, name: str) -> tuple[list[np.ndarray], dict[str, Any]]:
    """Input, weights and output gradient in whole numbers, with any options."""
    rank = int(rng.integers(1, 4))
    options: dict[str, Any] = {
        "stride": tuple(rng.integers(1, 4, rank).tolist()),
        "padding": [tuple(rng.integers(0, 3, 2).tolist()) for _ in range(rank)],
        "dilation": tuple(rng.integers(1, 3, rank).tolist()),
    }
    n, k = rng.integers(5, 8, rank).tolist(), rng.integers(1, 4, rank).tolist()
    images, inputs, outputs = rng.integers(1, 4, 3).tolist()
    looks = windows(n, k, **options)
    m = [look.places(size) for look, size in zip(looks, n, strict=True)]
    tile = rng.integers(1, 5, rank).tolist() if name == "tiled_conv" else m
    shapes = [(images, inputs, *n), (*tile, outputs, inputs, *k), (images, outputs, *m)]
    return [rng.integers(-9, 10, shape) for shape in shapes], options


@pytest.fixture(params=BLOCKS, ids=str)
def blocked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of other sizes."""
    most, near, few = request.param
    monkeypatch.setattr(placed, "CACHE", most)
    monkeypatch.setattr(placed, "NEAR", near)
    monkeypatch.setattr(placed, "FEW", few)
    monkeypatch.setattr(placed, "SMALL", 0)


@pytest.mark.usefixtures("blocked")
@pytest.mark.parametrize("name", LAYERS)
def test_blocks_change_nothing(name: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(25):
        (x, w, dy), options = drawn(rng, name)
        forward, backward = (
            [getattr(one, op) for one in (fast, literal)] for op in (name, f"{name}_grad")
        )
        y, expected = (layer(x, w, **options) for layer in forward)
        np.testing.assert_array_equal(y, expected)
        both, wanted = (gradients(x, w, dy, **options) for gradients in backward)
        for given, right in zip(both, wanted, strict=True):
            np.testing.assert_array_equal(given, right)


@pytest.mark.usefixtures("blocked")
@pytest.mark.parametrize("name", LAYERS)
def test_nan_and_infinities_stay_where_the_definition_puts_them(name: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        whole, options = drawn(rng, name)
        x, w, dy = (one.astype(float) for one in whole)
        for one in (x, w, dy):
            one.flat[rng.integers(one.size, size=2)] = rng.choice([np.nan, np.inf, -np.inf, 0], 2)
        results, right = (
            [
                getattr(one, name)(x, w, **options),
                *getattr(one, f"{name}_grad")(x, w, dy, **options),
            ]
            for one in (fast, literal)
        )
        for given, wanted in zip(results, right, strict=True):
            np.testing.assert_array_equal(given, wanted)


@pytest.mark.parametrize(
    ("name", "images", "n"),
    [("locally_connected", 64, 60), ("tiled_conv", 64, 60), ("tiled_conv", 1, 600)],
)
def test_all_windows_are_never_written_out_at_a_time(name: str, images: int, n: int) -> None:
    m = n - 6
    tile = (m, m) if name == "locally_connected" else (2, 2)
    shapes = [(images, 4, n, n), (*tile, 2, 4, 7, 7), (images, 2, m, m)]
    x, w, dy = (np.ones(shape, np.float32) for shape in shapes)
    most = 2 * (x.nbytes + w.nbytes + dy.nbytes) + 4 * CACHE
    assert images * 4 * 7**2 * m**2 * x.itemsize > 4 * most
    for call in (getattr(fast, name), partial(getattr(fast, f"{name}_grad"), dy=dy)):
        tracemalloc.start()
        call(x, w)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < most

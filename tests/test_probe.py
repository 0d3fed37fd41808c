"""Probing: what an experiment on a function finds, and what it cannot."""

from collections.abc import Callable

import numpy as np
import pytest

from cnnref import Conv, Flatten, MaxPool, ReLU, Sequential, conv, probe, relu

Array = np.ndarray


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x,
        lambda x: -x,
        lambda x: relu(x - 100),
        lambda x: relu(-x - 100),
        lambda x: x[:, 1:2],
        lambda x: x * [[[0], [1e-3]]],
    ],
    ids=["itself", "negative", "far above", "far below", "one channel", "hardly"],
)
def test_a_dependence_is_found_wherever_it_shows(f: Callable[[Array], Array]) -> None:
    np.testing.assert_array_equal(probe(f, (2, 3)), np.eye(3, dtype=bool))


def test_what_does_not_depend_is_not_found() -> None:
    assert not probe(lambda x: np.zeros_like(x), (1, 3)).any()
    assert not probe(lambda x: relu(x - 2.0**30), (1, 3)).any()


def test_images_are_probed_place_by_place() -> None:
    seen = probe(lambda x: conv(x, [[[[1, 0], [0, 1]]]]), (1, 3, 2))
    assert seen.shape == (2, 1, 3, 2)
    np.testing.assert_array_equal(seen[1, 0], [[0, 0], [1, 0], [0, 1]])


def test_a_network_without_places_at_its_end_is_probed_as_a_whole() -> None:
    net = Sequential((Conv(2, 2, stride=2), ReLU(), MaxPool(2), Flatten()))
    params = net.init(np.random.default_rng(0), (1, 5))
    params = ((np.ones((2, 1, 2)), np.zeros(2)), *params[1:])
    seen = probe(lambda x: net.forward(params, x), (1, 5))
    np.testing.assert_array_equal(seen, [1, 1, 1, 1, 0])


def test_probing_twice_finds_the_same() -> None:
    def uneven(x: Array) -> Array:
        return relu(x[..., :-1] - x[..., 1:])

    np.testing.assert_array_equal(probe(uneven, (1, 6)), probe(uneven, (1, 6)))

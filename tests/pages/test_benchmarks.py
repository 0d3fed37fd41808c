"""The layers that are timed are calls, each with a name of its own."""

import numpy as np
import pytest

import cnnref
from benchmarks.bench import compared, measured
from benchmarks.shapes import HELD_OUT, SHAPES, TUNED, Shape


def test_there_are_seventeen_shapes_and_ten_more_that_nothing_was_tuned_on() -> None:
    assert len(TUNED) == 17
    assert len(HELD_OUT) >= 10
    assert len(SHAPES) == len(TUNED) + len(HELD_OUT)  # no name twice
    assert [shape.held_out for shape in SHAPES.values()] == [False] * 17 + [True] * len(HELD_OUT)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_a_layer(name: str) -> None:
    shape = SHAPES[name]
    assert shape.x[1] == shape.w[1] * shape.groups
    w = np.zeros(shape.w, np.float32)
    y = cnnref.conv(np.zeros((0, *shape.x[1:]), np.float32), w, **shape.options)
    assert y.shape[:2] == (0, shape.w[0])


def test_a_shape_is_measured_in_every_way_that_takes_it() -> None:
    tiny = Shape("tiny", (1, 2, 6, 6), (3, 2, 3, 3), stride=2)
    row = measured(tiny, "float32", rounds=2, least=0)
    assert {"auto", "im2col"} <= row["ways"].keys()
    assert "winograd2" not in row["ways"]  # it has no stride
    assert all(way["min"] <= way["median"] for way in row["ways"].values())


def test_a_wrong_result_is_refused() -> None:
    exact = np.ones((1, 1, 4, 4))
    planted = exact.copy()
    planted[0, 0, 3, 3] += 1e-3
    assert compared(exact, {"right": exact.copy}, 1e-4) == {"right": 0}
    with pytest.raises(AssertionError, match="planted"):
        compared(exact, {"right": exact.copy, "planted": planted.copy}, 1e-4)
    with pytest.raises(AssertionError, match="empty"):
        compared(exact, {"empty": (exact * np.nan).copy}, 1e-4)

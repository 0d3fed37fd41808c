"""The layers that are timed are calls, each with a name of its own."""

import numpy as np
import pytest

import cnnref
from benchmarks.shapes import HELD_OUT, SHAPES, TUNED


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

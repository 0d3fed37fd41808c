"""The algorithms multiply as often as their costs and the page say: products are counted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnnref import conv
from cnnref.fast.algorithms import ALGORITHMS, Task
from cnnref.window import windows


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Task], list[int]]:
    """How many multiplications each matrix product of an algorithm does, called by `np.matmul`."""
    matmul, counts = np.matmul, list[int]()

    def counting(a: Any, b: Any, *rest: Any, **options: Any) -> Any:
        y = matmul(a, b, *rest, **options)
        counts.append(y.size * np.shape(a)[-1])
        return y

    def run(name: str, task: Task) -> list[int]:
        counts.clear()
        monkeypatch.setattr(np, "matmul", counting)
        y = ALGORITHMS[name].run(task)
        monkeypatch.setattr(np, "matmul", matmul)
        expected = conv(task.x, task.w, groups=task.groups, algorithm="im2col")
        np.testing.assert_allclose(y, expected, atol=1e-9)
        return counts

    return run


def layer(images: int, inputs: int, outputs: int, n: int, k: int, groups: int = 1) -> Task:
    """A layer without padding, of random whole numbers."""
    rng = np.random.default_rng(0)
    x = rng.integers(-9, 10, (images, inputs, n, n + 1)).astype(float)
    w = rng.integers(-9, 10, (outputs, inputs // groups, k, k)).astype(float)
    return Task(x, w, windows((n, n + 1), (k, k), 1, "valid", 1), groups)


LAYERS = [layer(2, 3, 4, 7, 3), layer(1, 4, 6, 6, 3, 2), layer(3, 2, 5, 9, 4)]


@pytest.mark.parametrize("task", LAYERS, ids=["plain", "groups", "even"])
@pytest.mark.parametrize("name", ["im2col", "shifted", "width"])
def test_a_direct_algorithm_multiplies_as_often_as_the_definition(
    name: str, task: Task, counted: Callable[[str, Task], list[int]]
) -> None:
    outputs, inputs, *k = task.w.shape
    definition = len(task.x) * outputs * inputs * int(np.prod(k)) * int(np.prod(task.m))
    between = 0
    if name == "shifted":  # a tap's run goes over what lies between the ends of rows
        length = (task.m[0] - 1) * task.around[1] + task.m[1]
        between = definition // int(np.prod(task.m)) * (length - int(np.prod(task.m)))
    assert sum(counted(name, task)) == definition + between
    assert ALGORITHMS[name].cost(task).multiplies == definition + between


def test_a_kernel_of_one_tap_is_one_product(counted: Callable[[str, Task], list[int]]) -> None:
    task = layer(2, 3, 4, 6, 1)
    assert sum(counted("matmul", task)) == 2 * 4 * 3 * 6 * 7
    assert ALGORITHMS["matmul"].cost(task).multiplies == 2 * 4 * 3 * 6 * 7


@pytest.mark.parametrize(("name", "tile"), [("winograd2", 2), ("winograd4", 4)])
def test_a_tile_takes_a_product_for_each_of_its_places_and_pair_of_channels(
    name: str, tile: int, counted: Callable[[str, Task], list[int]]
) -> None:
    task = layer(2, 3, 5, 10, 3)  # 8 x 9 outputs
    tiles = 2 * (8 // tile) * -(-9 // tile)
    assert (tile + 2) ** 2 * tiles * 3 * 5 in counted(name, task)

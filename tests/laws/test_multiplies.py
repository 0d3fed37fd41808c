"""The algorithms multiply as often as their costs and the page say: products are counted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnnref import conv
from cnnref.fast.algorithms import ALGORITHMS, Task
from cnnref.window import windows


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Task], int]:
    """How many multiplications the matrix products of an algorithm do, called by `np.matmul`."""
    matmul, total = np.matmul, [0]

    def counting(a: Any, b: Any, *rest: Any, **options: Any) -> Any:
        y = matmul(a, b, *rest, **options)
        total[0] += y.size * np.shape(a)[-1]
        return y

    def run(name: str, task: Task) -> int:
        total[0] = 0
        monkeypatch.setattr(np, "matmul", counting)
        y = ALGORITHMS[name].run(task)
        monkeypatch.setattr(np, "matmul", matmul)
        expected = conv(task.x, task.w, groups=task.groups, algorithm="im2col")
        np.testing.assert_allclose(y, expected, atol=1e-9)
        return total[0]

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
    name: str, task: Task, counted: Callable[[str, Task], int]
) -> None:
    outputs, inputs, *k = task.w.shape
    definition = len(task.x) * outputs * inputs * int(np.prod(k)) * int(np.prod(task.m))
    between = 0
    if name == "shifted":  # a tap's run goes over what lies between the ends of rows
        length = (task.m[0] - 1) * task.padded[1] + task.m[1]
        between = definition // int(np.prod(task.m)) * (length - int(np.prod(task.m)))
    assert counted(name, task) == definition + between
    assert ALGORITHMS[name].cost(task).multiplies == definition + between


def test_a_kernel_of_one_tap_is_one_product(counted: Callable[[str, Task], int]) -> None:
    task = layer(2, 3, 4, 6, 1)
    assert counted("matmul", task) == 2 * 4 * 3 * 6 * 7
    assert ALGORITHMS["matmul"].cost(task).multiplies == 2 * 4 * 3 * 6 * 7

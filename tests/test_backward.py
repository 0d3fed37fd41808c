"""Back through a layer, in blocks of any size and through every phase of a stride."""

from typing import Any

import numpy as np
import pytest

from cnnref import conv_transpose, conv_weight_grad, literal
from cnnref.fast.algorithms import backward

Case = tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]


def drawn(rng: np.random.Generator) -> Case:
    """Input, weights, gradient of the output, all whole numbers, and the options of a layer."""
    rank, groups = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    k = tuple(rng.integers(1, 4, rank).tolist())
    sides = [tuple(rng.integers(0, 4, 2).tolist()) for _ in k]
    options: dict[str, Any] = {
        "stride": tuple(rng.integers(1, 5, rank).tolist()),
        "dilation": tuple(rng.integers(1, 4, rank).tolist()),
        "padding": sides,
        "groups": groups,
    }
    inputs, outputs = rng.integers(1, 4, 2).tolist()
    n = rng.integers(9, 13, rank).tolist()
    x = rng.integers(-4, 5, (rng.integers(1, 4), groups * inputs, *n))
    w = rng.integers(-4, 5, (groups * outputs, inputs, *k))
    dy = rng.integers(-4, 5, literal.conv(x, w, **options).shape)
    return x, w, dy, options


@pytest.mark.parametrize("apart", [1, 10**6])
@pytest.mark.parametrize(("places", "columns"), [(1, 1), (7, 50), (10**6, 1)])
def test_weights_get_the_same_in_blocks_of_any_size(
    places: int, columns: int, apart: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("PLACES", places), ("COLUMNS", columns), ("APART", apart), ("NEAR", 1)):
        monkeypatch.setattr(backward, name, value)
    rng = np.random.default_rng(0)
    for _ in range(25):
        x, w, dy, options = drawn(rng)
        options |= {"kernel_size": w.shape[2:]}
        dw = conv_weight_grad(x * 1.0, dy * 1.0, **options)
        np.testing.assert_array_equal(dw, literal.conv_weight_grad(x, dy, **options))


def test_every_phase_of_a_stride_is_put_back_to_its_places() -> None:
    rng = np.random.default_rng(1)
    shared = 0
    for _ in range(80):
        x, w, dy, options = drawn(rng)
        options |= {"output_size": x.shape[2:]}
        dx = conv_transpose(dy, w, **options)
        np.testing.assert_array_equal(dx, literal.conv_transpose(dy, w, **options))
        pairs = zip(options["stride"], options["dilation"], strict=True)
        shared += any(np.gcd(s, d) > 1 for s, d in pairs)
    assert shared > 10  # some phases are reached by no tap


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_not_finite_reaches_what_it_lay_on_and_no_more(value: float) -> None:
    y, w = np.ones((1, 1, 3)), np.array([[[1.0, value, 1.0]]])
    x = conv_transpose(y, w, stride=3, output_size=11)
    np.testing.assert_array_equal(x, literal.conv_transpose(y, w, stride=3, output_size=11))
    assert np.isfinite(x).sum() == 8


@pytest.mark.parametrize("groups", [1, 4])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("n", [(9,), (7, 8), (5, 4, 6)])
def test_no_images_add_nothing_to_the_weights(n: tuple[int, ...], stride: int, groups: int) -> None:
    x, options = np.zeros((0, 4, *n)), {"kernel_size": 3, "stride": stride, "groups": groups}
    m = [(size - 3) // stride + 1 for size in n]
    dw = conv_weight_grad(x, np.zeros((0, 8, *m)), **options)
    np.testing.assert_array_equal(dw, np.zeros((8, 4 // groups, *(3 for _ in n))))
    assert (
        conv_transpose(np.zeros((0, 8, *m)), dw, output_size=n, stride=stride, groups=groups).shape
        == x.shape
    )

"""PyTorch's layers and its autograd on random cases, when it is installed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnref
from tests.oracles.drawn import Layered, Pooled, layers, pools, quickly

torch = pytest.importorskip("torch", reason="PyTorch is not installed: not asked")


def tensor(array: np.ndarray, grad: bool = False) -> Any:
    return torch.tensor(array, dtype=torch.float64, requires_grad=grad)


def around(x: Any, padding: tuple[tuple[int, int], ...], value: float) -> Any:
    """The input with padding of its own on each side, which PyTorch's layers do not take."""
    sides = [side for pair in reversed(padding) for side in pair]
    return torch.nn.functional.pad(x, sides, value=value)


@quickly
@given(layers())
def test_layers_and_their_gradients_are_pytorchs(case: Layered) -> None:
    x, w, b = (tensor(array, grad=True) for array in (case.x, case.w, case.b))
    convolution = (torch.nn.functional.conv1d, torch.nn.functional.conv2d)[case.x.ndim - 3]
    theirs = convolution(
        around(x, case.padding, 0), w, b, case.stride, 0, case.dilation, case.groups
    )
    options: dict[str, Any] = {
        "stride": case.stride,
        "padding": case.padding,
        "dilation": case.dilation,
    }
    ours = cnnref.conv(case.x, case.w, case.b, groups=case.groups, **options)
    np.testing.assert_array_equal(ours, theirs.detach())

    dy = np.arange(ours.size, dtype=float).reshape(ours.shape) % 7 - 3
    theirs.backward(tensor(dy))
    dx = cnnref.conv_transpose(
        dy, case.w, output_size=case.x.shape[2:], groups=case.groups, **options
    )
    dw = cnnref.conv_weight_grad(
        case.x, dy, kernel_size=case.w.shape[2:], groups=case.groups, **options
    )
    np.testing.assert_array_equal(dx, x.grad)
    np.testing.assert_array_equal(dw, w.grad)
    np.testing.assert_array_equal(cnnref.bias_grad(dy, case.b.shape), b.grad)


@quickly
@given(pools())
def test_max_pooling_with_its_ties_is_pytorchs(case: Pooled) -> None:
    x = tensor(case.x, grad=True)
    pool = (torch.nn.functional.max_pool1d, torch.nn.functional.max_pool2d)[case.x.ndim - 3]
    theirs, where = pool(
        x, case.kernel, case.stride, case.padding, case.dilation, case.ceil, return_indices=True
    )
    options: dict[str, Any] = {
        "stride": case.stride,
        "padding": case.padding,
        "dilation": case.dilation,
        "ceil_mode": case.ceil,
    }
    ours = cnnref.max_pool(case.x, case.kernel, **options)
    np.testing.assert_array_equal(ours, theirs.detach())
    np.testing.assert_array_equal(cnnref.max_pool_indices(case.x, case.kernel, **options), where)
    dy = np.arange(ours.size, dtype=float).reshape(ours.shape) % 7 - 3
    theirs.backward(tensor(dy))
    np.testing.assert_array_equal(cnnref.max_pool_grad(case.x, dy, case.kernel, **options), x.grad)


@quickly
@given(pools(), st.booleans())
def test_average_pooling_is_pytorchs(case: Pooled, include: bool) -> None:
    x = tensor(case.x, grad=True)
    pool = (torch.nn.functional.avg_pool1d, torch.nn.functional.avg_pool2d)[case.x.ndim - 3]
    theirs = pool(x, case.kernel, case.stride, case.padding, case.ceil, include)
    options: dict[str, Any] = {
        "stride": case.stride,
        "padding": case.padding,
        "ceil_mode": case.ceil,
        "count_include_pad": include,
    }
    ours = cnnref.avg_pool(case.x, case.kernel, **options)
    np.testing.assert_allclose(ours, theirs.detach(), rtol=1e-14)
    dy = np.arange(ours.size, dtype=float).reshape(ours.shape) % 7 - 3
    theirs.backward(tensor(dy))
    grad = cnnref.avg_pool_grad(case.x.shape, dy, case.kernel, **options)
    np.testing.assert_allclose(grad, x.grad, rtol=1e-13, atol=1e-13)


@quickly
@given(layers())
def test_columns_are_pytorchs_where_it_has_them(case: Layered) -> None:
    if case.x.ndim != 4:
        case = case.square()
    padded = around(tensor(case.x), case.padding, 0)
    k = case.w.shape[2:]
    theirs = torch.nn.functional.unfold(padded, k, case.dilation, 0, case.stride)
    ours = cnnref.im2col(
        case.x, k, stride=case.stride, padding=case.padding, dilation=case.dilation
    )
    np.testing.assert_array_equal(ours, theirs)


@quickly
@given(st.integers(1, 4), st.integers(1, 5), st.data())
def test_the_loss_of_a_classifier_is_pytorchs(rows: int, classes: int, data: st.DataObject) -> None:
    scores = st.lists(st.integers(-40, 40), min_size=rows * classes, max_size=rows * classes)
    z = np.reshape(data.draw(scores), (rows, classes)) / 8
    labels = np.array(
        data.draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows))
    )
    theirs = tensor(z, grad=True)
    expected = torch.nn.functional.cross_entropy(theirs, torch.tensor(labels))
    expected.backward()
    loss, dz = cnnref.softmax_cross_entropy(z, labels)
    # a few roundings of numbers of size 1 and of the largest score
    np.testing.assert_allclose(loss, expected.item(), rtol=0, atol=1e-14)
    np.testing.assert_allclose(dz, theirs.grad, rtol=0, atol=1e-15)

"""The ways that layers have of their own in training, images innermost: (C, *n, N)."""

import math
from functools import cache
from typing import Any

import numpy as np

from cnnref import arguments
from cnnref.arguments import Array
from cnnref.fast.algorithms.task import Task
from cnnref.fast.views import patches
from cnnref.network.counts import Params, Shape
from cnnref.network.plain import Flatten, MaxPool, ReLU
from cnnref.network.sequential import Sequential
from cnnref.network.steps import Known, Step, Windows, bounded
from cnnref.network.weighted import Conv, Dense
from cnnref.window import Window

MOST = 1 << 26
"""Bytes of columns that a step keeps; with more, the layer runs as it does outside."""


class ConvStep(Known):
    """Columns of all images, and one product for each group; two with the way back."""

    def check(self, x: Array, *params: Array) -> Windows | None:
        one, w, b = self.layer, params[0], params[1] if len(params) > 1 else None
        options = one.stride, one.padding, one.dilation, one.groups
        windows = arguments.conv("conv", x, w, b, *options).windows
        places = math.prod((*w.shape[2:], *Task(x, w, windows).m))
        return windows if x.itemsize * len(x) * x.shape[1] * places <= MOST else None

    def there(self, x: Array, windows: Windows) -> Array:
        w, groups = self.params[0], self.layer.groups
        task = Task(turned(x), w, windows, groups)
        room = x
        if task.around != x.shape[1:-1]:
            room = np.zeros((len(x), *task.around, x.shape[-1]), x.dtype)
            room[real(windows, x.shape[1:-1])] = x
        seen = patches(turned(room), task.windows)
        columns = seen.transpose(*range(1, seen.ndim), 0)  # (C, *k, *m, N)
        self.columns = columns.reshape(groups, math.prod(w.shape[1:]), -1)
        y = np.matmul(w.reshape(groups, len(w) // groups, -1), self.columns)
        y = y.reshape(len(w), *task.m, -1)
        for b in self.params[1:]:
            y += b.reshape(*b.shape, *(1,) * (y.ndim - b.ndim))
        return np.asarray(y)

    def back(self, dy: Array, windows: Windows, first: bool) -> tuple[Array, Params]:
        (w, *biases), groups = self.params, self.layer.groups
        given = dy.reshape(groups, len(w) // groups, -1)
        dw = np.matmul(given, self.columns.swapaxes(1, 2)).reshape(w.shape)
        gradients = dw, *(dy.sum(axis=tuple(range(b.ndim, dy.ndim))) for b in biases)
        if first:
            return dy, gradients
        columns = np.matmul(w.reshape(groups, len(w) // groups, -1).swapaxes(1, 2), given)
        columns = columns.reshape(len(self.x), math.prod(w.shape[2:]), *dy.shape[1:])
        each = zip(windows, self.x.shape[1:-1], strict=True)
        sizes = (one.before + size + one.after for one, size in each)
        dx = np.zeros((len(self.x), *sizes, dy.shape[-1]), dy.dtype)
        for tap, places in enumerate(reads(windows, dy.shape[1:-1])):
            dx[places] += columns[:, tap]
        return dx[real(windows, self.x.shape[1:-1])], gradients


def turned(x: Array) -> Array:
    """(C, *n, N) as (N, C, *n), a view."""
    return x.transpose(-1, *range(x.ndim - 1))


@cache
def real(windows: Windows, n: Shape) -> tuple[slice, ...]:
    """Where (C, *n, N) lies within its padding."""
    each = zip(windows, n, strict=True)
    return (slice(None), *(slice(one.before, one.before + size) for one, size in each))


@cache
def reads(windows: Windows, m: Shape) -> list[tuple[slice, ...]]:
    """For each tap, what it reads of a padded (C, *n, N) at all output places."""
    found = []
    for tap in np.ndindex(*(one.kernel for one in windows)):
        each = zip(windows, tap, m, strict=True)
        starts = [(a * one.dilation, (size - 1) * one.stride + 1, one) for one, a, size in each]
        cuts = (slice(first, first + last, one.stride) for first, last, one in starts)
        found.append((slice(None), *cuts))
    return found


class MaxPoolStep(Known):
    """Windows side by side: the places of a tap are a slice, in which it won or did not."""

    def check(self, x: Array, *params: Array) -> Windows | None:  # noqa: ARG002
        one = self.layer
        options = one.kernel_size, one.stride, one.padding, one.dilation, one.ceil_mode
        windows = arguments.pool("max_pool", x, *options).windows
        return windows if all(w == Window(w.kernel, w.kernel) for w in windows) else None

    def there(self, x: Array, windows: Windows) -> Array:
        m = tuple(one.places(n) for one, n in zip(windows, x.shape[1:-1], strict=True))
        first, *others = reads(windows, m)
        self.y = x[first].copy()
        for places in others:
            np.maximum(self.y, x[places], out=self.y)
        return self.y

    def back(self, dy: Array, windows: Windows, first: bool) -> tuple[Array, Params]:
        if not bounded(dy):
            return self.outside(dy, first)
        dx, left = np.zeros_like(self.x), dy.copy()
        for places in reads(windows, dy.shape[1:-1]):
            won = np.multiply(left, self.x[places] == self.y, out=dx[places])
            left -= won  # the next ones win nothing
        return dx, ()


class ReLUStep(Known):
    """A maximum, and a selection back."""

    def there(self, x: Array, windows: Windows) -> Array:  # noqa: ARG002
        return np.asarray(np.maximum(x, 0))

    def back(self, dy: Array, windows: Windows, first: bool) -> tuple[Array, Params]:  # noqa: ARG002
        return (dy * (self.x > 0), ()) if bounded(dy) else self.outside(dy, first)


class FlattenStep(Known):
    """Another shape of the same numbers."""

    def there(self, x: Array, windows: Windows) -> Array:  # noqa: ARG002
        return x.reshape(-1, x.shape[-1])

    def back(self, dy: Array, windows: Windows, first: bool) -> tuple[Array, Params]:  # noqa: ARG002
        return dy.reshape(self.x.shape), ()


class DenseStep(Known):
    """One product, and two back."""

    def check(self, x: Array, *params: Array) -> Windows | None:
        arguments.dense("dense", x, params[0], params[1] if len(params) > 1 else None)
        return ()

    def there(self, x: Array, windows: Windows) -> Array:  # noqa: ARG002
        w, *biases = self.params
        y = w.reshape(len(w), -1) @ x.reshape(-1, x.shape[-1])
        for b in biases:
            y += b[:, np.newaxis]
        return np.asarray(y)

    def back(self, dy: Array, windows: Windows, first: bool) -> tuple[Array, Params]:  # noqa: ARG002
        (w, *biases), x = self.params, self.x
        dw = (dy @ x.reshape(-1, x.shape[-1]).T).reshape(w.shape)
        gradients = dw, *(dy.sum(axis=1) for _ in biases)
        return (dy if first else (w.reshape(len(w), -1).T @ dy).reshape(x.shape)), gradients


class Chain(Step):
    """Layers one after the other."""

    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self.steps = [STEPS.get(type(one), Step)(one) for one in layer.layers]

    def forward(self, params: Params, x: Array) -> Array:
        for step, own in zip(self.steps, params, strict=True):
            x = step.forward(own, x)
        return x

    def backward(self, dy: Array, first: bool) -> tuple[Array, Params]:
        gradients: list[Params] = []
        for place, step in reversed(list(enumerate(self.steps))):
            dy, found = step.backward(dy, first and not place)
            gradients.append(found)
        return dy, tuple(reversed(gradients))


STEPS: dict[type, type[Step]] = {
    Conv: ConvStep,
    MaxPool: MaxPoolStep,
    ReLU: ReLUStep,
    Flatten: FlattenStep,
    Dense: DenseStep,
    Sequential: Chain,
}
"""The layers that have a way of their own; of all others, `Step` turns the arrays around."""

"""Training: what one step does, and what fit() promises besides."""

import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec
from itertools import chain
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnnref import Conv, Dense, Flatten, MaxPool, ReLU, Sequential, fit, softmax_cross_entropy

Array = np.ndarray

NET = Sequential((Conv(4, 3, padding="same"), ReLU(), MaxPool(2), Flatten(), Dense(2)))


def bars(rng: np.random.Generator, count: int = 24) -> tuple[Array, Array]:
    """Images with a bar: upright ones are of class 0, level ones of class 1."""
    x, labels = 0.1 * rng.standard_normal((count, 1, 6, 6)), rng.integers(0, 2, count)
    for image, label in zip(x, labels, strict=True):
        place = rng.integers(0, 6)
        image[(0, slice(None), place) if label == 0 else (0, place)] += 1
    return x, labels


def test_the_loss_falls_and_the_classes_are_learnt() -> None:
    rng = np.random.default_rng(1)
    x, labels = bars(rng, 48)
    params, losses = fit(
        NET, NET.init(rng, (1, 6, 6)), x, labels, rng=rng, epochs=12, batch_size=8, rate=0.05
    )
    assert len(losses) == 12
    assert losses[-1] < 0.2 * losses[0]
    assert (NET.forward(params, x).argmax(axis=1) == labels).mean() > 0.95


def test_the_same_generator_trains_the_same_network_and_another_one_does_not() -> None:
    x, labels = bars(np.random.default_rng(2))
    start = NET.init(np.random.default_rng(3), (1, 6, 6))
    runs = [
        fit(NET, start, x, labels, rng=np.random.default_rng(seed), epochs=2, batch_size=5)
        for seed in (4, 4, 5)
    ]
    weights = [[p.tolist() for own in params for p in own] for params, _ in runs]
    assert weights[0] == weights[1] != weights[2]
    assert runs[0][1] == runs[1][1] != runs[2][1]


def test_a_network_inside_a_network_is_trained_like_its_layers_in_a_row() -> None:
    x, labels = bars(np.random.default_rng(2))
    nested = Sequential((Sequential(NET.layers[:3]), *NET.layers[3:]))
    start = NET.init(np.random.default_rng(3), (1, 6, 6))
    flat, losses = fit(NET, start, x, labels, rng=np.random.default_rng(4), epochs=2)
    inner, same = fit(
        nested, (start[:3], *start[3:]), x, labels, rng=np.random.default_rng(4), epochs=2
    )
    assert same == losses
    for one, other in zip((*inner[0], *inner[1:]), flat, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_training_changes_nothing_that_it_was_given() -> None:
    rng = np.random.default_rng(6)
    x, labels = bars(rng)
    start = NET.init(rng, (1, 6, 6))
    given = [x, labels, *(p for own in start for p in own)]
    before = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    for epochs in (0, 1):
        params, _ = fit(NET, start, x, labels, rng=rng, epochs=epochs)
        trained = [p for own in params for p in own]
        assert not any(np.shares_memory(a, b) for a in given for b in trained)
        assert all(array.flags.writeable for array in trained)
    for array, old in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_no_epochs_leave_the_parameters_as_they_are() -> None:
    start = ((np.array([[2.0], [-1.0]]), np.zeros(2)),)
    rng = np.random.default_rng(0)
    params, losses = fit(Sequential((Dense(2),)), start, [[1.0]], [0], rng=rng, epochs=0)
    assert losses == []
    for p, q in zip(params[0], start[0], strict=True):
        np.testing.assert_array_equal(p, q)


ONE = Sequential((Dense(2, bias=False),))
W = np.array([[0.0], [0.0]])


def gradient(w: Array, x: float) -> Array:
    """Of the loss of class 0: the shares that softmax gives, less one for the class, times x."""
    shares = np.exp(w * x) / np.exp(w * x).sum()
    return np.asarray((shares - [[1], [0]]) * x)


def test_two_steps_are_those_written_by_hand() -> None:
    rate, momentum, x = 0.5, 0.75, 2.0
    first = -rate * gradient(W, x)
    second = momentum * first - rate * gradient(W + first, x)
    params, losses = fit(
        ONE,
        ((W,),),
        [[x]],
        [0],
        rng=np.random.default_rng(0),
        epochs=2,
        rate=rate,
        momentum=momentum,
    )
    np.testing.assert_allclose(params[0][0], W + first + second, rtol=1e-15)
    after = [softmax_cross_entropy(((W + step) * x).T, [0])[0] for step in (0 * first, first)]
    np.testing.assert_allclose(losses, after, rtol=1e-15)


def test_without_momentum_a_step_forgets_the_one_before() -> None:
    rate, x = 0.5, 2.0
    first = -rate * gradient(W, x)
    params, _ = fit(
        ONE, ((W,),), [[x]], [0], rng=np.random.default_rng(0), epochs=2, rate=rate, momentum=0
    )
    np.testing.assert_allclose(params[0][0], W + first - rate * gradient(W + first, x), rtol=1e-15)


def test_every_input_is_seen_once_in_an_epoch_in_an_order_that_is_drawn() -> None:
    class Watching:
        """A layer that lets everything pass, and remembers it."""

        def __init__(self) -> None:
            self.seen: list[list[float]] = []

        def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
            return shape

        def init(self, rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Array, ...]:
            return ()

        def forward(self, params: tuple[Array, ...], x: Array) -> Array:
            self.seen.append(x[:, 0].tolist())
            return x

        def backward(
            self, params: tuple[Array, ...], x: Array, dy: Array
        ) -> tuple[Array, tuple[Array, ...]]:
            return dy, ()

        def count(self, shape: tuple[int, ...]) -> Any:
            raise NotImplementedError

    layer, x = Watching(), np.arange(14.0).reshape(7, 2)
    rng = np.random.default_rng(8)
    _, losses = fit(Sequential((layer,)), ((),), x, [0] * 7, rng=rng, epochs=2, batch_size=3)
    assert [len(batch) for batch in layer.seen] == [3, 3, 1] * 2
    epochs = [list(chain(*layer.seen[:3])), list(chain(*layer.seen[3:]))]
    assert epochs[0] != epochs[1]
    assert sorted(epochs[0]) == sorted(epochs[1]) == x[:, 0].tolist()
    assert [round(loss, 12) for loss in losses] == [round(np.log1p(np.e), 12)] * 2


def test_the_loss_of_an_epoch_is_a_mean_over_inputs_and_not_over_batches() -> None:
    x, labels = np.array([[0.0], [0.0], [1.0]]), [0, 0, 0]
    w = np.array([[-3.0], [3.0]])
    singly = [softmax_cross_entropy(row[np.newaxis] @ w.T, [0])[0] for row in x]
    _, losses = fit(
        ONE, ((w,),), x, labels, rng=np.random.default_rng(0), epochs=1, batch_size=2, rate=1e-12
    )
    assert abs(losses[0] - np.mean(singly)) < 1e-9


def test_an_empty_set_is_no_loss_and_no_step() -> None:
    params, losses = fit(
        ONE, ((W,),), np.zeros((0, 1)), np.zeros(0, int), rng=np.random.default_rng(0), epochs=2
    )
    assert losses == [0.0, 0.0]
    np.testing.assert_array_equal(params[0][0], W)


def test_float32_stays_float32_in_training() -> None:
    rng = np.random.default_rng(9)
    x, labels = bars(rng)
    start = tuple(tuple(p.astype(np.float32) for p in own) for own in NET.init(rng, (1, 6, 6)))
    params, _ = fit(NET, start, x.astype(np.float32), labels, rng=rng, epochs=1)
    assert {p.dtype for own in params for p in own} == {np.dtype(np.float32)}


def run(progress: bool) -> list[float]:
    rng = np.random.default_rng(0)
    return fit(ONE, ((W,),), [[2.0]], [0], rng=rng, epochs=3, progress=progress)[1]


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[int], str]]:
    """What a stand-in for tqdm was asked to show."""
    shown: list[tuple[list[int], str]] = []

    def tqdm(steps: Iterable[int], desc: str) -> Iterable[int]:
        shown.append((list(steps), desc))
        return steps

    module = ModuleType("tqdm")
    module.__spec__ = ModuleSpec("tqdm", None)
    vars(module)["tqdm"] = tqdm
    monkeypatch.setitem(sys.modules, "tqdm", module)
    return shown


def test_a_progress_bar_is_shown_where_there_is_tqdm(bar: list[tuple[list[int], str]]) -> None:
    without = run(progress=False)
    assert bar == []
    assert run(progress=True) == without
    assert bar == [([0, 1, 2], "epochs")]


def test_a_progress_bar_is_left_out_where_there_is_no_tqdm(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert run(progress=True) == run(progress=False)
    assert capsys.readouterr() == ("", "")

"""Sizes of layers in networks, where their options decide."""

import numpy as np

from cnnref import Conv, Dense, MaxPool, Sequential, fit


def test_what_is_left_over_behind_the_last_window_is_dropped_unless_ceil_mode_keeps_it() -> None:
    assert Conv(1, 2, stride=2).shape((1, 5)) == (1, 2)
    assert MaxPool(2).shape((1, 5)) == (1, 2)
    assert MaxPool(2, ceil_mode=True).shape((1, 5)) == (1, 3)


def test_training_may_go_without_momentum() -> None:
    net = Sequential((Dense(2),))
    params = net.init(np.random.default_rng(0), (1,))
    _, losses = fit(net, params, [[1.0]], [0], rng=np.random.default_rng(0), momentum=0, epochs=2)
    assert losses[1] < losses[0]

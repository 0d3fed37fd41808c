"""Receptive fields, by following every connection of a stack of layers."""

from itertools import product

import numpy as np
import pytest

from cnnref import Window, conv, max_pool, relu
from cnnref.receptive import ReceptiveField, probe, receptive_field

LAYERS = [
    Window(1), Window(2), Window(3, stride=2), Window(2, dilation=2), Window(3, before=1, after=1),
    Window(2, stride=3, before=2),
]  # fmt: skip
STACKS = [*product(LAYERS, repeat=1), *product(LAYERS, repeat=2), *product(LAYERS, repeat=3)]


def seen(stack: tuple[Window, ...], j: int) -> set[int]:
    """Every input place that unit j of the last layer depends on, padding counted."""
    places = {j}
    for window in reversed(stack):
        places = {
            i * window.stride + a * window.dilation - window.before
            for i in places
            for a in range(window.kernel)
        }
    return places


def test_the_field_of_a_unit_is_from_the_first_place_it_sees_to_the_last() -> None:
    for stack in STACKS:
        field = receptive_field(stack)
        for j in range(3):
            places = seen(stack, j)
            assert field.interval(j) == (min(places), max(places))
            assert field.center(j) == (min(places) + max(places)) / 2


def test_no_layers_see_one_place_each() -> None:
    assert receptive_field([]) == ReceptiveField(size=1, jump=1, start=0)
    assert receptive_field(iter([Window(3), Window(3)])).size == 5


@pytest.mark.parametrize("rank", [1, 2])
def test_a_probe_sees_what_the_windows_read(rank: int) -> None:
    window, n = Window(2, stride=2, dilation=2, before=1), 5
    w = np.ones((1, 2, *(2,) * rank))
    w[0, 0] = 0  # only the second channel counts

    def layer(x: np.ndarray) -> np.ndarray:
        return conv(x, w, stride=2, dilation=2, padding=((1, 0),) * rank)

    line = np.zeros((window.places(n), n), bool)
    for j, a in product(range(window.places(n)), range(2)):
        if 0 <= window.reads(j, a) < n:
            line[j, window.reads(j, a)] = True
    table = line if rank == 1 else np.einsum("ai,bj->abij", line, line)
    np.testing.assert_array_equal(probe(layer, (2, *(n,) * rank)), table)


def test_a_probe_sees_any_output_channel() -> None:
    assert probe(lambda x: conv(x, [[[0, 0]], [[0, 1]]]), (1, 3)).tolist() == [
        [False, True, False],
        [False, False, True],
    ]


def test_a_probe_raises_and_lowers_so_that_it_sees_through_maxima_and_rectifiers() -> None:
    assert probe(lambda x: max_pool(x, 3), (1, 3)).all()
    assert probe(relu, (1, 2)).tolist() == [[True, False], [False, True]]
    assert probe(lambda x: relu(-x), (1, 2)).tolist() == [[True, False], [False, True]]


def test_a_probe_sees_a_dependence_that_one_input_in_three_shows() -> None:
    def sometimes(x: np.ndarray) -> np.ndarray:
        return x * (x[:1, :, :1] > 0)  # only if the first entry is positive

    first = np.random.default_rng(0).integers(-8, 9, (1, 2))[0, 0]
    assert first > 0  # of the inputs that are drawn
    assert probe(sometimes, (1, 2))[1, 1]


def test_a_probe_takes_outputs_without_places() -> None:
    assert probe(lambda x: x[:, :, ::2].sum(axis=2), (2, 4)).tolist() == [True, False, True, False]


def probed(shape: tuple[int, ...]) -> list[np.ndarray]:
    """All inputs that a probe gives to a function, one after the other."""
    inputs: list[np.ndarray] = []

    def watched(x: np.ndarray) -> np.ndarray:
        inputs.extend(x.copy())
        return x

    probe(watched, shape)
    return inputs


def test_each_place_of_each_channel_is_raised_and_lowered_far_beyond_the_others() -> None:
    inputs = probed((2, 3))
    assert len(inputs) % 13 == 0
    for base, *moved in zip(*[iter(inputs)] * 13, strict=True):  # as is, 6 raised, 6 lowered
        changes = {tuple((one - base).ravel().tolist()) for one in moved}
        far = 2.0**20
        assert changes == {tuple(row) for row in (*np.eye(6) * far, *np.eye(6) * -far)}
        assert abs(base).max() < 10


def test_a_probe_starts_from_several_inputs_with_entries_of_both_signs_always_the_same() -> None:
    inputs = probed((2, 3))
    bases = np.array(inputs[::13])
    assert len(bases) == 3
    assert np.unique(bases, axis=0).shape == bases.shape
    assert bases.min() < 0 < bases.max()
    np.testing.assert_array_equal(inputs, probed((2, 3)))

"""The smallest case of a mistake is found again each time, and it is small."""

import os
import subprocess
import sys
from types import SimpleNamespace as Plain

import numpy as np
import pytest

from cnnref import literal
from cnnref.laws import LAWS, MISTAKES, Mistake, exhibit, smallest
from cnnref.laws.exhibits import unkept
from cnnref.laws.offered import Call
from cnnref.laws.outcomes import ASPECTS, observed

ASK = "from cnnref.laws import exhibit; print(repr(exhibit('{id}')))"
FEW = ["conv.flips-the-kernel", "max_pool.pads-with-zero", "relu_grad.is-open-at-zero"]


@pytest.mark.parametrize("id", FEW)
def test_the_same_case_comes_when_asked_again_and_in_another_process(id: str) -> None:
    again = subprocess.run(
        [sys.executable, "-c", ASK.format(id=id)],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert repr(exhibit(id)) == repr(exhibit(id)) == again.stdout.strip()


def test_cases_are_as_small_as_they_can_be() -> None:
    shown = exhibit("conv.flips-the-kernel")
    assert [array.ravel().tolist() for _, array in shown.arrays] == [[1, 0], [1, 0]]
    assert shown.options == ()
    assert shown.came[0][1].item() == 0  # type: ignore[union-attr]
    shown = exhibit("max_pool.pads-with-zero")
    assert [array.size for _, array in shown.arrays] == [1]


def test_zeros_count_up_where_they_do_not_matter() -> None:
    ((_, x),) = exhibit("channel_max_pool.slides").arrays
    assert x.ravel().tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("id", "aspect", "remark"),
    [
        ("conv.rounds-up", "values", "Its shape is (1, 1, 2), not (1, 1, 1)."),
        ("conv.always-single-precision", "dtype", "Its type is float32, not float64."),
        ("conv.prints-its-sizes", "printing", "Something is printed."),
        ("flip.is-a-view", "memory", "The result is in the memory of what was given."),
        ("conv.stride-zero-is-one", "values", ""),
    ],
)
def test_what_is_no_entry_is_said_in_words(id: str, aspect: str, remark: str) -> None:
    shown = exhibit(id)
    assert aspect in ASPECTS
    assert (shown.aspect, shown.remark) == (aspect, remark)


def test_what_is_written_into_is_shown_as_it_is_afterwards() -> None:
    shown = exhibit("conv.writes-into-its-input")
    assert shown.remark == "It writes into what it was given: x is [[[0]]] afterwards."
    assert dict(shown.arrays)["x"].item() == 1


def test_a_result_that_cannot_be_written_is_told() -> None:
    locked = Plain(relu=lambda x: np.broadcast_to(0.0, x.shape))
    call = Call("relu", (np.zeros(2),), {})
    came = observed(locked, call)
    assert came.fault(observed(literal, call), rounded=True) == "memory"
    assert unkept(locked, call, came) == "The result cannot be written."


def test_an_error_that_should_be_raised_is_told_with_its_words() -> None:
    shown = exhibit("conv.stride-zero-is-one")
    assert shown.right == "ValueError: conv: stride must be at least 1; got 0"
    assert shown.wrong is None


def test_what_cannot_be_seen_in_the_arrays_is_said() -> None:
    assert exhibit("correlate.forgets-to-conjugate").given == "x and w are complex128"
    assert exhibit("conv.reads-memory-in-order").given == "x is stored in Fortran order"
    assert exhibit("conv.flips-the-kernel").given == ""


def test_an_unknown_mistake_is_refused() -> None:
    with pytest.raises(KeyError, match="no-such-mistake"):
        exhibit("no-such-mistake")


def test_what_is_no_mistake_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [law for law in LAWS if law.id in ("flip.is-its-definition", "tensors.inputs-stay")]
    monkeypatch.setattr(smallest, "LAWS", few)
    smallest.definitions.cache_clear()
    right = Mistake("flip.is-right", "flip", lambda case: literal.flip(case.x))
    with pytest.raises(LookupError, match=r"no case of a law shows flip\.is-right"):
        smallest.smallest(right)
    smallest.definitions.cache_clear()


def test_every_operation_has_one_definition_that_is_looked_at_first() -> None:
    assert set(smallest.definitions()) == set(literal.__all__)
    for mistake in MISTAKES[:5]:
        (first,), tries = next(smallest.sources(mistake))
        assert first is smallest.definitions()[mistake.operation]
        assert tries == smallest.TRIES

"""The engine itself: what it takes for a law to hold, to break, and to be no law at all."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnnref import literal
from cnnref.laws import LawBroken, at_most, law, refusal, refuted, within
from cnnref.laws.cases import ConvCase, Pair, Use, altered, arrays_of, fresh
from cnnref.laws.engine import Law, Refuted, collect, distinct
from cnnref.laws.numbers import Numbers
from cnnref.laws.offered import Scope
from cnnref.laws.runner import breaches, judge, sample
from cnnref.laws.sides import Sides, compare
from cnnref.laws.strategies import convs, pairs

SOME = pairs(1)


@law("made-up.doubles", cases=SOME)
def doubles(cnn: Any, case: Pair) -> Sides:
    """Convolution is twice itself."""
    return cnn.convolve(case.x, case.w), 2 * cnn.convolve(case.x, case.w)


def test_a_false_law_is_broken_by_the_smallest_case_and_says_all_about_it() -> None:
    with pytest.raises(LawBroken) as broken:
        doubles.check(literal)
    assert str(broken.value) == (
        "made-up.doubles: Convolution is twice itself.\n"
        "  but 1 of 1 entries disagree\n"
        "  case      Pair(x=np.array([1], np.float64), w=np.array([1], np.float64))\n"
        "  call      convolve(np.array([1], np.float64), np.array([1], np.float64))"
        " -> np.array([1], np.float64)\n"
        "  call      convolve(np.array([1], np.float64), np.array([1], np.float64))"
        " -> np.array([1], np.float64)\n"
        "  came      [1]\n"
        "  expected  [2]\n"
        "  again     law.check(cnn, examples=25)"
    )


def test_the_case_and_the_calls_of_a_broken_law_can_be_run_as_they_are_printed() -> None:
    with pytest.raises(LawBroken) as broken:
        doubles.check(literal)
    breach = broken.value.breach
    assert breach is not None
    case = eval(repr(breach.case), {"np": np, "Pair": Pair})
    assert judge(doubles, literal, case).breach is not None


def test_a_law_is_broken_by_the_same_case_every_time_and_by_others_for_another_seed() -> None:
    seen: dict[int | None, list[Any]] = {None: [], 1: [], 2: []}

    @law("made-up.looks", cases=SOME)
    def looks(cnn: Any, case: Pair) -> Sides:
        """Nothing."""
        seen[seed].append(case.x.tolist())
        return cnn.flip(case.x), np.flip(case.x)

    for seed in (None, 1, 2):
        looks.check(literal, seed=seed)
    first = seen[None]
    for seed in (None,):
        looks.check(literal, seed=seed)
    assert first[-25:] == first[-50:-25]
    assert seen[1][-20:] != seen[2][-20:]


def test_all_breaches_among_given_cases_are_found() -> None:
    cases = sample(doubles, Scope(), 30)
    nonzero = [case for case in cases if np.convolve(case.x, case.w).any()]
    assert len(breaches(doubles, literal, cases)) == len(nonzero) > 20


@pytest.mark.parametrize("sides", [np.ones(1), (np.ones(1),), None, (1, 2, 3)])
def test_a_law_that_does_not_return_both_sides_fails(sides: Any) -> None:
    @law("made-up.one-sided", cases=SOME)
    def one_sided(cnn: Any, case: Pair) -> Sides:
        """A law with one side."""
        cnn.flip(case.x)
        return sides  # type: ignore[no-any-return]

    with pytest.raises(TypeError, match="must return both sides"):
        one_sided.check(literal)


def test_a_law_that_compares_nothing_is_vacuous() -> None:
    @law("made-up.empty", cases=SOME)
    def empty(cnn: Any, case: Pair) -> Sides:
        """Nothing is nothing."""
        return cnn.flip(case.x)[:0], np.zeros(0)

    with pytest.raises(LawBroken, match=r"made-up\.empty is vacuous: 25 cases, and no entry"):
        empty.check(literal)


def test_a_law_without_a_sentence_cannot_be_made() -> None:
    def silent(cnn: Any, case: Pair) -> Sides:
        return case.x, case.x

    with pytest.raises(ValueError, match="the docstring must be the sentence"):
        law("made-up.silent", cases=SOME)(silent)


def test_an_id_used_twice_is_refused() -> None:
    module = ModuleType("made_up")
    vars(module).update(first=doubles, second=law("made-up.doubles", cases=SOME)(doubles.function))
    with pytest.raises(ValueError, match=r"ids used twice: made-up\.doubles"):
        collect(Law, module)
    with pytest.raises(ValueError, match="ids used twice: a"):
        distinct(["a", "b", "a"])


def test_a_law_of_floats_must_say_so_and_a_law_that_says_so_must_be_one() -> None:
    @law("made-up.exact", cases=SOME)
    def exact(cnn: Any, case: Pair) -> Sides:
        """Near is near."""
        return cnn.flip(case.x), within(np.flip(case.x), 1)

    @law("made-up.inexact", cases=SOME, exact=False)
    def inexact(cnn: Any, case: Pair) -> Sides:
        """Equal is near."""
        return cnn.flip(case.x), np.flip(case.x)

    for wrong in (exact, inexact):
        with pytest.raises(LawBroken, match="a law is exact, or else"):
            wrong.check(literal)


def test_a_crash_breaks_a_law_and_is_told() -> None:
    class Crashing:
        @staticmethod
        def convolve(x: Any, w: Any) -> Any:
            if x.size > 1:
                raise ZeroDivisionError("oh")
            return literal.convolve(x, w)

    commutes = law("made-up.commutes", cases=SOME)(commuting)
    with pytest.raises(LawBroken, match=r"ZeroDivisionError was raised(.|\n)*-> an exception"):
        commutes.check(Crashing)


def commuting(cnn: Any, case: Pair) -> Sides:
    """Convolution commutes."""
    return cnn.convolve(case.x, case.w), cnn.convolve(case.w, case.x)


def test_a_result_that_is_no_array_breaks_a_law_and_is_told() -> None:
    class Listing:
        @staticmethod
        def convolve(x: Any, w: Any) -> Any:
            return literal.convolve(x, w).tolist() if x.size > 2 else literal.convolve(x, w)

    with pytest.raises(LawBroken, match="convolve returned list, not a NumPy array"):
        law("made-up.commutes", cases=SOME)(commuting).check(Listing)


def test_an_implementation_that_changes_its_mind_is_still_reported() -> None:
    class Moody:
        calls = 0

        def convolve(self, x: Any, w: Any) -> Any:
            self.calls += 1
            return literal.convolve(x, w) + (self.calls == 20)

    with pytest.raises(LawBroken, match="entries disagree"):
        law("made-up.commutes", cases=SOME)(commuting).check(Moody())


def test_an_operation_that_writes_into_its_input_does_not_change_the_case() -> None:
    class Writing:
        @staticmethod
        def convolve(x: Any, w: Any) -> Any:
            result = literal.convolve(x, w)
            x[...] = 0
            return result

    with pytest.raises(LawBroken) as broken:
        law("made-up.commutes", cases=SOME)(commuting).check(Writing)
    breach = broken.value.breach
    assert breach is not None
    assert breach.case.x.any()


def test_a_refuted_statement_that_holds_for_its_counterexample_fails() -> None:
    harmless = Pair(np.array([0.0]), np.array([0.0]))
    statement = refuted("made-up.refuted", case=harmless, cases=SOME)(doubles.function)
    with pytest.raises(LawBroken, match="holds for its counterexample Pair"):
        statement.check(literal)


def test_a_refuted_statement_that_hypothesis_cannot_refute_fails() -> None:
    @refuted("made-up.rare", case=Pair(np.array([10.0]), np.array([1.0])), cases=SOME)
    def rare(cnn: Any, case: Pair) -> Sides:
        """No entry is larger than nine."""
        return cnn.flip(case.x).max(), at_most(9)

    with pytest.raises(LawBroken, match=r"made-up\.rare: no counterexample in 500 cases"):
        rare.check(literal)


def test_a_refuted_statement_that_cannot_be_computed_fails() -> None:
    crash = Pair(np.array([1.0]), np.array([1.0, 1.0]))

    @refuted("made-up.crash", case=crash, cases=pairs(1, fitting=True))
    def crashing(cnn: Any, case: Pair) -> Sides:
        """A misfit is zero."""
        return cnn.correlate(case.x, case.w), np.zeros(1)

    with pytest.raises(LawBroken, match="ValueError was raised"):
        crashing.check(literal)
    assert isinstance(crashing, Refuted)


ONE, TWO = np.ones(1), np.ones(2)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (ONE, ONE, ""),
        (ONE, np.ones(1, np.float32), ""),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf]), ""),
        (np.array("a"), np.array("a"), ""),
        (np.array([True]), np.array([False]), "1 of 1 entries disagree"),
        (np.array(["a", "b"]), np.array(["a", "c"]), "1 of 2 entries disagree"),
        (ONE, TWO, "shape (1,) came instead of (2,)"),
        (ONE, np.ones(()), "shape (1,) came instead of ()"),
        (ONE, at_most(TWO), "shape (1,) came instead of (2,)"),
        (ONE, np.nextafter(ONE, 2), "1 of 1 entries disagree"),
        (np.array([np.nan]), ONE, "1 of 1 entries disagree"),
        (np.array([np.inf]), np.array([-np.inf]), "1 of 1 entries disagree"),
        (ONE, at_most(ONE), ""),
        (TWO, at_most(TWO - [0, 1e-9]), "1 of 2 entries disagree"),
        (np.array([np.nan]), at_most(ONE), "1 of 1 entries disagree"),
        (ONE, within(ONE + 0.5, 0.5), ""),
        (ONE, within(ONE + 0.5, 0.4), "1 of 1 entries disagree"),
        (lambda: int("x"), refusal(ValueError), ""),
        (lambda: int("x"), refusal(TypeError), "ValueError was raised"),
        (lambda: int("1"), refusal(ValueError), "nothing was raised"),
    ],
)
def test_sides_are_compared(first: Any, second: Any, reason: str) -> None:
    found = compare((first, second))
    assert found.reason == reason
    assert found.entries > 0


@pytest.mark.parametrize("sides", [(ONE, None), (None, ONE), ([[1], [1, 2]], ONE), (ONE, object())])
def test_sides_that_are_no_numbers_are_refused(sides: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        compare(sides)


def test_a_fresh_case_shares_nothing_with_the_old_one() -> None:
    (case,) = (Use("conv", convs(bias="place")(Numbers(bytes(range(160))), Scope())),)
    for old, new in zip(arrays_of(case), arrays_of(fresh(case)), strict=True):
        np.testing.assert_array_equal(old, new)
        assert not np.shares_memory(old, new)
    assert len(arrays_of(case)) == 3
    assert all(not array.any() for array in arrays_of(altered(case, np.zeros_like)))


def test_a_case_is_shown_without_what_is_not_given() -> None:
    case = ConvCase(np.ones((1, 1, 2)), np.ones((1, 1, 1)), stride=(1,), padding=((0, 0),))
    assert str(case) == "x = [[[1, 1]]], w = [[[1]]]"
    assert repr(case) == (
        "ConvCase(x=np.array([[[1, 1]]], np.float64), w=np.array([[[1]]], np.float64), "
        "stride=(1,), padding=((0, 0),))"
    )

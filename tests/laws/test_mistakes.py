"""The laws catch mistakes: every law at least one, and every mistake is caught."""

import re
from typing import Any

import numpy as np
import pytest

from cnnref import literal
from cnnref.laws import LAWS, MISTAKES, Law, Mistake, catches
from cnnref.laws.catalogue import caught
from cnnref.laws.runner import Statement, breaches, operations, traced

each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
each_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)


@each_law
def test_a_law_catches_a_mistake_on_cases_where_the_right_implementation_keeps_it(law: Law) -> None:
    likely = sorted(MISTAKES, key=lambda mistake: -shared(law, mistake))
    assert any(caught(law, mistake) for mistake in likely)
    assert breaches(law, literal, [case for case, _ in traced(law)]) == []


@each_mistake
def test_a_mistake_is_caught_by_two_laws_of_which_one_does_not_just_repeat_the_definition(
    mistake: Mistake,
) -> None:
    laws = [law for law in LAWS if mistake.operation in operations(law)]
    laws.sort(key=lambda law: (-shared(law, mistake), law.topic == "tensors"))
    repeating = [law for law in laws if law.id.endswith("is-its-definition")]
    telling = [law for law in laws if law not in repeating]
    first = next((law for law in telling if caught(law, mistake)), None)
    assert first
    if mistake.id == "conv.prints-its-sizes":
        return  # all but one law look at results only
    assert any(caught(law, mistake) for law in [*repeating, *telling] if law is not first)


def shared(law: Law, mistake: Mistake) -> int:
    """How many words the two ids share: who shares some is tried first, which saves time."""
    return len(set(re.split(r"\W", law.id)) & set(re.split(r"\W", mistake.id)))


@each_mistake
def test_a_mistake_has_one_fault_and_says_which(mistake: Mistake) -> None:
    implementation = mistake.implementation
    wrong = [n for n in literal.__all__ if getattr(implementation, n) is not getattr(literal, n)]
    assert wrong == [mistake.operation]
    assert mistake.sentence.endswith(".")
    assert "\n" not in mistake.sentence
    assert mistake.sentence.split()[0] in mistake.source


def test_what_a_law_catches_is_the_same_when_asked_again() -> None:
    first = catches("conv.groups-are-layers")
    catches.cache_clear()
    caught.cache_clear()
    traced.cache_clear()
    again = catches("conv.groups-are-layers")
    assert [mistake.id for mistake in again] == [mistake.id for mistake in first]
    assert "conv.interleaves-groups" in [mistake.id for mistake in first]


def test_a_law_is_not_run_on_mistakes_in_operations_that_it_does_not_call() -> None:
    commutes = next(law for law in LAWS if law.id == "convolution.commutes")
    assert operations(commutes) == {"convolve"}
    assert {mistake.operation for mistake in catches(commutes.id)} == {"convolve"}


def test_distinct_mistakes_say_distinct_things() -> None:
    assert len({mistake.id for mistake in MISTAKES}) == len(MISTAKES)
    said = [(mistake.operation, mistake.sentence) for mistake in MISTAKES]
    assert len(set(said)) == len(said)


def test_the_wrong_operations_take_the_arguments_of_the_right_ones() -> None:
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    forms: list[dict[str, Any]] = [
        {"padding": 1},
        {"padding": (1, 2)},
        {"padding": ((1, 1), (2, 2))},
        {"stride": (2, 1)},
    ]
    right = {m.operation: m.implementation for m in MISTAKES if m.id in SILENT_HERE}
    for given in forms:
        np.testing.assert_array_equal(
            right["conv"].conv(x, np.ones((1, 1, 2, 2)), **given),
            literal.conv(x, np.ones((1, 1, 2, 2)), **given),
        )
        np.testing.assert_array_equal(
            right["max_pool"].max_pool(x, (2, 1), **given),
            literal.max_pool(x, (2, 1), **given),
        )


SILENT_HERE = {"conv.forgets-the-bias", "max_pool.ignores-ceil-mode"}


def test_statements_are_the_functions_they_were() -> None:
    law = LAWS[0]
    assert isinstance(law, Statement)
    assert law.source.lstrip().startswith("@law(")
    assert law.claim in " ".join(law.source.split())

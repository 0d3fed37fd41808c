"""Every law holds, and every refuted statement fails, on both implementations."""

import os
from dataclasses import replace
from random import SystemRandom
from typing import Any

import numpy as np
import pytest

from cnnref import fast, literal
from cnnref.fast.algorithms import computed
from cnnref.laws import LAWS, REFUTED, Law, LawBroken, Refuted
from cnnref.laws.cases import arrays_of
from cnnref.laws.offered import Scope, offer_of
from cnnref.laws.runner import PROFILES, search

PROFILE = os.environ.get("LAWS_PROFILE", "dev")
EXAMPLES = PROFILES[PROFILE]
OFFERS = {cnn: offer_of(cnn) for cnn in (literal, fast)}
SEED = SystemRandom().randrange(2**32) if PROFILE == "nightly" else None

each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
each_refuted = pytest.mark.parametrize("statement", REFUTED, ids=lambda statement: statement.id)
on_both = pytest.mark.parametrize("cnn", [literal, fast], ids=["literal", "fast"])


@on_both
@each_law
def test_a_law_holds(law: Law, cnn: Any) -> None:
    assert law.check(cnn, EXAMPLES, SEED, OFFERS[cnn]).cases == EXAMPLES


@on_both
@each_refuted
def test_a_refuted_statement_fails_where_it_says_and_where_hypothesis_looks(
    statement: Refuted, cnn: Any
) -> None:
    assert statement.check(cnn, EXAMPLES, SEED, OFFERS[cnn]).offered


@each_refuted
def test_a_pinned_counterexample_is_as_small_as_the_one_that_is_found(statement: Refuted) -> None:
    found = search(statement, literal, Scope(), 500).breach
    assert found is not None
    assert entries(statement.case) <= entries(found.case)


def entries(case: Any) -> int:
    return sum(array.size for array in arrays_of(case))


def test_statements_differ_in_their_ids_and_in_their_sentences() -> None:
    statements: list[Law | Refuted] = [*LAWS, *REFUTED]
    for told in ([s.id for s in statements], [s.claim for s in LAWS], [s.claim for s in REFUTED]):
        assert len(set(told)) == len(told)


def test_a_fault_planted_in_fast_turns_laws_red(monkeypatch: pytest.MonkeyPatch) -> None:
    right = computed

    def flipped(task: Any, *more: Any) -> Any:
        w = np.flip(task.w, tuple(range(2, task.w.ndim)))
        return right(replace(task, w=w), *more)

    monkeypatch.setattr("cnnref.fast.layers.computed", flipped)
    red = ("conv.is-its-definition", "conv.is-a-sum", "conv.sums-correlations")
    for law in LAWS:
        if law.id in red:
            with pytest.raises(LawBroken):
                law.check(fast)

"""What a law may use of an implementation, and how little has to be tried to know it."""

from functools import wraps
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnref import literal
from cnnref.laws import LAWS, Law, report
from cnnref.laws.check import trial
from cnnref.laws.check.trial import Bench, Settings
from cnnref.laws.offered import RANKS, NotOffered, Offer, Scope
from cnnref.laws.runner import scoped


def said(bench: Bench, law: Law) -> Scope | str:
    """What the bench says of a law: its scope, or what it needs."""
    try:
        return bench.scope_of_law(law)
    except NotOffered as missing:
        return str(missing)


def seen(offer: Offer, law: Law) -> Scope | str:
    """The same, found out by looking at cases."""
    try:
        return scoped(law, offer)
    except NotOffered as missing:
        return str(missing)


def test_no_case_is_looked_at_where_a_law_always_calls_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "scoped", None)
    bench = Bench(literal, Offer({"conv": RANKS}, frozenset()), (), Settings())
    (law,) = (law for law in LAWS if law.id == "padding.is-a-step")
    assert said(bench, law) == "pad"


@pytest.mark.parametrize("id", ["receptive.composes", "receptive.one-by-one-adds-nothing"])
def test_a_law_does_without_what_it_calls_only_sometimes(id: str) -> None:
    bench = Bench(literal, Offer({"conv": RANKS}, frozenset()), (), Settings())
    (law,) = (law for law in LAWS if law.id == id)
    found = said(bench, law)
    assert isinstance(found, Scope)
    assert "max_pool" in found.absent


@pytest.mark.slow
@pytest.mark.parametrize("missing", [frozenset[str](), frozenset({"conv.b", "correlate.mode"})])
def test_what_is_known_beforehand_is_what_looking_at_cases_shows(missing: frozenset[str]) -> None:
    wrong = []
    for name in literal.__all__:
        offer = Offer({name: RANKS}, missing)
        bench = Bench(literal, offer, (), Settings())
        laws = [law for law in LAWS if law.topic != "tensors"]
        wrong += [(name, law.id) for law in laws if said(bench, law) != seen(offer, law)]
    assert wrong == []


def test_all_operations_but_only_on_images_are_checked_on_images() -> None:
    @wraps(literal.convolve)
    def images_only(x: Any, w: Any, **given: Any) -> Any:
        if np.ndim(x) != 2:
            raise ValueError
        return literal.convolve(x, w, **given)

    every = {name: getattr(literal, name) for name in literal.__all__}
    cnn = SimpleNamespace(**{**every, "convolve": images_only})
    asked = ["convolution.multiplies-polynomials", "convolution.commutes"]
    told = {row.law: (row.status, row.note) for row in report(cnn, examples=4, laws=asked).rows}
    assert told == {
        "convolution.multiplies-polynomials": ("not offered", "needs 1 spatial axes"),
        "convolution.commutes": ("held", ""),
    }

"""Every algorithm of `conv`, forced by name, is a subject of all laws that call it."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnref import fast
from cnnref.fast.algorithms import ALGORITHMS
from cnnref.laws import LAWS, Law
from cnnref.laws.offered import offer_of
from tests.laws.test_laws import EXAMPLES, SEED


def forced(name: str) -> Any:
    """`cnnref.fast`, whose conv is computed by the algorithm wherever the call is one for it.

    Where the inputs are whole numbers, and the bound on the error says that rounding finds the
    right one, the result is rounded.
    """

    def conv(x: Any, w: Any, b: Any = None, **options: Any) -> Any:
        try:
            y = fast.conv(x, w, b, algorithm=name, **options)
        except ValueError as error:
            if "algorithm" not in str(error):
                raise
            return fast.conv(x, w, b, **options)
        whole = all(np.array_equal(np.rint(one), one) for one in (x, w, 0 if b is None else b))
        approximate = ALGORITHMS[name].error is not None
        return np.rint(y) if approximate and whole and np.isfinite(y).all() else y

    return SimpleNamespace(**{**OTHERS, "conv": conv})


OTHERS = {operation: getattr(fast, operation) for operation in fast.__all__}
SUBJECTS = {name: forced(name) for name in ALGORITHMS}
OFFERS = {name: offer_of(subject) for name, subject in SUBJECTS.items()}
THROUGH = ("tensors", "receptive", "invariance", "padding", "matrix", "recurrent", "gradients.rec")
"""How ids begin of laws that call a layer by way of their cases, or of helpers."""
ABOUT = [law for law in LAWS if re.search(r"cnn\.conv\b", law.source) or law.id.startswith(THROUGH)]


def test_every_law_that_calls_the_layer_is_among_them() -> None:
    called = []

    def conv(*arrays: Any, **options: Any) -> Any:
        called.append(True)
        return fast.conv(*arrays, **options)

    listening = SimpleNamespace(**{**OTHERS, "conv": conv})
    offer = offer_of(listening)
    for law in LAWS:
        called.clear()
        law.check(listening, 2, SEED, offer)
        assert law in ABOUT or not called, law.id


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("law", ABOUT, ids=lambda law: law.id)
def test_a_law_holds_by_each_algorithm(law: Law, name: str) -> None:
    assert law.check(SUBJECTS[name], EXAMPLES, SEED, OFFERS[name]).cases == EXAMPLES


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_algorithm_is_used_where_it_is_asked_for(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loud(task: Any) -> Any:
        raise RuntimeError(name)

    known = ALGORITHMS[name]
    monkeypatch.setitem(ALGORITHMS, name, replace(known, run=loud))
    k = 1 if name == "matmul" else 3
    with pytest.raises(RuntimeError, match=name):
        fast.conv(np.ones((1, 1, 5, 5)), np.ones((1, 1, k, k)), algorithm=name)

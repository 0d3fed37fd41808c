"""Every algorithm of `conv`, forced by name, is a subject of all laws that call it."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnref import fast, literal
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

    others = {operation: getattr(fast, operation) for operation in fast.__all__}
    return SimpleNamespace(**{**others, "conv": conv})


SUBJECTS = {name: forced(name) for name in ALGORITHMS}
OFFERS = {name: offer_of(subject) for name, subject in SUBJECTS.items()}
ABOUT = [law for law in LAWS if "cnn.conv(" in law.source]


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
    monkeypatch.setitem(ALGORITHMS, name, type(known)(loud, known.cost, known.refuses, known.error))
    k = 1 if name == "matmul" else 3
    with pytest.raises(RuntimeError, match=name):
        fast.conv(np.ones((1, 1, 5, 5)), np.ones((1, 1, k, k)), algorithm=name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [name for name in ALGORITHMS if ALGORITHMS[name].error])
def test_the_error_stays_within_its_bound(name: str, dtype: Any) -> None:
    from cnnref.fast.algorithms import Task
    from cnnref.window import windows

    rng = np.random.default_rng(0)
    worst = 0.0
    for channels in (1, 3, 16, 64):
        for scale in (1.0, 1e3):
            x = (scale * rng.standard_normal((2, channels, 11, 12))).astype(dtype)
            w = rng.standard_normal((4, channels, 3, 3)).astype(dtype)
            task = Task(x, w, windows((11, 12), (3, 3), 1, "same"))
            exact = literal.conv(x.astype(np.float64), w.astype(np.float64), padding="same")
            known = ALGORITHMS[name]
            assert known.error is not None
            off = np.abs(known.run(task) - exact).max() / known.error(task)
            worst = max(worst, float(off))
    assert 0 < worst < 1

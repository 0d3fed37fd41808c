"""What a law may use of an implementation."""

from functools import wraps
from types import SimpleNamespace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws import report


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

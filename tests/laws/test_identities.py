"""The identities under the fast algorithms, over the fractions: proved, not sampled.

Both sides are linear in the input and in the kernel. So if they agree on all pairs of unit vectors,
they agree on every input and every kernel, and the test is complete.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from cnnref.fast.algorithms.tiles import Transforms
from cnnref.fast.algorithms.winograd import FOUR, TWO
from cnnref.laws.algorithms import POINTS, WHOLE, values

SIZES = pytest.mark.parametrize("transforms", [TWO, FOUR], ids=["two", "four"])


def fractions(table: Any) -> Any:
    """The entries as fractions with a denominator of at most a hundred."""
    return np.vectorize(lambda value: Fraction(float(value)).limit_denominator(100))(table)


def exact(transforms: Transforms) -> tuple[Any, Any, Any]:
    """The matrices of input, kernel and output, of fractions."""
    ins, kernel, outs = (fractions(table) for table in transforms)
    for table, found in zip(transforms, (ins, kernel, outs), strict=True):
        assert np.array_equal(found.astype(float), table)  # no fraction is only near
    return ins, kernel, outs


@SIZES
def test_the_winograd_identity_holds_over_the_fractions_on_one_axis(transforms: Transforms) -> None:
    ins, kernel, outs = exact(transforms)
    for t, j in np.ndindex(ins.shape[1], 3):
        y = outs @ (ins[:, t] * kernel[:, j])
        assert list(y) == [int(i + j == t) for i in range(len(outs))]


@SIZES
def test_the_winograd_identity_holds_over_the_fractions_on_two_axes(transforms: Transforms) -> None:
    ins, kernel, outs = exact(transforms)
    size, m = ins.shape[1], len(outs)
    for p, q, a, b in np.ndindex(size, size, 3, 3):
        x, w = np.zeros((size, size), int), np.zeros((3, 3), int)
        x[p, q] = w[a, b] = 1
        y = outs @ ((ins @ x @ ins.T) * (kernel @ w @ kernel.T)) @ outs.T
        expected = [[int((i + a, j + b) == (p, q)) for j in range(m)] for i in range(m)]
        assert y.tolist() == expected


def test_an_identity_with_one_wrong_sign_is_noticed() -> None:
    wrong = TWO._replace(outputs=np.abs(TWO.outputs))
    with pytest.raises(AssertionError):
        test_the_winograd_identity_holds_over_the_fractions_on_one_axis(wrong)


def test_the_matrices_of_the_law_do_the_same_as_those_of_the_algorithm() -> None:
    ins, kernel, outs = values()
    assert (len(POINTS), WHOLE) == (5, 24)
    both = [np.einsum("ip,pt,pj->itj", outs, ins, kernel / WHOLE), direct(FOUR)]
    np.testing.assert_allclose(both[0], both[1], atol=1e-12)


def direct(transforms: Transforms) -> Any:
    """What the matrices make of each pair of unit vectors, (m, size, 3)."""
    ins, kernel, outs = transforms
    return np.einsum("ip,pt,pj->itj", outs, ins, kernel)

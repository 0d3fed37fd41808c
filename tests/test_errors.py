"""Every bad call and what it says: raised before any work, by the literal and the fast alike."""

from types import ModuleType

import numpy as np
import pytest

import cnnref
from cnnref import fast, literal
from tests.errors import algorithms, geometry, gradients, networks, operations, variants

NAMES = {
    "X": np.zeros((1, 8, 5, 5)),
    "W": np.zeros((4, 4, 3, 3)),
    "LINE": np.zeros((1, 1, 4)),
    "KERNEL": np.zeros((1, 1, 2)),
    "HUGE": np.broadcast_to(np.int8(0), (1, 1, 10**7, 10**7)),
    "MASKED": np.ma.masked_array([1.0, 2.0], [False, True]),
    "BIG": np.array([[[2**53, 2**53]]]),
    "Y": np.zeros((1, 4, 3, 3)),
    "ONE": np.zeros((1, 1, 1)),
    "np": np,
}

OPERATIONS = [*operations.ROWS, *variants.ROWS, *gradients.ROWS]
ONCE = [*geometry.ROWS, *networks.ROWS, *algorithms.ROWS]


def refuses(call: str, subject: ModuleType, kind: type[Exception], message: str) -> None:
    names = {**vars(subject), **NAMES}
    with pytest.raises(Exception) as caught:  # noqa: PT011 - kind and words are compared below
        eval(call, names)
    assert (caught.type, str(caught.value)) == (kind, message)


@pytest.mark.parametrize("subject", [literal, fast], ids=["literal", "fast"])
@pytest.mark.parametrize(
    ("call", "kind", "message"), OPERATIONS, ids=[row[0] for row in OPERATIONS]
)
def test_a_bad_call_is_refused_in_these_words(
    call: str, subject: ModuleType, kind: type[Exception], message: str
) -> None:
    refuses(call, subject, kind, message)


@pytest.mark.parametrize(("call", "kind", "message"), ONCE, ids=[row[0] for row in ONCE])
def test_what_exists_once_refuses_in_these_words(
    call: str, kind: type[Exception], message: str
) -> None:
    refuses(call, cnnref, kind, message)

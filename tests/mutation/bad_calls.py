"""The table of bad calls, one test per operation, on the fast operations alone."""

from collections import defaultdict

import pytest

import cnnref
from tests.test_errors import ONCE, OPERATIONS, refuses

ROWS = defaultdict(list)
for row in [*OPERATIONS, *ONCE]:
    ROWS[row[2].partition(":")[0]].append(row)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_bad_call_of_an_operation_is_refused_in_its_words(name: str) -> None:
    for call, kind, message in ROWS[name]:
        refuses(call, cnnref, kind, message)

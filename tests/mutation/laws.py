"""Every law on a few repeatable cases, without Hypothesis: seconds for all of them."""

import pytest

from cnnref import fast
from cnnref.laws import LAWS, Law
from cnnref.laws.runner import breaches, traced

FEW = 16


@pytest.mark.parametrize("law", LAWS, ids=[law.id for law in LAWS])
def test_a_law_holds_on_a_few_cases(law: Law) -> None:
    cases = [case for case, _ in traced(law)][:FEW]
    assert breaches(law, fast, cases) == []

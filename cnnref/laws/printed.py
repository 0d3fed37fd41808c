"""What pages print: a law that holds, a statement that fails."""

from __future__ import annotations

from importlib import import_module

from cnnref.laws.catalogue import law_of, refuted_of
from cnnref.laws.runner import PROFILES


def holds(id: str) -> None:
    """Run a law on cnnref and print its sentence, and on how many cases it held.

    Args:
        id: the id of a law.

    Raises:
        KeyError: for an unknown id.
        LawBroken: when the law does not hold.

    >>> holds("convolution.commutes")
    Convolution commutes: x * w = w * x. (held on 200 cases, exactly)
    """
    law = law_of(id)
    outcome = law.check(import_module("cnnref"), examples=PROFILES["ci"])
    how = "exactly" if law.exact else "within rounding"
    print(f"{law.claim} (held on {outcome.cases} cases, {how})")


def fails(id: str) -> None:
    """Print a refuted statement and its smallest counterexample, computed by cnnref.

    Args:
        id: the id of a refuted statement.

    Raises:
        KeyError: for an unknown id.
        LawBroken: when the counterexample is none, or Hypothesis finds none by itself.

    >>> fails("pooling.max.is-linear")
    The pooled sum of two inputs is the sum of the two pooled inputs.
    Not for x = [[[1, 0]]], kernel_size = (2,), and x = [[[0, 1]]]:
      what comes        [[[1]]]
      what it promises  [[[2]]]
    """
    statement, cnn = refuted_of(id), import_module("cnnref")
    statement.check(cnn)
    breach = statement.counterexample(cnn)
    print(statement.claim)
    print(f"Not for {statement.case}:")
    print(f"  what comes        {breach.came}")
    print(f"  what it promises  {breach.promised}")

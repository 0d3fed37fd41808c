"""`python -m cnnref.laws MODULE`: every law on an implementation, one line each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from cnnref.laws.catalogue import LAWS, REFUTED
from cnnref.laws.engine import Law, LawBroken, Refuted
from cnnref.laws.offered import Offer, offer_of
from cnnref.laws.runner import PROFILES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all laws; 0 if none is broken, 1 if one is, 2 if the module offers nothing."""
    parser = argparse.ArgumentParser(prog="python -m cnnref.laws", description=__doc__)
    parser.add_argument("module", help="an importable module with some of cnnref's public names")
    parser.add_argument("--examples", type=int, default=PROFILES["dev"], help="cases of each law")
    parser.add_argument("--seed", type=int, help="try other cases than the usual ones")
    given = parser.parse_args(arguments)
    if given.examples < 1:
        parser.error("--examples must be at least 1")
    try:
        cnn = import_module(given.module)
    except ImportError as error:
        print(f"cannot import {given.module}: {error}", file=sys.stderr)
        return 2
    offer = offer_of(cnn)
    if not offer.ranks:
        print(f"{given.module} has none of cnnref's operations", file=sys.stderr)
        return 2
    counts = dict.fromkeys(("held", "refuted", "broken", "not offered"), 0)
    statements: list[Law | Refuted] = [*LAWS, *REFUTED]
    for statement in statements:
        counts[report(statement, cnn, offer, given.examples, given.seed)] += 1
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if counts["broken"] else 0


def report(
    statement: Law | Refuted, cnn: object, offer: Offer, examples: int, seed: int | None
) -> str:
    """Run one statement, print its line, and return the word that the line begins with."""
    try:
        outcome = statement.check(cnn, examples, seed, offer)
    except LawBroken as error:
        print(f"broken       {error}", flush=True)
        return "broken"
    if not outcome.offered:
        print(f"not offered  {statement.id}: needs {outcome.missing}", flush=True)
        return "not offered"
    word = "refuted" if isinstance(statement, Refuted) else "held"
    print(f"{word:<12} {statement.id}: {outcome.cases} cases", flush=True)
    return word


if __name__ == "__main__":
    sys.exit(main())

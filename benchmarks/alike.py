"""Which mistakes no drawn case tells apart: each is run on the cases of all, its outcomes compared.

Laws that call an operation draw cases; every call of the operation that they make for them is put
to all mistakes in it. Mistakes that go the same way in every respect, in all of these calls, stay
together. docs/mistakes.md shows what was found; tests/pages/test_alike.py draws again.

    python -m benchmarks.alike
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from cnnref import literal
from cnnref.laws import LAWS, MISTAKES, Law
from cnnref.laws.numbers import repeatable
from cnnref.laws.offered import Call, Scope
from cnnref.laws.outcomes import ASPECTS, Outcome, observed
from cnnref.laws.runner import calls_of, operations

FILE = Path(__file__).resolve().parents[1] / "docs" / "data" / "alike.json"
DRAWN = 5000
"""How many cases are drawn for each operation."""

RIGHT = "right"
"""The right implementation, which stands among the mistakes: none of them may be like it."""

WRONG = {mistake.id: mistake.implementation for mistake in MISTAKES} | {RIGHT: literal}
Groups = list[list[str]]


@dataclass(frozen=True, slots=True)
class Alike:
    """What was found for one operation.

    Attributes:
        mistakes: how many there are.
        laws: how many laws call it.
        cases: how many cases of theirs were drawn; fewer if all mistakes were told apart before.
        groups: the mistakes that gave the same in all of them, two or more to a group.
        last: of those that were told apart, the ones that held together longest.
    """

    mistakes: int
    laws: int
    cases: int
    groups: Groups
    last: Groups


def sources(operation: str) -> list[tuple[Law, Scope]]:
    """The laws that call an operation, and what their cases may use: everything.

    Laws about any operation draw cases of this one only.
    """
    others = frozenset(literal.__all__) - {operation}
    return [
        (law, Scope(absent=others if law.topic == "tensors" else frozenset()))
        for law in LAWS
        if operation in operations(law)
    ]


def drawn(operation: str, laws: Sequence[tuple[Law, Scope]]) -> Iterator[list[Call]]:
    """The calls of an operation that are made for each case, the laws taking turns. Endless."""
    number = 0
    while True:
        for law, scope in laws:
            case = law.cases(repeatable(law.seed + number, 1)[0], scope)
            made = calls_of(law, case).calls
            yield [call for call in made if call.operation == operation]
        number += 1


def alike(operation: str, count: int = DRAWN) -> Alike:
    """Which mistakes in an operation so many drawn cases do not tell apart."""
    ids = [mistake.id for mistake in MISTAKES if mistake.operation == operation]
    laws = sources(operation)
    groups: Groups = [[RIGHT, *ids]]
    last, cases = groups, 0
    for calls in islice(drawn(operation, laws), count):
        if not groups:
            break
        cases += 1
        for call in calls:
            before, groups = groups, [part for group in groups for part in parted(group, call)]
            last = before if groups != before else last
    return Alike(len(ids), len(laws), cases, groups, last)


def parted(group: Sequence[str], call: Call) -> Groups:
    """A group, parted by what its members make of a call; who stays alone is left out."""
    found: list[tuple[Outcome, list[str]]] = []
    for id in group:
        outcome = observed(WRONG[id], call)
        like = next((ids for other, ids in found if same(outcome, other)), None)
        if like is None:
            found.append((outcome, [id]))
        else:
            like.append(id)
    return [ids for _, ids in found if len(ids) > 1]


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are the same in every respect, but for rounding."""
    return all(one.agrees(other, aspect, rounded=True) for aspect in ASPECTS)


def main() -> None:
    found = {}
    for operation in literal.__all__:
        start = time.process_time()
        found[operation] = asdict(alike(operation))
        print(f"{time.process_time() - start:6.1f} s", operation, found[operation]["groups"])
    told = {"drawn": DRAWN, "operations": found}
    FILE.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

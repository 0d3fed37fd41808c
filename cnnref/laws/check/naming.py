"""The name of a mistake: which wrong implementation of the catalogue does the same.

Nothing is guessed. A mistake stays a candidate while it goes the same way as the implementation
in every call that went wrong. Then more calls are drawn on which the candidates, and the right
implementation, do not all agree; whoever goes another way than the implementation drops out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from cnnref import literal
from cnnref.laws.catalogue import MISTAKES
from cnnref.laws.numbers import repeatable
from cnnref.laws.offered import Call, Scope
from cnnref.laws.outcomes import ASPECTS, Aspect, Outcome, observed
from cnnref.laws.runner import Statement, calls_of

DRAWN = 5000
"""The most cases that are drawn to tell candidates apart."""

ASKED, CALLS = 24, 400
"""A last candidate is confirmed by so many calls on which it differs from the right result, or by
all of them among so many calls drawn."""

WRONG = {mistake.id: mistake.implementation for mistake in MISTAKES}
OF = {
    operation: tuple(mistake.id for mistake in MISTAKES if mistake.operation == operation)
    for operation in literal.__all__
}
"""The ids of the mistakes in each operation."""


Key: TypeAlias = tuple[str, Aspect, bool]


@dataclass(slots=True)
class Clue:
    """What is known of one fault: how many calls showed it, and which mistakes do the same.

    Attributes:
        operation: the operation that goes wrong.
        aspect: in which respect it does.
        plain: whether it does so on plain numbers, see `is_plain`.
        calls: how many calls went wrong.
        exact: the mistakes that gave the same, to the last digit, in all of them.
        rounded: those that gave the same up to rounding.
    """

    operation: str
    aspect: Aspect
    plain: bool = True
    calls: int = 0
    exact: set[str] = field(default_factory=set)
    rounded: set[str] = field(default_factory=set)

    def joined(self, other: Clue) -> Clue:
        """Both together."""
        exact, rounded = self.exact & other.exact, self.rounded & other.rounded
        return Clue(*self.key, self.calls + other.calls, exact, rounded)

    @property
    def key(self) -> Key:
        """What tells one fault from another."""
        return self.operation, self.aspect, self.plain

    @property
    def candidates(self) -> set[str]:
        """The mistakes that fit: exactly if any does, else up to rounding."""
        return self.exact or self.rounded

    @property
    def is_rounding(self) -> bool:
        """Whether they fit only up to rounding."""
        return not self.exact


def clues(cnn: Any, cases: Iterable[Sequence[Call]]) -> list[Clue]:
    """What failing cases tell of the faults of an implementation.

    Args:
        cnn: the implementation.
        cases: for each case the calls that were made for it, right and wrong ones.
    """
    found: dict[Key, Clue] = {}
    for calls in cases:
        came = [observed(cnn, call) for call in calls]
        right = [observed(literal, call) for call in calls]
        for aspect in ASPECTS:
            agreed = [a.agrees(b, aspect) for a, b in zip(came, right, strict=True)]
            for call, outcome, agrees in zip(calls, came, agreed, strict=True):
                if not agrees and not isinstance(outcome.error, NotImplementedError):
                    everyone = set(OF[call.operation])
                    key = (call.operation, aspect, is_plain(call))
                    clue = found.get(key) or Clue(*key, 0, everyone, everyone)
                    found[key] = after(clue, call, outcome)
            if not all(agreed):
                break  # what is wrong in its values may have any type
    return list(found.values())


def after(clue: Clue, call: Call, came: Outcome) -> Clue:
    """The clue after one more call that went wrong."""
    outcomes = {id: observed(WRONG[id], call) for id in clue.rounded}
    exact, rounded = (
        {id for id, outcome in outcomes.items() if outcome.agrees(came, clue.aspect, rounding)}
        for rounding in (False, True)
    )
    return Clue(*clue.key, clue.calls + 1, exact & clue.exact, rounded)


def narrowed(cnn: Any, clue: Clue, calls: Iterable[Call], going: Callable[[], bool]) -> Clue:
    """The clue after more calls, on which its candidates or the right result differ.

    Args:
        cnn: the implementation.
        clue: what is known so far.
        calls: calls of the operation, right or wrong.
        going: whether there is time for another one.
    """
    left, aspect, rounded = set(clue.candidates), clue.aspect, clue.is_rounding
    asked = 0
    for drawn, call in enumerate(calls):
        confirmed = asked >= ASKED or drawn >= CALLS
        if not left or not going() or (len(left) == 1 and confirmed):
            break
        if is_plain(call) is not clue.plain:
            continue
        right = observed(literal, call)
        outcomes = {id: observed(WRONG[id], call) for id in left}
        if all(outcome.agrees(right, aspect, rounded) for outcome in outcomes.values()):
            continue
        came = observed(cnn, call)
        asked += 1
        left = {id for id in left if outcomes[id].agrees(came, aspect, rounded)}
    return Clue(*clue.key, clue.calls, left & clue.exact, left & clue.rounded)


def is_plain(call: Call) -> bool:
    """Whether all numbers of a call are finite ones in single or double precision.

    What goes wrong on others may be another fault, and is looked at by itself.
    """
    numbers = call.arguments[:1] if call.operation in COUNTING else call.arguments
    arrays = [value for value in numbers if isinstance(value, np.ndarray)]
    return all(a.dtype in PLAIN and np.isfinite(a).all() and a.size for a in arrays)


PLAIN = (np.dtype("float64"), np.dtype("float32"))
COUNTING = ("max_unpool", "softmax_cross_entropy")
"""The operations whose second argument holds places or labels."""


def drawn_calls(operation: str, sources: Sequence[tuple[Statement, Scope]]) -> Iterator[Call]:
    """Calls of an operation that laws make for repeatable cases, at most DRAWN cases.

    Args:
        operation: its name.
        sources: laws that call it, each with what its cases may use.
    """
    for number in range(DRAWN // max(1, len(sources)) + 1):
        for statement, scope in sources:
            numbers = repeatable(statement.seed + number, 1)[0]
            made = calls_of(statement, statement.cases(numbers, scope)).calls
            yield from (call for call in made if call.operation == operation)

"""The smallest call on which a mistake shows, found among the cases of laws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pickle import dumps
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import fresh
from cnnref.laws.catalogue import LAWS
from cnnref.laws.counterexamples import step
from cnnref.laws.engine import Law
from cnnref.laws.mistakes import Mistake
from cnnref.laws.numbers import Numbers, repeatable
from cnnref.laws.offered import RANKS, Call, NotOffered, Scope
from cnnref.laws.outcomes import ASPECTS, Aspect, observed
from cnnref.laws.runner import Breach, Verdict, calls_of, simplest
from cnnref.laws.sides import compare

TRIES, FEWER, FEWEST = 160, 24, 6
"""How many cases are looked at: of the definition, of other laws of all operations, of the rest."""

SHOWN, STARTS, CALLS = 8, 4, 200
"""How many cases that show a mistake are enough, from how many of the smallest of them one goes
down, and after how many different calls no more."""

UNUSUAL = tuple(
    f"tensors.{name}"
    for name in (
        "with-nan-is-its-definition",
        "integers-never-wrap",
        "results-keep-precision",
        "layout-does-not-matter",
        "empty-batch-is-legal",
        "empty-batch-sums-to-zero",
    )
)
"""The laws of all operations whose cases are no common ones."""


def fault(wrong: Any, call: Call) -> Aspect | None:
    """In which respect an implementation goes wrong first, rounding apart; None if in none."""
    return observed(wrong, call).fault(observed(literal, call), rounded=True)


def smallest(mistake: Mistake) -> Call:
    """The smallest call found that shows a mistake: in its values, if any does."""
    for laws, tries in sources(mistake):
        found = [call for law in laws for call in shown_by(mistake, law, tries)]
        if found:
            return min(found, key=lambda call: size(mistake, call))
    raise LookupError(f"no case of a law shows {mistake.id}")


def sources(mistake: Mistake) -> Iterator[tuple[Sequence[Law], int]]:
    """Laws whose cases may show a mistake, most telling ones first, and how many cases of each."""
    first = definitions()[mistake.operation]
    yield (first,), TRIES
    yield [law for law in LAWS if law.id in UNUSUAL], FEWER
    others = [law for law in LAWS if law.topic != "tensors" and law is not first]
    alike = {law: len(stems(law.id) & stems(mistake.id)) for law in others}
    for law in sorted(filter(alike.__getitem__, others), key=alike.__getitem__, reverse=True):
        yield (law,), FEWEST
    yield [law for law in LAWS if law.topic == "tensors" and law.id not in UNUSUAL], FEWEST
    for law in others:
        yield (law,), FEWER


@cache
def definitions() -> dict[str, Law]:
    """For each operation the law that it is its definition."""
    found: dict[str, Law] = {}
    for law in LAWS:
        if law.id.endswith("is-its-definition") and law.topic != "tensors":
            case = law.cases(repeatable(law.seed, 1)[0], Scope())
            found |= {call.operation: law for call in calls_of(law, case).calls}
    return found


def stems(id: str) -> set[str]:
    """How the words of an id begin."""
    return {word[:4] for word in id.replace(".", "-").replace("_", "-").split("-")}


def shown_by(mistake: Mistake, law: Law, tries: int) -> list[Call]:
    """Small calls of one law that show a mistake in one respect, with as few axes as can be."""
    others = frozenset(literal.__all__) - {mistake.operation}
    absent = others if law.topic == "tensors" else frozenset[str]()
    for rank in RANKS:
        scope = Scope((rank,), absent=absent)
        trial = Trial(mistake.operation, mistake.implementation, law, scope)
        seen: dict[str, list[tuple[int, int, bytes]]] = {aspect: [] for aspect in ASPECTS}
        for numbers in repeatable(law.seed, tries):
            breach = trial.run(numbers.drawn).breach
            if breach is not None:
                made = step(breach.calls[0])
                entries = sum(array.size for _, array in made.arrays)
                seen[breach.reason].append((len(made.options), entries, numbers.drawn))
            if len(seen["values"]) == SHOWN:
                break
        for aspect in ASPECTS:
            if seen[aspect]:
                starts = [drawn for *_, drawn in sorted(seen[aspect])[:STARTS]]
                return list(small(replace(trial, aspect=aspect, known={}), starts))
    return []


def small(trial: Trial, starts: Sequence[bytes]) -> Iterator[Call]:
    """The call that one comes down to from each start, until there were enough calls."""
    for drawn in starts:
        breach = trial.run(drawn).breach
        if breach is not None and len(trial.known) < CALLS:
            yield simplest(drawn, breach, trial.run).calls[0]


@dataclass(frozen=True, slots=True)
class Trial:
    """Asks whether the first call of an operation in a case goes wrong, in one respect or any."""

    operation: str
    wrong: Any
    law: Law
    scope: Scope
    aspect: str = ""
    known: dict[bytes, Verdict] = field(default_factory=dict)

    def run(self, drawn: bytes) -> Verdict:
        """The verdict on the case that these bytes make; its breach has that one call."""
        try:
            case = self.law.cases(Numbers(drawn), self.scope)
        except NotOffered:
            return Verdict(0)
        call = first_call(self.law, case, self.operation)
        if call is None:
            return Verdict(0)
        key = dumps((call.arguments, call.options))  # most bytes of a small case make no difference
        if key not in self.known:
            found = fault(self.wrong, call)
            wanted = found is not None and self.aspect in ("", found)
            breach = Breach(self.law, case, str(found), "", "", (call,)) if wanted else None
            self.known[key] = Verdict(1, breach)
        return self.known[key]


class Made(Exception):
    """Tells that the call was made that one waits for."""


@dataclass(slots=True)
class Waiting:
    """The right implementation, until one of its operations is called: that call is kept."""

    operation: str
    call: Call | None = None

    def __getattr__(self, name: str) -> Any:
        return self.kept if name == self.operation else getattr(literal, name)

    def kept(self, *arguments: Any, **options: Any) -> Any:
        self.call = Call(self.operation, arguments, options)
        raise Made


def first_call(law: Law, case: Any, operation: str) -> Call | None:
    """The first call of an operation that a law makes for a case; None if it makes none."""
    waiting = Waiting(operation)
    try:
        with np.errstate(all="ignore"):
            compare(law.function(waiting, fresh(case)))
    except Made:
        pass
    return waiting.call


def size(mistake: Mistake, call: Call) -> tuple[float, ...]:
    """What makes a call large, what weighs most first."""
    came, right = observed(mistake.implementation, call), observed(literal, call)
    found = came.fault(right, rounded=True)
    made, results = step(call), (*came.parts, *right.parts)
    entries = np.concatenate([array.ravel() for array in (*dict(made.arrays).values(), *results)])
    options = [value for name, value in made.options if name != "mode"]
    return (
        ASPECTS.index(found) if found else len(ASPECTS),
        len(options),
        entries.size + 3 * sum(not np.isfinite(part).all() for part in results),
        len(repr(options)),
        float(np.abs(entries[np.isfinite(entries)].astype(complex)).sum()),
    )

"""Running statements on implementations, and comparing what they return."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from cnnref import literal
from cnnref.laws.cases import expression, fresh
from cnnref.laws.numbers import CHOICES, DISTINCT, SIZE, VALUES, Numbers, repeatable
from cnnref.laws.offered import RANKS, Call, NotOffered, Offer, Scope, Watched, WrongType
from cnnref.laws.sides import Sides, Within, compare

Cases: TypeAlias = Callable[[Numbers, Scope], Any]
"""How cases are made: from small numbers, within what an implementation offers."""

PROFILES = {"dev": 25, "ci": 200, "nightly": 5000}
"""How many cases of each law are tried; the nightly ones are other ones every time."""

ALIKE, TRACED, ANY_TRACED, VARIED = 16, 48, 192, 5
"""How many cases of a statement are looked at to learn which call what: if all of them call the
same; if they differ; and if they call so many operations that it is about any of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A sentence, and the function that returns its two sides for a case."""

    id: str
    function: Callable[[Any, Any], Sides]
    cases: Cases
    exact: bool = True
    needs: frozenset[str] = frozenset()

    def __call__(self, cnn: Any, case: Any) -> Sides:
        return self.function(cnn, case)

    @property
    def claim(self) -> str:
        """The sentence: the docstring of the function."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def source(self) -> str:
        """The source text of the function."""
        return inspect.getsource(self.function)

    @property
    def topic(self) -> str:
        """The topic, which is the module that the statement stands in."""
        return self.function.__module__.rpartition(".")[2]

    @property
    def seed(self) -> int:
        """The seed of the repeatable cases: the same on every machine, another for each id."""
        return crc32(self.id.encode())


@dataclass(frozen=True, slots=True, eq=False)
class Breach:
    """A case on which a statement does not hold, and what was seen there."""

    statement: Statement
    case: Any
    reason: str
    came: str
    promised: str
    calls: tuple[Call, ...]
    error: Exception | None = None

    @property
    def crashed(self) -> bool:
        """Whether nothing was compared, because an error was raised."""
        return self.error is not None

    def __str__(self) -> str:
        lines = [
            f"{self.statement.id}: {self.statement.claim}",
            f"  but {self.reason}",
            f"  case      {self.case!r}",
            *(f"  call      {spelled(call)}" for call in self.calls),
            f"  came      {self.came}",
            f"  expected  {self.promised}",
        ]
        return "\n".join(lines)


def spelled(call: Call) -> str:
    """A call as Python, and its result."""
    arguments = [expression(argument) for argument in call.arguments]
    arguments += [f"{name}={expression(value)}" for name, value in call.options.items()]
    result = "an exception" if call.result is None else expression(call.result)
    return f"{call.operation}({', '.join(arguments)}) -> {result}"


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """How many entries one case compared, and the breach if it was one."""

    entries: int
    breach: Breach | None = None


def judge(statement: Statement, cnn: Any, case: Any, rtol: float = 0) -> Verdict:
    """One statement on one case of one implementation; with a tolerance only if one is given."""
    watched = Watched(cnn)
    try:
        with np.errstate(all="ignore"):  # a law's own arithmetic on infinities is no event
            sides = statement.function(watched, fresh(case))
            found = compare(sides, rtol)
        if statement.exact is isinstance(sides[1], Within):
            raise TypeError("a law is exact, or else its second side is `within` a bound")
    except Exception as error:
        kind = "TypeError" if isinstance(error, WrongType) else type(error).__name__
        reason = f"{kind} was raised"
        calls = tuple(watched.calls)
        return Verdict(0, Breach(statement, case, reason, repr(error), "a result", calls, error))
    if not found.reason:
        return Verdict(found.entries)
    calls = tuple(watched.calls)
    breach = Breach(statement, case, found.reason, found.came, found.promised, calls)
    return Verdict(found.entries, breach)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search saw: cases tried, entries compared, the smallest breach if there is one."""

    cases: int
    entries: int
    breach: Breach | None = None


class Broken(Exception):
    """Tells Hypothesis that a case is a breach."""


def search(
    statement: Statement,
    cnn: Any,
    scope: Scope,
    examples: int,
    number: int | None = None,
    trial: Callable[[Statement, Any, Any], Verdict] = judge,
) -> Found:
    """Let Hypothesis look for a breach, and make it small. Without a number it is repeatable."""
    cases = entries = 0
    broken: list[tuple[bytes, Breach]] = []

    def run(drawn: bytes) -> Verdict:
        return trial(statement, cnn, statement.cases(Numbers(drawn), scope))

    @seed(statement.seed if number is None else number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        print_blob=True,
        report_multiple_bugs=False,
        phases=(Phase.generate,),  # `simplest` makes smaller cases, and in fewer runs
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(min_size=SIZE, max_size=SIZE))
    def attempt(drawn: bytes) -> None:
        nonlocal cases, entries
        verdict = run(drawn)
        cases, entries = cases + 1, entries + verdict.entries
        if verdict.breach is not None:
            broken.append((drawn, verdict.breach))
            raise Broken

    try:
        attempt()
    except (Broken, Flaky):  # an implementation may answer differently when asked again
        return Found(cases, entries, simplest(*broken[0], run))
    return Found(cases, entries)


def simplest(drawn: bytes, breach: Breach, run: Callable[[bytes], Verdict]) -> Breach:
    """The simplest breach on the way down from one: none of its bytes can be lowered any more.

    Sizes and options come first, with the entries as they are or as they were drawn; then entries
    are set to zero, many at once or one by one; and all of it again until nothing changes.
    """
    first, before = drawn, b""
    while drawn != before:
        before = drawn
        for simpler in simplifications(first):
            for candidate in simpler(drawn):
                found = run(candidate).breach
                if found is not None:
                    drawn, breach = candidate, found
                    break
    return breach


def simplifications(first: bytes) -> Iterator[Callable[[bytes], Iterator[bytes]]]:
    """The steps of `simplest`: each offers bytes that are simpler than the ones it gets."""

    def lower(drawn: bytes, place: int, width: int) -> Iterator[bytes]:
        part = drawn[place : place + width]
        for byte in range(min(part[0], DISTINCT) if width == 1 else any(part)):
            simpler = drawn[:place] + bytes([byte] * width) + drawn[place + width :]
            yield simpler
            if place < CHOICES:
                yield simpler[:CHOICES] + first[CHOICES:]

    for place in range(CHOICES):
        yield partial(lower, place=place, width=1)
    for width in (VALUES // 2, VALUES // 8, 1):
        for place in range(CHOICES, SIZE, width):
            yield partial(lower, place=place, width=width)


def sample(statement: Statement, scope: Scope, count: int) -> list[Any]:
    """Cases without Hypothesis: quick, and the same with every version of it."""
    return [statement.cases(numbers, scope) for numbers in repeatable(statement.seed, count)]


def breaches(statement: Statement, cnn: Any, cases: Iterable[Any]) -> list[Breach]:
    """Every one of the cases that is a breach."""
    verdicts = (judge(statement, cnn, case) for case in cases)
    return [verdict.breach for verdict in verdicts if verdict.breach is not None]


@cache
def traced(statement: Statement) -> tuple[tuple[Any, frozenset[str]], ...]:
    """Repeatable cases that literal keeps, each with the operations that are called for it.

    More of them if they do not all call the same, so that each operation comes up a few times.
    """
    found: list[tuple[Any, frozenset[str]]] = []
    for count in (ALIKE, TRACED, ANY_TRACED):
        cases = sample(statement, Scope(), count)[len(found) :]
        found += [(case, frozenset(calls_of(statement, case).used()[0])) for case in cases]
        kinds = {called for _, called in found}
        if len(kinds) == 1 or (count == TRACED and len(kinds) < VARIED):
            break
    return tuple(found)


def operations(statement: Statement) -> frozenset[str]:
    """The operations that a statement calls."""
    return frozenset().union(*(called for _, called in traced(statement)))


def calls_of(statement: Statement, case: Any) -> Watched:
    """What a statement calls for a case, seen by running it on literal."""
    watched = Watched(literal)
    with np.errstate(all="ignore"):
        sides = statement.function(watched, fresh(case))
        compare(sides)  # a refusal makes its call only when compared
    return watched


def uses(statement: Statement, scope: Scope) -> tuple[set[str], set[str]]:
    """The operations called and the options given for some cases within a scope."""
    names: set[str] = set()
    options: set[str] = set()
    for case in sample(statement, scope, TRACED // 2):
        used = calls_of(statement, case).used()
        names, options = names | used[0], options | used[1]
    return names, options


def scoped(statement: Statement, offer: Offer, called: frozenset[str] = frozenset()) -> Scope:
    """What the cases of a statement may use of an offer; raises NotOffered if that is too little.

    Options that a statement merely varies are left out of its cases; one that it is about, it
    names in `needs`, or gives always.

    Args:
        statement: a law or a refuted statement.
        offer: what an implementation has.
        called: the operations that the statement calls, if they are known.
    """
    called = called or operations(statement)
    absent = frozenset(literal.__all__) - set(offer.ranks)
    present = called - absent
    ranks = set.intersection(set(RANKS), *(set(offer.ranks[name]) for name in present))
    if not present or not ranks:
        raise NotOffered(", ".join(sorted(called)))
    scope = Scope(tuple(sorted(ranks)), offer.missing - statement.needs, absent)
    if present != called or offer.missing or ranks != set(RANKS):
        names, options = uses(statement, scope)
        lacking = sorted(names & absent) + sorted(options & offer.missing)
        if lacking:
            raise NotOffered(", ".join(lacking))
    return scope

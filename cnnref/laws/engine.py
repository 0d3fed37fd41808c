"""Laws and refuted statements: one sentence, one function, both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol, TypeVar

from cnnref.laws.cases import Case
from cnnref.laws.offered import NotOffered, Offer, offer_of
from cnnref.laws.runner import Breach, Cases, Statement, judge, scoped, search
from cnnref.laws.sides import Sides

SEARCH = 500
"""The fewest cases in which Hypothesis must find a counterexample of its own."""


class LawBroken(AssertionError):
    """A law does not hold, or a refuted statement does; the message says on which case."""

    def __init__(self, message: str, breach: Breach | None = None) -> None:
        super().__init__(message)
        self.breach = breach


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check that found nothing wrong: how many cases it ran, or what it could not run for."""

    id: str
    cases: int
    missing: str = ""

    @property
    def offered(self) -> bool:
        """Whether the implementation has what the law is about."""
        return not self.missing


@dataclass(frozen=True, slots=True, eq=False)
class Law(Statement):
    """A statement that holds for every case, as far as anyone has looked."""

    def check(
        self,
        cnn: Any,
        examples: int = 25,
        seed: int | None = None,
        offer: Offer | None = None,
    ) -> Outcome:
        """Let Hypothesis try to break the law on an implementation.

        Args:
            cnn: any object with the public names; laws about others are not run.
            examples: how many cases to try.
            seed: another number tries other cases; None always tries the same.
            offer: what the implementation offers, if it was looked at before.

        Returns:
            Outcome, with the number of cases run.

        Raises:
            LawBroken: with the smallest case found on which the sides differ.
        """
        try:
            scope = scoped(self, offer or offer_of(cnn))
        except NotOffered as missing:
            return Outcome(self.id, 0, str(missing))
        found = search(self, cnn, scope, examples, seed)
        if found.breach is not None:
            again = f"examples={examples}" + ("" if seed is None else f", seed={seed}")
            raise LawBroken(f"{found.breach}\n  again     law.check(cnn, {again})", found.breach)
        if not found.entries:
            raise LawBroken(f"{self.id} is vacuous: {found.cases} cases, and no entry compared")
        return Outcome(self.id, found.cases)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Refuted(Statement):
    """A tempting statement that is false, and its smallest counterexample."""

    case: Case

    def check(
        self,
        cnn: Any,
        examples: int = SEARCH,
        seed: int | None = None,
        offer: Offer | None = None,
    ) -> Outcome:
        """See the pinned case fail, and let Hypothesis find a counterexample by itself.

        Args:
            cnn: any object with the public names; statements about others are not run.
            examples: how many cases to try, at least 500.
            seed: another number tries other cases; None always tries the same.
            offer: what the implementation offers, if it was looked at before.

        Returns:
            Outcome, with the number of cases run.

        Raises:
            LawBroken: when the statement holds for the pinned case, or for every case drawn, or
                when it cannot be computed.
        """
        try:
            scope = scoped(self, offer or offer_of(cnn))
        except NotOffered as missing:
            return Outcome(self.id, 0, str(missing))
        self.counterexample(cnn)
        found = search(self, cnn, scope, max(examples, SEARCH), seed)
        if found.breach is None:
            raise LawBroken(f"{self.id}: no counterexample in {found.cases} cases")
        if found.breach.crashed:
            raise LawBroken(str(found.breach), found.breach)
        return Outcome(self.id, found.cases)

    def counterexample(self, cnn: Any) -> Breach:
        """What an implementation makes of the pinned case."""
        breach = judge(self, cnn, self.case).breach
        if breach is None:
            raise LawBroken(f"{self.id}: holds for its counterexample {self.case!r}")
        if breach.crashed:
            raise LawBroken(str(breach), breach)
        return breach


Function = Callable[[Any, Any], Sides]


def law(
    id: str, *, cases: Cases, exact: bool = True, needs: Iterable[str] = ()
) -> Callable[[Function], Law]:
    """Make a law of a function that returns both sides; its docstring is the sentence.

    Args:
        id: the name under which pages and tests cite the law.
        cases: how its cases are made, see `cnnref.laws.strategies`.
        exact: False if the law is about floats, which agree only within a derived bound.
        needs: the options, as "conv.stride", without which the law says nothing.

    Returns:
        A decorator; what it returns is the Law.

    Raises:
        ValueError: for a function without a sentence.
    """

    def decorate(function: Function) -> Law:
        return Law(id, spoken(id, function), cases, exact, frozenset(needs))

    return decorate


def refuted(
    id: str, *, case: Case, cases: Cases, needs: Iterable[str] = ()
) -> Callable[[Function], Refuted]:
    """Make a refuted statement of a function that returns both sides of something false.

    Args:
        id: the name under which pages and tests cite the statement.
        case: its smallest counterexample.
        cases: where Hypothesis has to find one by itself.
        needs: the options, as "conv.stride", without which the statement says nothing.

    Returns:
        A decorator; what it returns is the Refuted.

    Raises:
        ValueError: for a function without a sentence.
    """

    def decorate(function: Function) -> Refuted:
        told = spoken(id, function)
        return Refuted(id, told, cases, needs=frozenset(needs), case=case)

    return decorate


def spoken(id: str, function: Function) -> Function:
    """The function, if it has a docstring of one sentence."""
    sentence = (function.__doc__ or "").strip()
    if not sentence.endswith("."):
        raise ValueError(f"{id}: the docstring must be the sentence; got {sentence!r}")
    return function


class Named(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


Kind = TypeVar("Kind", bound=Named)


def collect(kind: type[Kind], *modules: ModuleType) -> tuple[Kind, ...]:
    """Everything of one kind that stands in the modules, in order; refuses an id used twice."""
    found = [value for module in modules for value in vars(module).values() if type(value) is kind]
    distinct([value.id for value in found])
    return tuple(found)


def distinct(ids: Sequence[str]) -> None:
    """Refuse an id that is used twice."""
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise ValueError(f"ids used twice: {', '.join(twice)}")

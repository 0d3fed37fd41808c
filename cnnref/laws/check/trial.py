"""One law tried on one implementation, and what is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from cnnref import literal
from cnnref.laws.cases import expression
from cnnref.laws.check.levels import SHAPES, Item
from cnnref.laws.check.naming import clues
from cnnref.laws.check.pages import always_called, calls_of_law
from cnnref.laws.check.report import Failure, Kind, Picture, Row, Status
from cnnref.laws.check.target import Target
from cnnref.laws.counterexamples import step
from cnnref.laws.engine import Law
from cnnref.laws.numbers import SIZE, Numbers
from cnnref.laws.offered import Call, NotOffered, Offer, Scope, WrongType
from cnnref.laws.outcomes import ASPECTS, Aspect, Outcome, observed
from cnnref.laws.runner import (
    Breach,
    Statement,
    Verdict,
    calls_of,
    judge,
    operations,
    sample,
    scoped,
    search,
)

SHARE = 4
"""A law about any operation is tried on each of them with this part of the cases."""

ABOUT: dict[str, Aspect] = {
    "tensors.nothing-is-printed": "printing",
    "tensors.inputs-stay": "memory",
    "tensors.results-are-new": "memory",
    "tensors.results-keep-precision": "dtype",
}
"""The laws that are not about values, and what they are about."""

UNWRITTEN = 12
"""After so many cases that all met with NotImplementedError, no more are tried."""

MORE = 24
"""How many further cases of a broken law are put to the catalogue of mistakes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was asked for.

    Attributes:
        examples: cases of each law.
        seed: another number tries other cases; None always the same.
        rtol: how far from exact entries may be, as a part of the largest one.
        limit: seconds for each law.
    """

    examples: int = 100
    seed: int | None = None
    rtol: float = 0.0
    limit: float = 10.0


@dataclass(slots=True)
class Trial:
    """What happens to the cases of one law: those that say nothing new are passed over.

    Attributes:
        settings: what was asked for.
        misshapen: operations that are known to return wrong shapes, or errors.
        note: is told each case before it is tried.
        breaches: all that were seen.
        tried: how many cases were compared.
        waiting: the operations of misshapen calls that cases were passed over for.
        refused: how many cases met with NotImplementedError.
    """

    settings: Settings
    misshapen: frozenset[str]
    note: Callable[[Any], object]
    end: float
    breaches: list[Breach] = field(default_factory=list)
    tried: int = 0
    waiting: set[str] = field(default_factory=set)
    refused: int = 0

    def __call__(self, statement: Statement, cnn: Any, case: Any) -> Verdict:
        """Try one case."""
        if not self.going():
            return Verdict(0)
        self.note(case)
        verdict = judge(statement, cnn, case, self.settings.rtol)
        breach = verdict.breach
        if breach is None:
            self.tried += 1
            return verdict
        if isinstance(breach.error, NotImplementedError):
            self.refused += 1
            return Verdict(0)
        known = {call.operation for call in breach.calls if self.is_known(cnn, call)}
        last = breach.calls[-1] if breach.calls else None
        if last and last.operation in self.misshapen and returned_no_array(breach):
            known.add(last.operation)
        if known:
            self.waiting |= known
            return Verdict(0)
        self.tried += 1
        self.breaches.append(breach)
        return verdict

    def going(self) -> bool:
        """Whether there is time for another case, and a point in trying it."""
        unwritten = self.refused >= UNWRITTEN and not self.tried
        return time.monotonic() < self.end and not unwritten

    def is_known(self, cnn: Any, call: Call) -> bool:
        """Whether a call goes wrong in a way that was told when shapes were looked at."""
        if call.operation not in self.misshapen:
            return False
        right = observed(literal, call)
        return right.error is None and observed(cnn, call).shapes != right.shapes


@dataclass(frozen=True, slots=True)
class Bench:
    """An implementation, ready to be tried."""

    cnn: Any
    offer: Offer
    targets: tuple[Target, ...]
    settings: Settings
    note: Callable[[Any], object] = id  # which does nothing

    def scope(self, item: Item) -> Scope:
        """What cases of an item may use; raises NotOffered if that is too little."""
        if not item.operation:
            return self.scope_of_law(item.law)
        others = frozenset(literal.__all__) - {item.operation}
        return Scope(self.offer.ranks[item.operation], self.offer.missing, others)

    def scope_of_law(self, law: Law) -> Scope:
        """The same of a law; without what it always calls, no case has to be looked at."""
        called, offered = calls_of_law(law.id), set(self.offer.ranks)
        lacking = always_called(law.id) - offered
        if lacking and called & offered and not self.offer.missing:  # else more is to be said
            raise NotOffered(", ".join(sorted(lacking)))
        return scoped(law, self.offer, called)

    def applies(self, item: Item) -> bool:
        """Whether a law is about this operation, if it is about any of them."""
        try:
            if item.operation:
                item.law.cases(Numbers(bytes(SIZE)), self.scope(item))
        except NotOffered:
            return False
        return True

    def row(
        self,
        item: Item,
        misshapen: frozenset[str] = frozenset(),
        hung: frozenset[str] = frozenset(),
    ) -> Row:
        """Try one item."""
        begun = time.monotonic()
        as_row = partial(Row, item.law.id, item.law.claim, item.operation, item.level)
        try:
            scope = self.scope(item)
        except NotOffered as missing:
            return as_row("not offered", note=f"needs {missing}")
        called = frozenset({item.operation}) if item.operation else calls_of_law(item.law.id)
        called = called or operations(item.law)
        as_row = partial(as_row, calls=called)
        if called & hung:
            return as_row("waiting", note=f"for {', '.join(sorted(called & hung))} to return")
        known = frozenset() if item.law.id == SHAPES else misshapen
        trial = Trial(self.settings, known, self.note, begun + self.settings.limit)
        examples = self.settings.examples
        if item.operation:
            examples = max(1, examples // SHARE)
        found = search(item.law, self.cnn, scope, examples, self.settings.seed, trial)
        seconds = time.monotonic() - begun
        if found.breach is None:
            status, note = quiet(trial, examples)
            return as_row(status, trial.tried, seconds, note)
        trial.end = time.monotonic() + self.settings.limit / 2
        for case in sample(item.law, scope, MORE):
            trial(item.law, self.cnn, case)
        failure = self.failure(item.law, found.breach)
        return as_row(
            "failed",
            trial.tried,
            time.monotonic() - begun,
            failure=failure,
            clues=tuple(clues(self.cnn, [suspects(self.cnn, breach) for breach in trial.breaches])),
        )

    def failure(self, law: Law, breach: Breach) -> Failure:
        """What is told of a breach."""
        picture, wrong = None, ""
        first = ABOUT.get(law.id)
        aspects = ASPECTS if first is None else (first, *ASPECTS)
        for call in suspects(self.cnn, breach):
            came, right = observed(self.cnn, call), observed(literal, call)
            wrong = came.fault(right, aspects) or ""
            if wrong:
                picture = pictured(
                    call, self.targets, self.offer, shown(came, wrong), shown(right, wrong)
                )
                break
        kind = kind_of(law, breach, wrong)
        return Failure(
            kind, reason(breach), str(breach.case), breach.came, breach.promised, picture
        )


def pictured(
    call: Call, targets: Sequence[Target], offer: Offer, came: Any, expected: Any
) -> Picture:
    """A call as data, with what came of it and what should have."""
    if f"{call.operation}.full" in offer.missing:  # a function in one mode takes no mode
        call = replace(call, options={})
    told = step(call)
    arrays = tuple((name, array.copy()) for name, array in told.arrays)
    others = tuple((name, repr(value)) for name, value in told.options)
    target = next(t for t in reversed(targets) if t.name in ("", call.operation))
    imported, name = target.spelled(call.operation)
    python = spelled(name, call)
    return Picture(call.operation, arrays, others, came, expected, python, imported)


def spelled(name: str, call: Call) -> str:
    """A call of a function by this name, as Python."""
    said = [expression(argument) for argument in call.arguments]
    said += [f"{key}={expression(value)}" for key, value in call.options.items()]
    return f"{name}({', '.join(said)})"


def suspects(cnn: Any, breach: Breach) -> Sequence[Call]:
    """The calls of a breach; as they were before, if they only go wrong when not yet written to."""
    for call in breach.calls:
        if observed(cnn, call).fault(observed(literal, call)):
            return breach.calls
    return calls_of(breach.statement, breach.case).calls


def quiet(trial: Trial, examples: int) -> tuple[Status, str]:
    """How a law without a breach came out, and what is to be said of it."""
    if not trial.tried:
        if trial.waiting:
            return "waiting", f"for the shapes of {', '.join(sorted(trial.waiting))}"
        if trial.refused:
            return "not offered", "NotImplementedError was raised"
        return "waiting", "for time: no case was done within the limit"
    notes = []
    if trial.waiting:
        notes.append(f"cases with wrong shapes of {', '.join(sorted(trial.waiting))} left out")
    if trial.refused:
        notes.append(f"{trial.refused} cases met with NotImplementedError")
    if not trial.going():
        notes.append(f"{trial.tried} of {examples} cases within the time limit")
    return "held", "; ".join(notes)


def returned_no_array(breach: Breach) -> bool:
    """Whether the last call returned something of the wrong type."""
    return isinstance(breach.error, WrongType)


def kind_of(law: Law, breach: Breach, aspect: str) -> Kind:
    """What went wrong."""
    if breach.error is not None:
        return "type" if returned_no_array(breach) else "exception"
    if law.id == SHAPES or breach.reason.startswith("shape"):
        return "shape"
    kinds: dict[str, Kind] = {"dtype": "dtype", "memory": "memory", "printing": "printing"}
    return kinds.get(aspect, "values")


def reason(breach: Breach) -> str:
    """Why a case is a breach, in one line."""
    if breach.error is None:
        return breach.reason
    said = str(breach.error).splitlines()
    if returned_no_array(breach):
        return said[0]
    return breach.reason + (f": {said[0]}" if said else "")


def shown(outcome: Outcome, aspect: str) -> tuple[Any, ...] | str:
    """What is told of an outcome: arrays where values count, else words."""
    if outcome.error is not None:
        return f"{type(outcome.error).__name__}: {outcome.error}"
    objects = [part for part in outcome.parts if part.dtype == object]
    if objects:  # must not leave this process: to read it is to run somebody's code
        return f"{objects[0].item(0)!s:.60}" if objects[0].size else "an empty object"
    if aspect == "dtype":
        return "dtype " + ", ".join(part.dtype.name for part in outcome.parts)
    if aspect == "memory":
        wrote, shares, writeable = outcome.memory
        words = ("writes into its input",) * wrote + ("returns a view of its input",) * shares
        words += ("cannot be written",) * (not writeable)
        return ", ".join(words) or "an array of its own, the input as it was"
    if aspect == "printing":
        return "prints" if outcome.printed else "prints nothing"
    return outcome.parts

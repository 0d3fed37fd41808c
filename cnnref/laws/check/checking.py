"""A whole check: level by level, what hangs and what waits, and the names of the mistakes."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol, TypeAlias

from cnnref import literal
from cnnref.laws.catalogue import MISTAKES, law_of
from cnnref.laws.check.jobs import HUNG, Gone, Job, Ready, done, todo
from cnnref.laws.check.levels import SHAPES, Item
from cnnref.laws.check.naming import Clue, Key
from cnnref.laws.check.report import Failure, Kind, Named, Report, Row
from cnnref.laws.check.target import ADAPTERS, BadTarget, Target, operations_of
from cnnref.laws.check.trial import Bench, Settings, pictured, shown
from cnnref.laws.offered import Offer, offer_of
from cnnref.laws.outcomes import observed
from cnnref.laws.runner import calls_of

Listener: TypeAlias = Callable[[Report, int, int], None]
"""Is told after each law: the report so far, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be checked, and how.

    Attributes:
        said: what is checked, as the user named it.
        settings: examples, seed, tolerance, time limit.
        level: the last level.
        globs: patterns of ids of laws; without any, all of them.
        fail_fast: whether to stop at the first broken law.
    """

    said: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    level: int = 5
    globs: tuple[str, ...] = ()
    fail_fast: bool = False

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is checked; raises BadTarget for words that name nothing."""
        return tuple(map(Target.read, self.said))

    @property
    def told(self) -> dict[str, object]:
        """How it is checked, as the report says it."""
        return {
            "examples": self.settings.examples,
            "seed": self.settings.seed,
            "rtol": self.settings.rtol,
            "time limit": self.settings.limit,
            "level": self.level,
            "laws": list(self.globs),
        }


class Team(Protocol):
    """Who does the jobs: other processes, or this one.

    Attributes:
        hung: operations that are not called any more, and what happened when they were.
    """

    @property
    def hung(self) -> dict[str, str]: ...

    def done(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """Do all jobs; each with its result, or with Gone, as they are done."""


@dataclass(frozen=True, slots=True)
class Alone:
    """This process, which does every job itself; what hangs is not ended."""

    bench: Bench
    known: dict[tuple[str, str], Item]
    hung: dict[str, str] = field(default_factory=dict)

    def done(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Row | Clue]]:
        """Do all jobs, in their order."""
        for job in jobs:
            yield job, done(self.bench, job, self.known)


def check(asked: Asked, listener: Listener | None = None) -> Report:
    """Try the laws on an implementation, in processes of its own.

    Args:
        asked: what is to be checked, and how.
        listener: is told after each law how far it is.

    Returns:
        The report.

    Raises:
        BadTarget: when there is nothing that can be checked.
    """
    from cnnref.laws.check.crew import Crew  # a browser has Python, but no processes

    begun = time.monotonic()
    with Crew(asked.targets, asked.settings, asked.level, asked.globs) as crew:
        made = conducted(crew, crew.start(), asked, listener)
    made.seconds = time.monotonic() - begun
    return made


def report(
    cnn: Any,
    *,
    examples: int = 100,
    seed: int | None = None,
    level: int = 5,
    laws: Sequence[str] = (),
    rtol: float = 0.0,
    name: str = "mine",
) -> Report:
    """Try the laws on an implementation, here and now; what `cnnref check` prints, as an object.

    It is for notebooks. The command runs the implementation in processes of its own; here an
    implementation that hangs or crashes takes the caller with it.

    Args:
        cnn: any object with some of the public names.
        examples: how many cases of each law to try.
        seed: another number tries other cases; None always tries the same.
        level: the last level, from 1 to 5.
        laws: patterns of ids, as "conv.*"; without any, all laws.
        rtol: how far entries may be off, as a part of the largest one.
        name: what the object is called in the report.

    Returns:
        The report; printed, it is the one of the command.

    Raises:
        BadTarget: when the object has none of the operations.

    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> mine = SimpleNamespace(relu=lambda x: np.maximum(x, 0.0))
    >>> report(mine, laws=["relu.*"]).counts()["held"]
    2
    """
    subject = operations_of(cnn)
    offer = offer_of(subject)
    if not offer.ranks:
        raise BadTarget(f"{name} has none of cnnref's operations")
    asked = Asked((name,), Settings(examples, seed, rtol, float("inf")), level, tuple(laws))
    bench = Bench(subject, offer, asked.targets, asked.settings)
    known = todo(bench, level, asked.globs)
    ready = Ready(offer, dict(subject.CONVENTIONS), tuple(known))
    return conducted(Alone(bench, known), ready, asked, None)


def conducted(team: Team, ready: Ready, asked: Asked, listener: Listener | None) -> Report:
    """Have all jobs done, and put what comes of them into a report."""
    begun = time.monotonic()
    made = Report(" ".join(asked.said), versions(asked.targets), asked.told)
    made.offered = tuple(ready.offer.ranks)
    named_alone = all(target.name for target in asked.targets)
    absent = () if named_alone else literal.__all__  # nobody asked for the others
    made.missing = tuple(name for name in absent if name not in made.offered)
    made.options = tuple(sorted(ready.offer.missing))
    run(team, ready, made, asked, listener)
    made.named = named(team, made)
    made.seconds = time.monotonic() - begun
    return made


def versions(targets: Sequence[Target]) -> dict[str, str]:
    """The versions of all that takes part, as far as they have one."""
    packages = ["cnnref", "numpy", "hypothesis"]
    packages += [target.where for target in targets if target.where in ADAPTERS]
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def run(team: Team, ready: Ready, made: Report, asked: Asked, listener: Listener | None) -> None:
    """Do all items, the ones of a level after those of the level before, and put down the rows."""
    every = [Item(law_of(law), operation) for law, operation in ready.todo]
    misshapen: frozenset[str] = frozenset()
    unready = dict(team.hung)
    for now in sorted({phase(item) for item in every}):
        items = {(item.law.id, item.operation): item for item in every if phase(item) == now}
        rows: dict[tuple[str, str], Row] = {}
        for job, found in team.done([Job(item=key, misshapen=misshapen) for key in items]):
            assert job.item is not None
            if isinstance(found, Gone):
                found = gone(items[job.item], found, asked.targets, ready.offer)
            found = never_returned(found, unready)
            rows[job.item] = excused(found, ready.conventions)
            made.rows.append(rows[job.item])
            if listener:
                listener(made, len(made.rows), len(every))
            if asked.fail_fast and made.failed:
                return
        made.rows[-len(rows) :] = [rows[key] for key in items]  # in the order of the laws
        misshapen |= {row.operation for row in rows.values() if is_misshapen(row)}


def never_returned(row: Row, unready: dict[str, str]) -> Row:
    """The row; the first one that waits for an operation that was lost at once tells of it."""
    lost = [name for name in unready if name in row.calls and row.status == "waiting"]
    if not lost:
        return row
    said = unready.pop(lost[0])
    kind: Kind = "hang" if said == HUNG else "crash"
    failure = Failure(kind, f"{lost[0]} was called for the first time, and {said}", "a small call")
    return replace(row, status="failed", note="", failure=failure)


def phase(item: Item) -> tuple[int, bool]:
    """When an item is done: the shapes before the rest of the first level."""
    return item.level, item.law.id != SHAPES


def is_misshapen(row: Row) -> bool:
    """Whether a row says that an operation returns wrong shapes."""
    return row.law == SHAPES and row.failure is not None


def excused(row: Row, conventions: Mapping[str, str]) -> Row:
    """The row, if it is broken by a convention of a library as one that says so."""
    if row.status != "failed":
        return row
    for pattern, sentence in conventions.items():
        if fnmatchcase(row.law, pattern) or row.title == pattern:
            return replace(row, status="convention", note=sentence)
    return row


def gone(item: Item, found: Gone, targets: Sequence[Target], offer: Offer) -> Row:
    """The row of a law for which the process had to be ended, or ended by itself."""
    call = picture = None
    if found.case is not None:
        calls = calls_of(item.law, found.case).calls
        call = next((call for call in calls if call.operation == found.operation), None)
    if call is not None:
        expected = shown(observed(literal, call), "values")
        picture = pictured(call, targets, offer, found.said, expected)
    failure = Failure(
        "hang" if found.hung else "crash",
        f"{found.operation or 'something'} was called, and {found.said}",
        str(found.case),
        picture=picture,
    )
    law, calls_made = item.law, frozenset({found.operation} - {""})
    return Row(
        law.id, law.claim, item.operation, item.level, "failed", failure=failure, calls=calls_made
    )


def named(team: Team, made: Report) -> list[Named]:
    """What the catalogue of mistakes says about each fault."""
    clues = joined(clue for row in made.failed for clue in row.clues)
    jobs = [
        Job(clue=clue, laws=laws_about(clue.operation, made.rows))
        for clue in clues
        if clue.candidates
    ]
    told = {clue.key: clue for clue in clues}
    told |= {clue.key: clue for _, clue in team.done(jobs) if isinstance(clue, Clue)}
    faults = dict.fromkeys((operation, aspect) for operation, aspect, _ in told)
    found = [
        name(clue, alone)
        for fault in faults
        for clue, alone in together([clue for key, clue in told.items() if key[:2] == fault])
    ]
    return sorted(united(found), key=lambda one: not one.mistakes)


def together(clues: list[Clue]) -> list[tuple[Clue, bool]]:
    """The clues to one fault: plain numbers and others as one, if one mistake explains both."""
    if len(clues) < 2:
        return [(clue, True) for clue in clues]
    both = clues[0].joined(clues[1])
    unknown = not any(clue.candidates for clue in clues)
    return [(both, True)] if both.candidates or unknown else [(clue, False) for clue in clues]


def united(found: list[Named]) -> list[Named]:
    """What is explained by the same mistakes as one fault, in whatever respects it shows."""
    groups: dict[tuple[object, ...], Named] = {}
    for one in found:
        key = (one.operation, one.mistakes, one.numbers if one.mistakes else "")
        before = groups.get(key)
        if before:
            aspects = (*before.aspects, *one.aspects)
            one = replace(before, aspects=aspects, calls=before.calls + one.calls)
        groups[key] = one
    return list(groups.values())


def joined(clues: Iterable[Clue]) -> list[Clue]:
    """All that is known of each fault."""
    found: dict[Key, Clue] = {}
    for clue in clues:
        before = found.get(clue.key)
        found[clue.key] = before.joined(clue) if before else clue
    return list(found.values())


def laws_about(operation: str, rows: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    """The items that called an operation."""
    return tuple((row.law, row.operation) for row in rows if operation in row.calls)


def name(clue: Clue, alone: bool) -> Named:
    """What is said of a fault; on which numbers, if it is not alone."""
    sentences = {mistake.id: mistake.sentence for mistake in MISTAKES}
    fitting = tuple((id, sentences[id]) for id in sentences if id in clue.candidates)
    where = "plain numbers" if clue.plain else "other formats, NaN, infinities, or none at all"
    numbers = "" if alone else where
    return Named(clue.operation, (clue.aspect,), fitting, clue.calls, clue.is_rounding, numbers)

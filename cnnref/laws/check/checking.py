"""A whole check: level by level, what hangs and what waits, and the names of the mistakes."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version

from cnnref import literal
from cnnref.laws.catalogue import MISTAKES, law_of
from cnnref.laws.check.crew import Crew, Gone
from cnnref.laws.check.levels import SHAPES, Item
from cnnref.laws.check.naming import Clue, Key
from cnnref.laws.check.outcomes import observed
from cnnref.laws.check.report import Failure, Named, Report, Row
from cnnref.laws.check.target import ADAPTERS, Target
from cnnref.laws.check.trial import Settings, pictured, shown
from cnnref.laws.check.worker import Job, Ready
from cnnref.laws.offered import Offer
from cnnref.laws.runner import calls_of

Listener = Callable[[Report, int, int], None]
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
    begun = time.monotonic()
    targets, settings = asked.targets, asked.settings
    told: dict[str, object] = {
        "examples": settings.examples,
        "seed": settings.seed,
        "rtol": settings.rtol,
        "time limit": settings.limit,
        "level": asked.level,
        "laws": list(asked.globs),
    }
    report = Report(" ".join(asked.said), versions(targets), told)
    with Crew(targets, settings, asked.level, asked.globs) as crew:
        ready = crew.start()
        report.offered = tuple(ready.offer.ranks)
        report.missing = tuple(name for name in literal.__all__ if name not in report.offered)
        report.options = tuple(sorted(ready.offer.missing))
        run(crew, ready, report, asked, listener)
        report.named = named(crew, report)
    report.seconds = time.monotonic() - begun
    return report


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


def run(crew: Crew, ready: Ready, report: Report, asked: Asked, listener: Listener | None) -> None:
    """Do all items, the ones of a level after those of the level before, and put down the rows."""
    todo = [(Item(law_of(law), operation)) for law, operation in ready.todo]
    phases = sorted({phase(item) for item in todo})
    misshapen: frozenset[str] = frozenset()
    for now in phases:
        items = {(i.law.id, i.operation): i for i in todo if phase(i) == now}
        jobs = [Job(item=key, misshapen=misshapen) for key in items]
        rows: dict[tuple[str, str], Row] = {}
        for job, found in crew.done(jobs):
            assert job.item is not None
            row = (
                found
                if isinstance(found, Row)
                else gone(items[job.item], found, crew.targets, ready.offer)
            )
            rows[job.item] = excused(row, ready.conventions)
            report.rows.append(rows[job.item])
            if listener:
                listener(report, len(report.rows), len(todo))
            if asked.fail_fast and report.failed:
                return
        report.rows[-len(rows) :] = [rows[key] for key in items]  # in the order of the laws
        misshapen |= {row.operation for row in rows.values() if is_misshapen(row)}


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


def named(crew: Crew, report: Report) -> list[Named]:
    """What the catalogue of mistakes says about each fault."""
    clues = joined(clue for row in report.failed for clue in row.clues)
    jobs = [
        Job(clue=clue, laws=laws_about(clue.operation, report.rows))
        for clue in clues
        if clue.candidates
    ]
    told = {clue.key: clue for clue in clues}
    told |= {clue.key: clue for _, clue in crew.done(jobs) if isinstance(clue, Clue)}
    faults = dict.fromkeys((operation, aspect) for operation, aspect, _ in told)
    return [
        name(clue, alone)
        for fault in faults
        for clue, alone in together([clue for key, clue in told.items() if key[:2] == fault])
    ]


def together(clues: list[Clue]) -> list[tuple[Clue, bool]]:
    """The clues to one fault: plain numbers and others as one, if one mistake explains both."""
    if len(clues) < 2:
        return [(clue, True) for clue in clues]
    both = clues[0].joined(clues[1])
    return [(both, True)] if both.candidates else [(clue, False) for clue in clues]


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
    return Named(clue.operation, clue.aspect, fitting, clue.calls, clue.is_rounding, numbers)

"""What is to be done in a check, piece by piece, wherever it is done."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from cnnref.laws.check.levels import Item, items
from cnnref.laws.check.naming import Clue, drawn_calls, narrowed
from cnnref.laws.check.report import Row
from cnnref.laws.check.trial import Bench
from cnnref.laws.offered import Offer


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do: try an item, or tell candidates for a mistake apart.

    Attributes:
        item: the id of a law, and an operation if it is about any of them.
        clue: what is known of a fault.
        laws: the items whose cases are drawn to tell more of it.
        misshapen: operations that are known to return wrong shapes.
        hung: operations that must not be called.
    """

    item: tuple[str, str] | None = None
    clue: Clue | None = None
    laws: tuple[tuple[str, str], ...] = ()
    misshapen: frozenset[str] = frozenset()
    hung: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ready:
    """What a worker says first: what there is to be checked."""

    offer: Offer
    conventions: dict[str, str]
    todo: tuple[tuple[str, str], ...]


HUNG = "it did not return within the time limit"


class Gone(Exception):
    """A process hung, or ended by itself.

    Attributes:
        operation: what was being called, empty if nothing was.
        case: the case that was tried, None if there was none.
        code: its exit code; None if it hung.
    """

    def __init__(self, operation: str, case: Any, code: int | None) -> None:
        super().__init__()
        self.operation, self.case, self.code = operation, case, code

    @property
    def hung(self) -> bool:
        """Whether it hung."""
        return self.code is None

    @property
    def said(self) -> str:
        """What happened, in words."""
        if self.hung:
            return HUNG
        return f"the process ended (exit code {self.code})"


def todo(bench: Bench, most: int, globs: tuple[str, ...]) -> dict[tuple[str, str], Item]:
    """All that is to be tried on an implementation, by law and operation."""
    found = [item for item in items(bench.offer, most, globs) if bench.applies(item)]
    return {(item.law.id, item.operation): item for item in found}


def done(bench: Bench, job: Job, known: dict[tuple[str, str], Item]) -> Row | Clue:
    """The result of one job."""
    if job.item is not None:
        return bench.row(known[job.item], job.misshapen, job.hung)
    assert job.clue is not None
    end = time.monotonic() + bench.settings.limit
    sources = [(known[key].law, bench.scope(known[key])) for key in job.laws]
    calls = drawn_calls(job.clue.operation, sources)
    return narrowed(bench.cnn, job.clue, calls, lambda: time.monotonic() < end)

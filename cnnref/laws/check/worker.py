"""The process in which an implementation runs: it may hang, crash or print there."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from ctypes import Array as SharedArray
from ctypes import c_char, c_int
from dataclasses import dataclass
from functools import wraps
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawArray, RawValue
from traceback import format_exc
from types import SimpleNamespace
from typing import Any

from cnnref import literal
from cnnref.laws.check.levels import Item, items
from cnnref.laws.check.naming import Clue, drawn_calls, narrowed
from cnnref.laws.check.report import Row
from cnnref.laws.check.target import BadTarget, Target, subject
from cnnref.laws.check.trial import Bench, Settings
from cnnref.laws.offered import Offer, offer_of

ROOM = 1 << 18
"""The most bytes of a case that can be told when its operation hangs."""


class Marks:
    """Shared memory in which a worker writes what it is doing, to be read when it is gone."""

    def __init__(self) -> None:
        self.operation: c_int = RawValue(c_int, -1)
        self.calls: c_int = RawValue(c_int, 0)
        self.length: c_int = RawValue(c_int, 0)
        self.case: SharedArray[c_char] = RawArray(c_char, ROOM)

    def calling(self) -> str:
        """The operation that is being called, empty if none is."""
        place = self.operation.value
        return literal.__all__[place] if place >= 0 else ""

    def note(self, case: Any) -> None:
        """Write down the case that is tried now."""
        told = pickle.dumps(case)
        if len(told) > ROOM:
            told = b""
        memoryview(self.case).cast("B")[: len(told)] = told
        self.length.value = len(told)

    def noted(self) -> Any:
        """The case that was tried last; None if there was none."""
        length = self.length.value
        return pickle.loads(self.case.raw[:length]) if length else None


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


class Stumble(Exception):
    """A fault of the checker itself."""


def work(
    pipe: Connection,
    marks: Marks,
    targets: tuple[Target, ...],
    settings: Settings,
    most: int,
    globs: tuple[str, ...],
    hung: frozenset[str],
) -> None:
    """Load the implementation, say what it offers, and do one job after another."""
    silenced()
    try:
        cnn = subject(targets)
    except BadTarget as error:
        pipe.send(error)
        return
    guarded = guard(cnn, marks)
    offer = offer_of(guarded, hung)
    bench = Bench(guarded, offer, targets, settings, marks.note)
    found = [item for item in items(offer, most, globs) if bench.applies(item)]
    known = {(item.law.id, item.operation): item for item in found}
    pipe.send(Ready(offer, dict(cnn.CONVENTIONS), tuple(known)))
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(done(bench, job, known))
        except Exception:
            pipe.send(Stumble(format_exc()))


def done(bench: Bench, job: Job, known: dict[tuple[str, str], Item]) -> Row | Clue:
    """The result of one job."""
    if job.item is not None:
        return bench.row(known[job.item], job.misshapen, job.hung)
    assert job.clue is not None
    end = time.monotonic() + bench.settings.limit
    sources = [(known[key].law, bench.scope(known[key])) for key in job.laws]
    calls = drawn_calls(job.clue.operation, sources)
    return narrowed(bench.cnn, job.clue, calls, lambda: time.monotonic() < end)


def silenced() -> None:
    """Let whatever is printed, from C too, go to a file that nobody reads."""
    with tempfile.TemporaryFile() as nowhere:
        for stream in (1, 2):
            os.dup2(nowhere.fileno(), stream)
    sys.stdin.close()


def guard(cnn: Any, marks: Marks) -> SimpleNamespace:
    """The implementation, with each of its operations marked while it is called."""

    def guarded(place: int, operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation, updated=())
        def called(*arguments: Any, **given: Any) -> Any:
            marks.operation.value = place
            marks.calls.value += 1
            try:
                return operation(*arguments, **given)
            except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
                raise RuntimeError(f"{type(error).__name__} was raised") from error
            finally:
                marks.operation.value = -1

        if hasattr(operation, "only_mode"):
            called.only_mode = operation.only_mode  # type: ignore[attr-defined]
        return called

    return SimpleNamespace(
        **{
            name: guarded(place, getattr(cnn, name))
            for place, name in enumerate(literal.__all__)
            if hasattr(cnn, name)
        }
    )

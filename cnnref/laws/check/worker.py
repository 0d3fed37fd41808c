"""The process in which an implementation runs: it may hang, crash or print there."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from ctypes import Array as SharedArray
from ctypes import c_char, c_int
from functools import wraps
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawArray, RawValue
from traceback import format_exc
from types import SimpleNamespace
from typing import Any

from cnnref import literal
from cnnref.laws.check.jobs import Ready, done, todo
from cnnref.laws.check.target import BadTarget, Target, subject
from cnnref.laws.check.trial import Bench, Settings
from cnnref.laws.offered import offer_of

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
    bench = Bench(guarded, offer_of(guarded, hung), targets, settings, marks.note)
    known = todo(bench, most, globs)
    pipe.send(Ready(bench.offer, dict(cnn.CONVENTIONS), tuple(known)))
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(done(bench, job, known))
        except Exception:
            pipe.send(Stumble(format_exc()))


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

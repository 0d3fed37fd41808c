"""What the reader's browser runs: a block as it now reads, or a law on cases never tried before.

`worker.js` calls these two with a JavaScript function to tell the page how it goes. Everything
passes as JSON. Nothing here is imported while the site is built.
"""

import contextlib
import io
import json
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from sitegen.execute import execute

NAME = "this block"  # what tracebacks call the code
EVERY = 0.1  # seconds between two messages to the page
LINES, CHARACTERS = 1_000, 100_000  # what a page shows of an output
Tell = Callable[[str], object]


class Printed(io.StringIO):
    """What code prints, passed on a few times a second, and no more of it than a page can show."""

    def __init__(self, show: Tell) -> None:
        super().__init__()
        self.show = show
        self.waiting: list[str] = []
        self.lines = 0
        self.characters = 0
        self.shown = 0.0

    def write(self, text: str) -> int:
        """Take some text."""
        if self.lines < LINES and self.characters < CHARACTERS:
            shown = "".join(text.splitlines(keepends=True)[: LINES - self.lines])
            shown = shown[: CHARACTERS - self.characters]
            self.waiting.append(shown)
            if time.monotonic() - self.shown > EVERY:
                self.flush()
        self.lines += text.count("\n")
        self.characters += len(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what waits."""
        if self.waiting:
            self.show(json.dumps({"printed": "".join(self.waiting)}))
            self.waiting.clear()
            self.shown = time.monotonic()

    def end(self) -> None:
        """Pass on the rest, and say how much was left out."""
        more = self.lines - LINES
        if more > 0:
            self.waiting.append(f"... and {more:,} more lines")
        elif self.characters > CHARACTERS:
            self.waiting.append(f"... and {self.characters - CHARACTERS:,} more characters")
        self.flush()


def run(source: str, alt: str, number: int, tell: Tell) -> str:
    """Run a block: its figures as HTML, and what it raised in the reader's lines, as JSON.

    Args:
        source: the code.
        alt: the alt text of a figure that has none of its own.
        number: another one for each run, for the ids in its figures.
        tell: is given what is printed, piece by piece.
    """
    printed, error, drawn = Printed(tell), "", []
    with stand_in("stdin", io.StringIO()), contextlib.redirect_stderr(printed):
        try:
            figures = execute(source, NAME, 0, printed, "default")
            drawn = [
                drawing(each.svg, each.alt or alt, f"run{number}-{i}-")
                for i, each in enumerate(figures)
            ]
        except BaseException as raised:
            error = story(raised)
    printed.end()
    return json.dumps({"figures": drawn, "error": error})


def drawing(svg: str, alt: str, prefix: str) -> str:
    """A figure as the page holds it."""
    from sitegen.svg import labelled

    return labelled(svg, alt or "A figure that this block drew", prefix)


@contextlib.contextmanager
def stand_in(name: str, stream: io.StringIO) -> Iterator[None]:
    """Another standard stream for a while."""
    before = getattr(sys, name)
    setattr(sys, name, stream)
    try:
        yield
    finally:
        setattr(sys, name, before)


def story(error: BaseException) -> str:
    """What was raised, with the reader's own lines and no others."""
    told = traceback.TracebackException.from_exception(error)
    own_lines(told)
    return "".join(told.format()).rstrip()


def own_lines(told: traceback.TracebackException | None) -> None:
    """Leave out the frames of everybody else's code, here and in what led to it."""
    if told is not None:
        own = [frame for frame in told.stack if frame.filename == NAME]
        told.stack = traceback.StackSummary.from_list(own)
        own_lines(told.__cause__)
        own_lines(told.__context__)


def attempt(id: str, examples: int, tell: Tell) -> str:
    """Let Hypothesis look for a case that breaks a law or a refuted statement, as JSON.

    Args:
        id: the id of the law or statement.
        examples: how many cases to try, others than ever before.
        tell: is given how many were tried, and each smaller case that breaks it.
    """
    import cnnref
    from cnnref.laws import LAWS, REFUTED
    from cnnref.laws.offered import Scope
    from cnnref.laws.runner import Statement, Verdict, judge, search

    statement = next(one for one in (*LAWS, *REFUTED) if one.id == id)
    cases, told = 0, 0.0
    broken: list[dict[str, str]] = []

    def trial(statement: Statement, cnn: Any, case: Any) -> Verdict:
        nonlocal cases, told
        verdict = judge(statement, cnn, case)
        cases += not broken
        if verdict.breach is not None:
            found = spelled(verdict.breach)
            if found not in broken[-1:]:
                broken.append(found)
                tell(json.dumps({"cases": cases, "smaller": len(broken) - 1, **found}))
        elif not broken and time.monotonic() - told > EVERY:
            told = time.monotonic()
            tell(json.dumps({"cases": cases}))
        return verdict

    search(statement, cnnref, Scope(), examples, random.getrandbits(32), trial)
    return json.dumps({"cases": cases, "smaller": len(broken) - 1, "broken": bool(broken)})


def spelled(breach: Any) -> dict[str, str]:
    """A case that breaks a statement, in words."""
    return {
        "case": str(breach.case),
        "came": breach.came,
        "promised": breach.promised,
    }

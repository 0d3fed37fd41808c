"""The command line: `cnnref check`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cnnref import literal
from cnnref.laws.check.checking import Asked, check
from cnnref.laws.check.levels import LEVELS
from cnnref.laws.check.report import Report
from cnnref.laws.check.target import ADAPTERS, BadTarget
from cnnref.laws.check.template import template
from cnnref.laws.check.to_html import page
from cnnref.laws.check.to_json import written
from cnnref.laws.check.to_text import environment, text
from cnnref.laws.check.trial import Settings

EPILOG = """\
examples:
  cnnref check mymodule                    every operation that it has under cnnref's names
  cnnref check work/mine.py                the same, of a file
  cnnref check correlate=hw1:conv2d        one function, whatever its name is
  cnnref check torch                       a library, by its adapter
  cnnref check --template conv > mine.py   a stub to fill in

exit code: 0 all laws held, 1 some are broken, 2 nothing could be run
"""


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    made = argparse.ArgumentParser(
        prog="cnnref check",
        description="Try the laws of convolutional networks on an implementation.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = made.add_argument
    add("what", nargs="*", metavar="WHAT",
        help="a module, a file, module:object, name=module:function, or a library: "
        + ", ".join(ADAPTERS))  # fmt: skip
    add("--examples", type=at_least(int, 1), default=100, metavar="N",
        help="cases of each law (100)")  # fmt: skip
    add("--seed", type=int, metavar="N", help="try other cases than the usual ones")
    add("--laws", action="append", default=[], metavar="GLOB",
        help="only laws whose id fits, as 'conv.*'; may be given several times")  # fmt: skip
    levels = ", ".join(f"{number} {name}" for number, name in LEVELS.items())
    add("--level", type=int, choices=LEVELS, metavar="1-5",
        help=f"the last level ({levels}); 5, or 4 for a single function")  # fmt: skip
    add("--rtol", type=at_least(float, 0), default=0.0, metavar="R",
        help="let entries be off by R of the largest one, for what cannot be exact")  # fmt: skip
    add("--time-limit", type=at_least(float, 0.1), default=10.0, metavar="S",
        help="seconds for each law (10)")  # fmt: skip
    add("--json", type=Path, metavar="FILE", help="write the report as JSON, too")
    add("--html", type=Path, metavar="FILE", help="write the report as a page, too")
    add("--fail-fast", action="store_true", help="stop at the first broken law")
    add("--template", action="append", choices=literal.__all__, metavar="OPERATION",
        help="print a stub of an operation, and check nothing (several: say it again)")  # fmt: skip
    return made


def at_least(kind: type[int] | type[float], least: float) -> Callable[[str], float]:
    """A number on the command line that must not be smaller."""

    def read(said: str) -> float:
        number = kind(said)
        if not number >= least:
            raise argparse.ArgumentTypeError(f"must be at least {least:g}; got {said}")
        return number

    read.__name__ = kind.__name__  # for argparse's message
    return read


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what is asked for, print the report, and return the exit code."""
    parsing = parser()
    given = parsing.parse_args(arguments)
    if given.template:
        print(template(given.template), end="")
        return 0
    if not given.what:
        parsing.error("say what to check (or --template)")
    settings = Settings(given.examples, given.seed, given.rtol, given.time_limit)
    single = all("=" in word for word in given.what)
    level = given.level or (4 if single else 5)
    asked = Asked(tuple(given.what), settings, level, tuple(given.laws), given.fail_fast)
    sys.path.insert(0, "")  # as `python -m` does
    try:
        report = check(asked, Progress())
        for path, content in ((given.json, written), (given.html, page)):
            if path is not None:
                path.write_text(content(report), encoding="utf-8")
    except (BadTarget, OSError) as error:
        print(f"cnnref check: {error}", file=sys.stderr)
        return 2
    print(environment(report), file=sys.stderr, flush=True)
    print(text(report))
    return report.code


class Progress:
    """A line on a terminal that says how far the check is; elsewhere one line for each level."""

    def __init__(self) -> None:
        self.level = 0

    def __call__(self, report: Report, done: int, all: int) -> None:
        last = report.rows[-1]
        broken = report.counts()["failed"]
        if sys.stderr.isatty():
            line = f"level {last.level}, {done} of {all} laws, {broken} broken: {last.title}"
            end = "\n" if done == all else ""
            print(f"\r\033[K{line[:100]}", end=end, file=sys.stderr, flush=True)
        elif last.level != self.level:
            self.level = last.level
            print(f"level {last.level}: {LEVELS[last.level]}", file=sys.stderr, flush=True)

"""The report as text: what broke, drawn in characters, then the mistakes, then the score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

import numpy as np

from cnnref.laws.check import pages
from cnnref.laws.check.levels import LEVELS
from cnnref.laws.check.report import STATUSES, Named, Picture, Report, Row
from cnnref.laws.numbers import Array
from cnnref.laws.sides import written

WIDTH = 74
CELLS = 12
"""Arrays with more entries along an axis are not drawn."""

WHOLE = 3
"""How many failures of an operation are shown whole; of the others there is one line each."""


def text(report: Report) -> str:
    """The whole report, for a terminal."""
    parts = [*failures(report), *naming(report), *score(report)]
    return "\n".join(parts)


def failures(report: Report) -> Iterator[str]:
    """Every broken law: the first ones of each operation whole."""
    shown: dict[str, int] = {}
    brief: list[str] = []
    for row in report.failed:
        assert row.failure is not None
        picture = row.failure.picture
        about = picture.operation if picture else row.law
        shown[about] = shown.get(about, 0) + 1
        if shown[about] <= WHOLE:
            yield from failure(row, report.subject)
        else:
            brief.append(f"  {row.title}: {row.failure.reason}")
    if brief:
        yield from ("Also broken:", *brief, "")


def failure(row: Row, subject: str) -> Iterator[str]:
    """One broken law."""
    found = row.failure
    assert found is not None
    yield f"BROKEN {row.title}   (level {row.level}, {LEVELS[row.level]})"
    yield from wrap(row.claim, WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from wrap(f"But {found.reason}.", WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield ""
    if found.picture is None:
        yield from (f"    case      {found.case}", f"    came      {found.came}")
        yield f"    expected  {found.promised}"
    else:
        yield from drawn(found.picture)
        if found.picture.one_line:
            yield f'  run    python -c "{found.picture.one_line}"'
    yield f"  again  cnnref check {subject} --laws {row.law} --level 5"
    yield f"  page   {pages.title_of_law(row.law)}: {pages.of_law(row.law)}"
    yield ""


def drawn(picture: Picture) -> Iterator[str]:
    """A call: what it got, what came, what should have come, wrong entries in brackets."""
    given = [f"{name}={value}" for name, value in picture.options]
    yield f"    {picture.operation}" + (f" with {', '.join(given)}" if given else "")
    blocks = [block(name, array) for name, array in picture.arrays]
    for title, side, other in (
        ("came", picture.came, picture.expected),
        ("expected", picture.expected, None),
    ):
        if isinstance(side, str):
            blocks.append([title, *wrap(side, 40)])
        else:
            marks = [wrong(side, other, part) for part in range(len(side))]
            blocks += [block(title, a, m) for a, m in zip(side, marks, strict=True)]
    yield from beside(blocks)
    yield ""


def wrong(side: Sequence[Array], other: Any, part: int) -> Array | None:
    """Which entries of a part differ from what they should be; None if one cannot say."""
    if other is None or isinstance(other, str) or len(other) <= part:
        return None
    a, b = side[part], other[part]
    if a.shape != b.shape:
        return None
    return np.asarray((a != b) & ~((a != a) & (b != b)))


def block(title: str, array: Array, marks: Array | None = None) -> list[str]:
    """An array as lines, its shape in the first; entries that are marked stand in brackets."""
    lines = [f"{title} {array.shape}".replace(",)", ")") if array.ndim else title]
    if any(n > CELLS for n in array.shape) or array.size > 4 * CELLS**2:
        return [*lines, "(too large to draw)"]
    for table, marked in zip(tables(array), tables(marks_of(array, marks)), strict=True):
        words = [[written(entry) for entry in row] for row in table.tolist()]
        wide = max((len(word) for row in words for word in row), default=0)
        for row, flags in zip(words, marked.tolist(), strict=True):
            pairs = zip(row, flags, strict=True)
            lines.append("".join(cell(word.rjust(wide), flag) for word, flag in pairs))
        lines.append("")
    return lines[:-1] if lines[-1] == "" else [*lines, "(empty)"]


def cell(word: str, flag: bool) -> str:
    """An entry."""
    return f"[{word}]" if flag else f" {word} "


def marks_of(array: Array, marks: Array | None) -> Array:
    """Which entries are marked; none if there are no marks."""
    return np.zeros(array.shape, bool) if marks is None else marks


def tables(array: Array) -> list[Array]:
    """An array as tables under each other."""
    if not array.size:
        return []
    wide = np.atleast_2d(array)
    return list(wide.reshape(-1, *wide.shape[-2:]))


def beside(blocks: list[list[str]]) -> Iterator[str]:
    """Blocks side by side, as many as fit into a line."""
    line: list[list[str]] = []
    for one in blocks:
        if line and across([*line, one]) > WIDTH - 4:
            yield from joined(line)
            yield ""
            line = []
        line.append(one)
    yield from joined(line)


def across(blocks: list[list[str]]) -> int:
    """How wide blocks are side by side."""
    return sum(max(map(len, one), default=0) + 3 for one in blocks)


def joined(blocks: list[list[str]]) -> Iterator[str]:
    """The lines of blocks that stand side by side."""
    widths = [max(map(len, one), default=0) for one in blocks]
    for parts in zip_longest(*blocks, fillvalue=""):
        pairs = zip(parts, widths, strict=True)
        yield ("    " + "   ".join(part.ljust(width) for part, width in pairs)).rstrip()


def naming(report: Report) -> Iterator[str]:
    """What the catalogue of mistakes says."""
    for one in report.named:
        yield from wrap(f"MISTAKE in {sentence(one)}", WIDTH, subsequent_indent="  ")
        for id, said in one.mistakes:
            if len(one.mistakes) > 1:
                yield from wrap(f"- {said}", WIDTH, initial_indent="  ", subsequent_indent="    ")
            yield f"  see {pages.title_of_mistake(id)}: {pages.of_mistake(id)}"
        yield ""


RESPECTS = {
    "values": "the results",
    "dtype": "their type",
    "memory": "the use of memory",
    "printing": "what is printed",
}


def sentence(one: Named) -> str:
    """What is said of a fault, before several mistakes are listed."""
    respects = " and ".join(RESPECTS[aspect] for aspect in one.aspects)
    where = f" on {one.numbers}" if one.numbers else ""
    calls = f"{one.calls} wrong calls" if one.calls > 1 else "the one wrong call"
    alike = ", up to rounding," if one.rounded and one.mistakes else ""
    same = f"gives the same{alike} in {respects} of {calls}{where}"
    if not one.mistakes:
        return f"{one.operation}: none of the catalogue {same}."
    if len(one.mistakes) == 1:
        ((id, said),) = one.mistakes
        return f"{one.operation}: {said} ({id} {same}.)"
    return (
        f"{one.operation}: one of {len(one.mistakes)}. Each {same}, and no case was found that "
        "tells them apart."
    )


def environment(report: Report) -> str:
    """What it was run with, and how long it took: all that may differ from one run to the next."""
    found = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return f"{report.subject}: {report.seconds:.1f} s, with {found}"


def score(report: Report) -> Iterator[str]:
    """How many laws of each level came out how, and what was not looked at."""
    settings = report.settings
    seed = "the same cases each time" if settings["seed"] is None else f"seed {settings['seed']}"
    line = f"{settings['examples']} examples of each law, {seed}"
    if settings["time limit"] != float("inf"):
        line += f", at most {settings['time limit']:g} s for a law"
    if settings["rtol"]:
        line += f"; entries may be off by {settings['rtol']:g} of the largest one"
    yield line
    for level, name in LEVELS.items():
        counts = report.counts(level)
        told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
        yield f"  {level} {name:<36} {told or 'not asked for'}"
    for row in report.rows:
        if row.status == "convention":
            yield from wrap(
                f"  convention  {row.title}: {row.note}", WIDTH, subsequent_indent=" " * 14
            )
    if waiting := [row for row in report.rows if row.status == "waiting"]:
        for note, number in Counter(row.note for row in waiting).items():
            yield f"  {number} law{'s wait' if number > 1 else ' waits'} {note}"
    if report.missing:
        yield from wrap(
            f"  not there: {', '.join(report.missing)}", WIDTH, subsequent_indent="    "
        )
    if report.options:
        yield from wrap(f"  without: {', '.join(report.options)}", WIDTH, subsequent_indent="    ")
    yield verdict(report)


def verdict(report: Report) -> str:
    """The last line."""
    counts = report.counts()
    if report.code == 2:
        return "No law could be run."
    if counts["failed"]:
        broken, tried = counts["failed"], counts["failed"] + counts["held"]
        return f"{broken} of {tried} laws {'is' if broken == 1 else 'are'} broken."
    others = f", {counts['convention']} by convention otherwise" if counts["convention"] else ""
    return f"All {counts['held']} laws held{others}."

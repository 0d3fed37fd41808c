"""The report as one page that needs no other file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

import numpy as np

from cnnref.laws.check import pages
from cnnref.laws.check.levels import LEVELS
from cnnref.laws.check.report import STATUSES, Failure, Named, Picture, Report, Row
from cnnref.laws.check.to_text import CELLS, marks_of, sentence, tables, verdict, wrong
from cnnref.laws.numbers import Array
from cnnref.laws.sides import written

ROLES = {"w": "kernel", "u": "kernel", "v": "kernel", "b": "kernel"}
"""The colour of an array by the name of its parameter; others are inputs."""


def page(report: Report) -> str:
    """The whole page."""
    style = files("cnnref.laws.check").joinpath("report.css").read_text(encoding="utf-8")
    title = f"Laws of {report.subject}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n<p class=verdict>{escape(verdict(report))}</p>\n"
        f"{''.join(body(report))}</main>\n</body>\n</html>\n"
    )


def body(report: Report) -> Iterator[str]:
    """The parts of the page."""
    yield scoreboard(report)
    if report.named:
        yield "<h2>Which mistake it is</h2>\n"
        yield from map(fault, report.named)
    if report.failed:
        yield "<h2>What broke</h2>\n"
        yield from map(broken, report.failed)
    for level, name in LEVELS.items():
        rows = [row for row in report.rows if row.level == level]
        if rows:
            yield f"<h2>Level {level}: {name}</h2>\n{listing(rows)}"
    yield settings(report)


def scoreboard(report: Report) -> str:
    """How many laws of each level came out how."""
    present = [status for status in STATUSES if report.counts()[status]]
    heads = "".join(f"<th scope=col>{status}</th>" for status in present)
    lines = []
    for level, name in LEVELS.items():
        counts = report.counts(level)
        cells = "".join(
            f'<td class="{css(status)}">{counts[status] or "–"}</td>' for status in present
        )
        lines.append(f"<tr><th scope=row>{level} {name}</th>{cells}</tr>\n")
    return (
        "<div class=wide><table class=score><caption>Laws, by level</caption>\n"
        f"<thead><tr><td></td>{heads}</tr></thead>\n<tbody>{''.join(lines)}</tbody></table></div>\n"
    )


def css(status: str) -> str:
    """The class of a status."""
    return status.replace(" ", "-")


def fault(one: Named) -> str:
    """A fault, and the mistakes that do the same."""
    several = one.mistakes if len(one.mistakes) > 1 else ()
    items = "".join(
        f"<li>{prose(said)} {link(pages.of_mistake(id), id)}</li>" for id, said in several
    )
    operation, _, said = sentence(one).partition(": ")
    text = f"<p><b><code>{operation}</code></b> {prose(said)}</p>\n"
    return text + (f"<ul>{items}</ul>\n" if items else "")


def broken(row: Row) -> str:
    """A broken law, as a picture."""
    assert row.failure is not None
    found = row.failure
    return (
        f'<section class=broken id="{escape(row.title)}"><h3>{prose(row.claim)}</h3>\n'
        f"<p>But {escape(found.reason)}. {link(pages.of_law(row.law), row.title)}</p>\n"
        f"{picture(found.picture) if found.picture else sides(found)}</section>\n"
    )


def sides(found: Failure) -> str:
    """A case for which no single call is wrong."""
    pairs = (("case", found.case), ("came", found.came), ("expected", found.promised))
    rows = "".join(f"<dt>{name}</dt><dd><code>{escape(said)}</code></dd>" for name, said in pairs)
    return f"<dl>{rows}</dl>\n"


def picture(drawn: Picture) -> str:
    """A call: what it got, what came, what should have come."""
    given = "".join(f", {name}={value}" for name, value in drawn.options)
    parts = [grid(name, array, ROLES.get(name, "input")) for name, array in drawn.arrays]
    pairs = (("came", drawn.came, drawn.expected), ("expected", drawn.expected, None))
    for name, side, other in pairs:
        if isinstance(side, str):
            parts.append(f"<figure><figcaption>{name}</figcaption><p>{escape(side)}</p></figure>")
        else:
            marks = (wrong(side, other, part) for part in range(len(side)))
            both = zip(side, marks, strict=True)
            parts += [grid(name, array, "output", flags) for array, flags in both]
    code = f'<pre><code>python -c "{escape(drawn.one_line)}"</code></pre>\n'
    return (
        f"<p><code>{escape(drawn.operation + given)}</code></p>\n"
        f"<div class=call>{''.join(parts)}</div>\n{code if drawn.one_line else ''}"
    )


def grid(name: str, array: Array, role: str, marks: Array | None = None) -> str:
    """An array as tables of cells; wrong ones have a dashed outline, and say so."""
    shape = " × ".join(map(str, array.shape))
    head = f"<figure class={role}><figcaption>{escape(name)} <small>{shape}</small></figcaption>"
    if any(n > CELLS for n in array.shape):
        return f"{head}<p>too large to draw</p></figure>"
    drawn = "".join(map(table, tables(array), tables(marks_of(array, marks))))
    return f"{head}{drawn}</figure>"


def table(entries: Array, marks: Array) -> str:
    """One table of cells."""
    rows = (
        "".join(cell(*pair) for pair in zip(*row, strict=True))
        for row in zip(entries.tolist(), np.asarray(marks).tolist(), strict=True)
    )
    return f"<table class=cells>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def cell(entry: object, marked: bool) -> str:
    """One cell."""
    said = escape(written(entry)).replace("-", "\N{MINUS SIGN}")
    return f'<td class=wrong title="wrong">{said}</td>' if marked else f"<td>{said}</td>"


def listing(rows: Sequence[Row]) -> str:
    """The laws of a level, one line each."""
    lines = "".join(
        f'<tr><td class="{css(row.status)}">{row.status}</td><td>{prose(row.claim)}'
        f"{note(row)}</td><td>{row.cases or '–'}</td></tr>\n"
        for row in in_order(rows)
    )
    head = "<thead><tr><th>came out</th><th>law</th><th>cases</th></tr></thead>"
    return f"<div class=wide><table class=laws>{head}<tbody>{lines}</tbody></table></div>\n"


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Rows with the broken ones first, and those that were not run last."""
    return sorted(rows, key=lambda row: (row.status != "failed", STATUSES.index(row.status)))


def note(row: Row) -> str:
    """The name of a law, and what else is to be said of it."""
    said = f" {escape(row.note)}" if row.note else ""
    return f"<br><small>{link(pages.of_law(row.law), row.title)}{said}</small>"


def settings(report: Report) -> str:
    """What was run, on what, and what was not there."""
    pairs = [*report.versions.items(), *report.settings.items()]
    pairs += [("not there", ", ".join(report.missing)), ("without", ", ".join(report.options))]
    rows = "".join(f"<dt>{escape(str(a))}</dt><dd>{escape(said(b))}</dd>" for a, b in pairs)
    return f"<h2>How it was run</h2>\n<dl>{rows}</dl>\n"


def said(value: object) -> str:
    """A setting in words."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "all"
    return "–" if value in (None, "") else str(value)


def link(address: str, name: str) -> str:
    """A link if the address is a whole one, else the name."""
    word = f"<code>{escape(name)}</code>"
    return f'<a href="{escape(address)}">{word}</a>' if address.startswith("http") else word


def prose(said: str) -> str:
    """A sentence, what stands between backticks as code."""
    parts: Iterable[tuple[int, str]] = enumerate(escape(said).split("`"))
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in parts)

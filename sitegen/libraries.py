"""How libraries differ, as HTML: what benchmarks/compare.py kept, where a page asks for it."""

import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from sitegen import markup

PLACE = re.compile(r"^<!-- libraries: (?P<what>[\w-]+) -->$", re.MULTILINE)
SOURCE = re.compile(r"^<!-- source: (?P<path>[\w/.-]+) -->$", re.MULTILINE)


def filled(markdown: str, data: Path) -> str:
    """The page with a table wherever it asks for one: `<!-- libraries: even -->`.

    Args:
        markdown: a page.
        data: the file of what was kept.

    Raises:
        KeyError: for a table that there is none of.
    """
    if not (PLACE.search(markdown) or SOURCE.search(markdown)):
        return markdown
    kept = json.loads(data.read_text(encoding="utf-8"))
    markdown = PLACE.sub(lambda match: table(match["what"], kept), markdown)
    root = data.parents[2]
    return SOURCE.sub(lambda match: source(root / match["path"]), markdown)


def source(path: Path) -> str:
    """A file of ours, whole."""
    return markup.code(path.read_text(encoding="utf-8"), "whole")


def table(what: str, kept: Mapping[str, Any]) -> str:
    """The table of a fact, of all conventions, or of the versions."""
    if what == "versions":
        return versions(kept)
    if what == "conventions":
        return conventions(kept)
    asked = [question for question in kept["questions"] if question["fact"] == what]
    if not asked:
        raise KeyError(f"libraries.json has nothing on {what}")
    return "\n\n".join(answers(question, kept) for question in asked)


def framed(heads: tuple[str, ...], rows: str) -> str:
    """A table that scrolls in itself."""
    head = "".join(f"<th>{name}</th>" for name in heads)
    return (
        '<div class="libraries"><table data-search-exclude>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def versions(kept: Mapping[str, Any]) -> str:
    """What was checked, in which version, and how the laws came out."""
    rows = ""
    for one in kept["subjects"]:
        library = one["subject"].partition(":")[0]
        counts = [one["counts"].get(status, 0) for status in ("held", "convention", "not offered")]
        cells = [one["name"], one["versions"][library], f"<code>{one['subject']}</code>", *counts]
        rows += "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    heads = ("library", "version", "<code>cnnref check</code>", "held", "by convention", "lacking")
    return framed(heads, rows)


def answers(question: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """What every library that has it makes of one call, next to what cnnref does."""
    names = {one["subject"]: one["name"] for one in kept["subjects"]} | {"cnnref": "cnnref"}
    right = question["came"]["cnnref"]
    rows = ""
    for whom, came in question["came"].items():
        if came == "not offered":
            continue
        other = came != right and not (refused(came) and refused(right))
        mark = ' class="differs"' if other else ""
        rows += f"<tr{mark}><td>{names[whom]}</td><td>{cells(came, right)}</td></tr>"
    lacking = [names[whom] for whom, came in question["came"].items() if came == "not offered"]
    note = f"<p>Not offered: {', '.join(lacking)}.</p>" if lacking else ""
    law = f'<a href="law:{question["law"]}">the law</a>'
    head = f'<p class="asked"><code>{escape(call(question))}</code> {law}</p>'
    return f'<div class="question">{head}{framed(("library", "what came"), rows)}{note}</div>'


def call(question: Mapping[str, Any]) -> str:
    """The call, with images and layers as the single row that they have."""
    types = set(question["dtypes"]) - {"float32"}
    letters = zip(("x", "w"), question["arrays"], strict=False)
    given = [f"{letter}={array}" for letter, array in letters]
    for name, value in question["options"].items():
        given.append(f"kernel_size={last(value)}" if name == "sizes" else f"{name}={last(value)}")
    return f"{question['operation']}({', '.join(given)})" + "".join(
        f"  {', '.join(question['dtypes'])}" for _ in list(types)[:1]
    )


def last(value: str) -> str:
    """Of one number per axis that of the row: its columns."""
    found = re.fullmatch(r"\[?\(\d+, (\d+)\)\]?", value)
    return found[1] if found else value


def refused(came: Any) -> bool:
    """Whether an error was raised."""
    return isinstance(came, str)


def cells(came: Any, right: Any) -> str:
    """An answer as cells; those that are not as in cnnref are marked."""
    if isinstance(came, str):
        return f"<span>{escape(came)}</span>"
    if not came["values"]:
        return '<span class="wrong">empty</span>'
    shown = [number(value) for value in came["values"]]
    wanted = [] if isinstance(right, str) else [number(value) for value in right["values"]]
    marks = [
        "" if place < len(wanted) and value == wanted[place] else ' class="wrong"'
        for place, value in enumerate(shown)
    ]
    entries = "".join(f"<b{mark}>{value}</b>" for value, mark in zip(shown, marks, strict=True))
    wrong = isinstance(right, dict) and came["dtype"] != right["dtype"]
    mark = ' class="wrong"' if wrong else ""
    return f"{entries} <i{mark}>{came['dtype']}</i>"


def number(value: Any) -> str:
    """A number as one reads it."""
    if isinstance(value, str):
        return value.replace("inf", "∞").replace("-", "−")
    text = str(int(value)) if float(value).is_integer() and abs(value) < 1e9 else f"{value:.3g}"
    return text.replace("-", "−")


def conventions(kept: Mapping[str, Any]) -> str:
    """Each law that a library does not keep by convention, and the smallest case."""
    names = {one["subject"]: one["name"] for one in kept["subjects"]}
    found = ""
    for subject, name in names.items():
        rows = ""
        for row in kept["conventions"]:
            if row["subject"] != subject:
                continue
            law = f'<a href="law:{row["law"]}">{markup.prose(row["claim"])}</a>'
            case = f"<code>{escape(clipped(row['case']))}</code>"
            came = f"<code>{escape(clipped(row['came']))}</code>"
            wanted = f"<code>{escape(clipped(row['promised']))}</code>"
            said = markup.prose(row["sentence"])
            rows += f"<tr><td>{said}</td><td>{law}</td>"
            rows += f"<td>{case}<br>came {came}<br>promised {wanted}</td></tr>"
        count = rows.count("<tr>")
        inner = framed(("what it does", "the law", "smallest case"), rows)
        found += f"<details><summary>{name}: {count}</summary>{inner}</details>"
    return found


def clipped(text: str, most: int = 160) -> str:
    """The beginning of a long text."""
    return text if len(text) <= most else text[:most] + " …"

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


def framed(heads: tuple[str, ...], rows: str, also: str = "") -> str:
    """A table that scrolls in itself, of a class of its own if one is named."""
    cells = "".join(f"<th>{name}</th>" for name in heads)
    head = f"<thead><tr>{cells}</tr></thead>" if any(heads) else ""
    return (
        f'<div class="libraries{also and " " + also}"><table data-search-exclude>'
        f"{head}<tbody>{rows}</tbody></table></div>"
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
    """One call, and what comes of it: libraries that give the same stand in one row."""
    names = {"cnnref": "cnnref"} | {one["subject"]: one["name"] for one in kept["subjects"]}
    right = question["came"]["cnnref"]
    alike: dict[str, list[str]] = {}
    for whom, came in question["came"].items():
        shown = "not offered" if came == "not offered" else cells(came, right)
        alike.setdefault(shown, []).append(names[whom])
    lacking = alike.pop("not offered", [])
    rows = "".join(
        f"<tr><td>{letter}</td><td>{given(array, kind)}</td></tr>"
        for letter, array, kind in zip(
            ("input", "kernel"), question["arrays"], ("input", "kernel"), strict=False
        )
    )
    rows += "".join(
        f"<tr><td>{', '.join(whom)}</td><td>{shown}</td></tr>" for shown, whom in alike.items()
    )
    if lacking:
        rows += f"<tr><td>{', '.join(lacking)}</td><td>has no such thing</td></tr>"
    law = f'<a href="law:{question["law"]}">{markup.prose(question["claim"])}</a>'
    head = f'<p class="asked"><code>{escape(call(question))}</code></p><p>{law}</p>'
    return f'<div class="question">{head}{framed(("", ""), rows)}</div>'


def given(array: str, kind: str) -> str:
    """What was given, as cells."""
    return "".join(f'<b class="{kind}">{entry}</b>' for entry in array.strip("[]").split(", "))


def call(question: Mapping[str, Any]) -> str:
    """The operation with its options and types, for the single row that images have here."""
    options = [
        f"kernel_size={last(value)}" if name == "sizes" else f"{name}={last(value)}"
        for name, value in question["options"].items()
    ]
    types = question["dtypes"] if set(question["dtypes"]) != {"float32"} else []
    return f"{question['operation']}({', '.join(['…', *options])})" + "".join(
        f"  {' and '.join(dict.fromkeys(types))}" for _ in types[:1]
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
        mark = "" if refused(right) else ' class="other"'
        return f"<span{mark}>{escape(came)}</span>"
    if not came["values"]:
        return '<span class="other">empty</span>'
    shown = [number(value) for value in came["values"]]
    wanted = [] if isinstance(right, str) else [number(value) for value in right["values"]]
    marks = [
        "" if place < len(wanted) and value == wanted[place] else ' class="other"'
        for place, value in enumerate(shown)
    ]
    entries = "".join(f"<b{mark}>{value}</b>" for value, mark in zip(shown, marks, strict=True))
    differs = isinstance(right, dict) and came["dtype"] != right["dtype"]
    if not differs and came["dtype"] == "float32":
        return entries
    mark = ' class="other"' if differs else ""
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

"""Pages to take along: a chapter's block list, or a lab, as a notebook that runs anywhere."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jupytext

from sitegen.blocks import parse

ADMONITION = re.compile(r"""^[!?]{3}\+? *[\w-]+ *(?:"(?P<title>[^"]*)")?$""")
TAB = re.compile(r"""^=== "(?P<title>[^"]*)"$""")
LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\((?!https?:)[^)]*\)")
LIST = re.compile(r"[-*+] |\d+\. ")
OTHERS = {"from sklearn": "scikit-learn"}  # what the package itself never needs, by its import
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def of_page(page: Path, install: str) -> str:
    """The notebook of a chapter or a lab, as JSON; its first cell installs what the page ran."""
    text = page.read_text(encoding="utf-8")
    cells = _of_lab(text) if page.suffix == ".py" else _of_chapter(text, page)
    install += "".join(f" {package}" for name, package in OTHERS.items() if name in text)
    numbered = [
        _cell(kind, source, f"cell-{number}")
        for number, (kind, source) in enumerate([("code", install), *cells])
        if source
    ]
    notebook = {
        "cells": numbered,
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def install_line(wheel: str, site_url: str) -> str:
    """The code of the first cell: the wheel of this very site, or else the published package."""
    source = f" @ {site_url.rstrip('/')}/{wheel}" if site_url else ""
    return f'%pip install --quiet "cnnref[figures,laws]{source}"'


def _cell(kind: str, source: str, name: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell


def _of_lab(text: str) -> Iterable[tuple[str, str]]:
    for cell in jupytext.reads(text, fmt="py:percent").cells:
        source = cell.source if cell.cell_type == "code" else _portable(cell.source.splitlines())
        yield cell.cell_type, source


def _of_chapter(text: str, page: Path) -> Iterable[tuple[str, str]]:
    lines = text.splitlines()
    start = 0
    for block in parse(text, page):
        yield "markdown", _portable(lines[start : block.line - 1])
        yield "code", block.source.rstrip("\n")
        if block.caption:
            yield "markdown", f"*{block.caption}*"
        start = block.output_lines[1] if block.output_lines else block.last
    yield "markdown", _portable(lines[start:])


def _portable(lines: list[str]) -> str:
    """Markdown for Jupyter, which shows `!!!` and `===` raw and knows no other page of the site."""
    shown = []
    for line in lines:
        bare = line.strip()
        title = ADMONITION.match(bare) or TAB.match(bare)
        if title:
            line = f"**{title['title']}**" if title["title"] else ""
        elif line.startswith("    ") and not LIST.match(bare):
            line = bare
        shown.append(LINK.sub(r"\g<words>", line))
    return "\n".join(shown).strip()

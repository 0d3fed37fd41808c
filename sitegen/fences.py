"""How a block looks on its page: the code, its output tucked under it, its figures.

SuperFences calls these two formatters. It swallows exceptions and prints the raw fence instead, so
nothing here raises: a fault is logged as a warning, which fails the strict build, and shown.
"""

import logging
from collections.abc import Mapping
from html import escape
from pathlib import Path

from markdown import Markdown

from sitegen import cards, citations, markup, mistakes
from sitegen.blocks import Block, Fault, parse, read
from sitegen.explore import publish as explore
from sitegen.run import Result, alts, cached, check

log = logging.getLogger("mkdocs.sitegen")
TABLES = {"laws": citations.table, "mistakes": mistakes.entries, "alike": mistakes.alike}


def located(markdown: str, page: Path) -> str:
    """The page's Markdown with each python fence told where it stands, its output fence taken out.

    MkDocs hands over the text without its front matter; the lines are those of the stored file.
    """
    text = page.read_text(encoding="utf-8")
    skipped = text[: text.rindex(markdown)].count("\n") if markdown in text else 0
    lines = markdown.splitlines()
    for block in reversed(parse(text, page)):
        if block.output_lines:
            first, last = block.output_lines
            del lines[first - 1 - skipped : last - skipped]
        lines[block.line - 1 - skipped] += f' at="{page}:{block.line}"'
    return "\n".join(lines) + "\n"


def accept(
    language: str,
    inputs: Mapping[str, str],
    options: dict[str, str],
    attrs: Mapping[str, str],
    md: Markdown,
) -> bool:
    """SuperFences' validator: the block list has judged the options already."""
    options.update(inputs)
    return True


def python(
    source: str,
    language: str,
    css_class: str,
    options: Mapping[str, str],
    md: Markdown,
    **others: object,
) -> str:
    """A python fence as HTML, run."""
    where, _, line = options.get("at", "").rpartition(":")
    block = (
        next((block for block in read(Path(where)) if block.line == int(line)), None)
        if where
        else None
    )
    if block is None:
        return problem(f"{where or 'a page'}: a python fence that the block list did not see")
    try:
        if block.explore and block.explore not in explore.INSTRUMENTS:
            raise block.fault(f"an instrument is one of {', '.join(explore.INSTRUMENTS)}")
        result = cached(block)
        table = TABLES[block.table](block, result.stdout.split()) if block.table else ""
    except Fault as fault:
        return markup.code(block.source, "language-python") + problem(str(fault))
    return (
        table
        + _html(block, result)
        + "".join(problem(str(fault)) for fault in check(block, result))
    )


def output(
    source: str,
    language: str,
    css_class: str,
    options: Mapping[str, str],
    md: Markdown,
    **others: object,
) -> str:
    """Output fences are taken out with their block; one that is left belongs to nothing."""
    return problem(f"an output fence that the block list did not see:\n{source}")


def problem(message: str) -> str:
    """Log a fault, which fails the strict build, and show it where it is."""
    log.warning("%s", message)
    return f'<div class="fault"><pre>{escape(message)}</pre></div>'


def _html(block: Block, result: Result) -> str:
    printed = result.stdout.rstrip("\n")
    html = markup.block(
        markup.code(block.source, "language-python"),
        printed,
        [figure.svg for figure in result.figures],
        alts(result.figures, block.alt),
        block.caption,
        f"b{block.line}-",
        block.folded or ("The same in Python" if block.explore else ""),
        explore.tables(printed) if block.explore else "",
    )
    if block.explore:
        return explore.wrapped(block.explore, html)
    return cards.html(result.card, html, result.stdout) if result.card else html

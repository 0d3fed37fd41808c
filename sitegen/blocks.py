"""The block list of a page: its ```python fences, each with the output pinned below it.

The build, the tests, the exported notebooks and `--update` all read pages through this module, so
none of them can see a block that the others miss.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<ticks>`{3,}|~{3,})[ ]*(?P<lang>[\w-]*)(?P<rest>.*)$")
OPTION = re.compile(r"""(?P<name>[a-z]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""")
OPTIONS = ("alt", "caption", "folded", "table", "explore")
TABLES = ("laws", "mistakes", "alike")


class Fault(Exception):
    """Something on a page is not as it says; the message begins with the page and the line."""

    @classmethod
    def at(cls, page: Path, line: int, what: str) -> Self:
        return cls(f"{label(page)}:{line}: {what}")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block of any language; lines count from 1 and include both fence lines."""

    first: int
    last: int
    indent: str
    language: str
    rest: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One runnable block: where it stands, what it says, and what the page says it prints."""

    page: Path
    line: int
    last: int
    source: str
    indent: str = ""
    alt: str = ""
    caption: str = ""
    output: str | None = None
    output_lines: tuple[int, int] | None = None
    folded: str = ""
    table: str = ""
    explore: str = ""

    @property
    def where(self) -> str:
        """`docs/pooling.md:41`, as messages give it."""
        return f"{label(self.page)}:{self.line}"

    def fault(self, what: str) -> Fault:
        return Fault.at(self.page, self.line, what)


def label(page: Path) -> str:
    """The page's path as messages give it: from the working directory on, if it is inside."""
    page = page.resolve()
    here = Path.cwd()
    return page.relative_to(here).as_posix() if page.is_relative_to(here) else page.as_posix()


def fences(text: str) -> Iterator[Fence]:
    """Every top-level fence of a Markdown text; a fence shown inside a longer fence is text."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = FENCE.match(lines[number])
        if opening is None or "`" in opening["rest"]:
            number += 1
            continue
        first, indent, ticks = number, opening["indent"], opening["ticks"]
        closing = re.compile(rf"^[ \t>]*{ticks[0]}{{{len(ticks)},}}\s*$")
        number += 1
        while number < len(lines) and not closing.match(lines[number]):
            number += 1
        body = (line[len(indent) :] for line in lines[first + 1 : number])
        yield Fence(
            first + 1, number + 1, indent, opening["lang"], opening["rest"].strip(), "\n".join(body)
        )
        number += 1


def parse(text: str, page: Path) -> tuple[Block, ...]:
    """The blocks of a page in order. Raises a Fault for a fence that belongs to nothing."""
    blocks: list[Block] = []
    lines = text.splitlines()
    for fence in fences(text):
        if fence.language == "python":
            blocks.append(_block(fence, page))
        elif fence.language == "output":
            above = blocks[-1] if blocks else None
            gap = lines[above.last : fence.first - 1] if above else []
            if above is None or above.output is not None or any(line.strip(" >") for line in gap):
                raise Fault.at(page, fence.first, "this output fence has no python block above it")
            span = (fence.first, fence.last)
            blocks[-1] = replace(above, output=fence.text, output_lines=span)
    return tuple(blocks)


def _block(fence: Fence, page: Path) -> Block:
    options = {match["name"]: match["value"] for match in OPTION.finditer(fence.rest)}
    odd = OPTION.sub("", fence.rest).split() or [name for name in options if name not in OPTIONS]
    if odd:
        takes = ", ".join(f'{name}="..."' for name in OPTIONS)
        what = f"a python fence takes {takes} and nothing else; got {odd[0]}"
        raise Fault.at(page, fence.first, what)
    if options.get("table", TABLES[0]) not in TABLES:
        takes = " or ".join(f'table="{name}"' for name in TABLES)
        raise Fault.at(page, fence.first, f"a table is {takes}: one of them for each line")
    block = Block(page, fence.first, fence.last, fence.text + "\n", fence.indent)
    alt, caption, folded, table, explore = (options.get(name, "") for name in OPTIONS)
    return replace(block, alt=alt, caption=caption, folded=folded, table=table, explore=explore)


def read(page: Path) -> tuple[Block, ...]:
    """The blocks of the page stored at this path."""
    return parse(page.read_text(encoding="utf-8"), page)


def pages(*places: Path) -> list[Path]:
    """The Markdown files among these files and folders, sorted."""
    found = [[place] if place.is_file() else sorted(place.rglob("*.md")) for place in places]
    return [page for group in found for page in group]


def trimmed(text: str) -> str:
    """Text as a page can hold it: no spaces at line ends, no empty lines at the end."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n")


def with_outputs(text: str, page: Path, outputs: dict[int, str]) -> str:
    """The page with the given output (by the line of its block) pinned under each block."""
    lines = text.splitlines()
    for block in reversed(parse(text, page)):
        if block.line not in outputs:
            continue
        start, end = block.output_lines or (block.last + 1, block.last)
        lines[start - 1 : end] = _output_fence(outputs[block.line], block.indent)
    return "\n".join(lines) + "\n"


def _output_fence(output: str, indent: str) -> list[str]:
    output = trimmed(output)
    if not output:
        return []
    longest = max((len(run) for run in re.findall("`+", output)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [(indent + line).rstrip() for line in (f"{ticks}output", *output.splitlines(), ticks)]


def update(page: Path) -> bool:
    """Rewrite the pinned outputs of one page; true if anything changed."""
    from sitegen.run import run  # only here does reading a page need the machinery that runs it

    before = page.read_text(encoding="utf-8")
    outputs = {block.line: run(block).stdout for block in parse(before, page)}
    after = with_outputs(before, page, outputs) if outputs else before
    if page.read_text(encoding="utf-8") != before:
        return update(page)  # somebody saved it while its blocks ran
    if after != before:
        page.write_text(after, encoding="utf-8")
    return after != before


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sitegen.blocks", description=__doc__)
    parser.add_argument("--update", action="store_true", help="rewrite the pinned outputs")
    parser.add_argument("places", nargs="+", type=Path, help="Markdown files or folders of them")
    arguments = parser.parse_args()
    for page in pages(*arguments.places):
        if not arguments.update:
            for block in read(page):
                print(block.where)
        elif update(page):
            print(f"{label(page)}: outputs updated")


if __name__ == "__main__":
    main()

"""What the prose of a page claims in numbers, and what its blocks print by computing."""

import ast
import re
from dataclasses import replace
from pathlib import Path

from sitegen.blocks import Block, Fault, fences, read
from sitegen.cards import cited
from sitegen.run import cached

NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/]|[.,]\d)")
FLAGS = re.DOTALL | re.MULTILINE
NOT_PROSE = (
    r"\$\$.*?\$\$|(?<!\\)\$[^$\n]+(?:\n[^$\n]+)?\$",  # formulas
    r"`[^`]+`",  # code
    r"\[[^\]]*\]\([^)]*\)|^\[[^\]]*\]:.*$|https?://\S+",  # links
    r"<[^>]+>|\{[^}\n]*\}",  # HTML, attributes
    r"\b(?:1[89]|20)\d\d\b",  # years
    r"\b\d+\(\d+\)",  # volume and number of a journal
)
PLACES_IN_BOOKS = (
    r"\b(?i:sections?|chapters?|figures?|equations?|pages?|versions?|Python|NumPy)"
    r"\s+\(?\d[\d.]*(?:(?:,| and| to| or)?\s+\(?\d[\d.]*\)?)*"
)


def numbers(text: str) -> set[str]:
    """The numbers of two or more digits in a text, written plainly."""
    found = {match[0].replace(",", "") for match in NUMBER.finditer(text)}
    return {number for number in found if sum(map(str.isdigit, number)) > 1}


def claimed(text: str) -> dict[str, int]:
    """The numbers in the prose of a Markdown text, each with its line."""
    lines = text.splitlines()
    for fence in fences(text):
        for number in range(fence.first - 1, min(fence.last, len(lines))):
            lines[number] = ""
    prose = "\n".join(lines)
    for pattern in (*NOT_PROSE, PLACES_IN_BOOKS):
        prose = re.sub(pattern, _blank, prose, flags=FLAGS)
    return {
        number: line
        for line, words in enumerate(prose.splitlines(), start=1)
        for number in numbers(words)
    }


def _blank(match: re.Match[str]) -> str:
    return " " + "\n" * match[0].count("\n")


def computed(page: Path) -> set[str]:
    """The numbers that the blocks of a page print without having them as a literal in the print."""
    return {number for block in read(page) for number in _computed(block)}


def _computed(block: Block) -> set[str]:
    source = block.source if cited(block) else ast.unparse(_Unsaid(block.source).tree())
    try:
        printed = cached(replace(block, source=source)).stdout
    except Fault:  # a print without its words may not work; then nothing counts as computed
        printed = ""
    return plainly(printed)


def plainly(printed: str) -> set[str]:
    """The numbers in an output; `784.` and `784.0` are also 784."""
    found = set()
    for match in re.finditer(r"\d+(?:,\d{3})*(?:\.\d*)?", printed):
        number = match[0].replace(",", "")
        found |= {number, number.rstrip(".")}
        if "." in number:
            found.add(number.rstrip("0").rstrip("."))
    return found


class _Unsaid(ast.NodeTransformer):
    """A block whose prints say nothing that is a literal, or a name for nothing but a literal."""

    def __init__(self, source: str) -> None:
        self.module = ast.parse(source)
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.module):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        assigned.setdefault(target.id, []).append(node.value)
        self.names = {
            name
            for name, values in assigned.items()
            if all(isinstance(value, ast.Constant) for value in values)
        }

    def tree(self) -> ast.Module:
        module = self.visit(self.module)
        assert isinstance(module, ast.Module)
        return ast.fix_missing_locations(module)

    def visit_Call(self, call: ast.Call) -> ast.Call:
        self.generic_visit(call)
        if isinstance(call.func, ast.Name) and call.func.id == "print":
            call.args = [self._silent(argument) for argument in call.args]
        return call

    def _silent(self, argument: ast.expr) -> ast.expr:
        if isinstance(argument, ast.JoinedStr):
            argument.values = [self._silent_part(part) for part in argument.values]
            return argument
        literal = isinstance(argument, ast.Constant)
        named = isinstance(argument, ast.Name) and argument.id in self.names
        return ast.Constant("") if literal or named else argument

    def _silent_part(self, part: ast.expr) -> ast.expr:
        if isinstance(part, ast.FormattedValue):
            silent = self._silent(part.value)
            return part if silent is part.value else ast.Constant(" ")
        return ast.Constant(" ")

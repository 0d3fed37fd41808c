"""A Markdown extension: a `>>>` example in a docstring is code, not a quotation of a quotation."""

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

PROMPT = re.compile(r"^(?P<indent>\s*)>>> ")


class Doctests(Preprocessor):  # type: ignore[misc]
    """Put a fence around the lines from a prompt to the next empty line."""

    def run(self, lines: list[str]) -> list[str]:
        fenced: list[str] = []
        inside = ""
        for line in lines:
            prompt = PROMPT.match(line)
            if prompt and not inside:
                inside = f"{prompt['indent']}```"
                fenced += ["", f"{inside}pycon"]
            elif inside and not line.strip():
                fenced.append(inside)
                inside = ""
            fenced.append(line)
        return [*fenced, inside] if inside else fenced


class DoctestExtension(Extension):  # type: ignore[misc]
    """Registers the preprocessor, ahead of the one that reads fences."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(Doctests(md), "doctests", 30)


def makeExtension(**options: object) -> DoctestExtension:
    """What Python-Markdown looks for in a module that is named as an extension."""
    return DoctestExtension(**options)

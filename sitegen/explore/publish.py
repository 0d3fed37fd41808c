"""What a site carries of the instruments, and how one stands on its page.

An instrument wraps a block that draws the same as it does at first, and prints it as a table: that
is the page without scripts, in print and in the search.
"""

from html import escape
from pathlib import Path

from sitegen.assets import verified
from sitegen.inpage.publish import by_node, digest

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "explore"
INSTRUMENTS = tuple(
    sorted(path.stem for path in HERE.glob("*.js") if "instrument =" in path.read_text("utf-8"))
)


def published() -> dict[str, Path]:
    """The files of a site by their addresses; a browser may keep them for ever."""
    files = minified(sorted([*HERE.glob("*.js"), *HERE.glob("*.css")]))
    return {f"assets/explore-{digest(files)}/{path.name}": path for path in files}


def minified(files: list[Path]) -> list[Path]:
    """The files without what only those who write them need: Terser, in Node."""
    terser = verified("terser") / "terser.min.js"
    script, sources = HERE / "minify.mjs", [terser, *files]
    kept = by_node(script, sources, CACHE, lambda made: [terser, made, *files])
    return [kept / path.name for path in files]


def wrapped(name: str, html: str) -> str:
    """A block as an instrument; Markdown takes only an element that it knows for a block."""
    element = f"cnn-{name}"
    return f'<div><{element} class="explorable" id="try-{name}">{html}</{element}></div>'


def tables(printed: str) -> str:
    """What a block printed, as tables: an empty line between them, two spaces between columns."""
    whole = "".join(map(table, printed.split("\n\n")))
    return f'<div class="values">{whole}</div>'


def table(printed: str) -> str:
    """One table: the first line has the names of the columns, and each line begins with its own."""
    head, *body = ([*map(escape, line.split("  "))] for line in printed.splitlines())
    heads = "".join(f'<th scope="col">{words}</th>' for words in head)
    rows = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{words}</td>" for words in rest)}</tr>'
        for first, *rest in body
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

"""Labs: what mkdocs-jupyter makes of a percent script, rebuilt as a page like the others.

mkdocs-jupyter runs the cells. Its HTML brings the style sheets and scripts of JupyterLab, leaves
formulas and links as they were written and has no alt text; here only what the cells say, print
and draw is kept, in the markup that chapters have.
"""

import base64
import hashlib
import os
import posixpath
import re
from dataclasses import dataclass
from html import unescape
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from nbclient.exceptions import CellExecutionError

from sitegen import markup, run
from sitegen.blocks import OPTION, Fault
from sitegen.execute import Figure
from sitegen.run import ROOT, alts
from sitegen.svg import strange_colours

DATA_ALT = re.compile(r' data-alt="([^"]*)"')
MATH = re.compile(r"(?<![\\$])(\$\$?)(?![\s$])(.+?)(?<![\\\s])\1(?!\d)", re.DOTALL)
CELL = re.compile(r"^# %%(?P<rest>.*)$", re.MULTILINE)
ANSI = re.compile(r"\x1b\[[\d;]*m")
CELL_LINE = re.compile(r"^Cell In\[\d+\], line (\d+)", re.MULTILINE)
RULE = "-" * 18  # what nbclient puts around the source of the cell
KERNEL = """\
import sys
sys.path.insert(0, {root!r})
c.IPKernelApp.exec_lines = [
    "import sitegen.kernel", "sitegen.kernel.install(get_ipython())", "del sitegen"
]
c.IPKernelApp.log_level = "ERROR"
c.HistoryManager.enabled = False
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a lab as it is stored: the line of its marker and what stands on the marker."""

    line: int
    code: bool
    options: dict[str, str]
    text: str


def prepare_kernel(folder: Path) -> None:
    """Give the kernels that this process starts our profile (they read it from the environment)."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL.format(root=str(ROOT)))
    os.environ["IPYTHONDIR"] = str(folder)


UNSEEN = ("laws",)
"""The rooms of the package that no lab may import: no lab runs again because one changed."""


def fingerprint() -> str:
    """A hash of everything the outputs of a lab can depend on besides its own text."""
    ours = run.fingerprint(("kernel.py", "labs.py"), without=UNSEEN)
    theirs = [f"{library} {version(library)}" for library in ("scikit-learn", "scipy")]
    return hashlib.sha256(" ".join((ours, *theirs)).encode()).hexdigest()


def cells(text: str) -> list[Cell]:
    """The cells of a percent script with their lines, which jupytext does not keep."""
    marks = list(CELL.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        Cell(
            text.count("\n", 0, mark.start()) + 1,
            "[markdown]" not in mark["rest"],
            {match["name"]: match["value"] for match in OPTION.finditer(mark["rest"])},
            text[mark.end() + 1 : end].strip(),
        )
        for mark, end in zip(marks, ends, strict=True)
    ]


def raised(path: Path, text: str, error: CellExecutionError) -> Fault:
    """A cell that raised, by the line of the stored lab on which it did."""
    story = ANSI.sub("", error.traceback)
    source = story.split(f"{RULE}\n")[1].rstrip("\n")
    inside = CELL_LINE.search(story)
    line = text.count("\n", 0, max(text.find(source), 0)) + (int(inside[1]) if inside else 1)
    return Fault.at(path, line, f"this cell raised {error.ename}: {error.evalue}\n{story}")


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab that is being rebuilt: its page, its stored text, the other pages it may link to."""

    page: Page
    path: Path
    text: str
    files: Files

    def html(self, rendered: str) -> tuple[str, list[Fault]]:
        """The page's HTML out of mkdocs-jupyter's, and what is wrong with the lab."""
        soup = BeautifulSoup(rendered, "html.parser")
        found = soup.select("div.jp-MarkdownCell, div.jp-CodeCell div.jp-CodeCell")
        stored = [cell for cell in cells(self.text) if cell.text]
        faults: list[Fault] = []
        parts = []
        for cell, shown in zip(stored, found, strict=True):
            part, wrong = self._code(cell, shown) if cell.code else self._prose(cell, shown)
            parts.append(part)
            faults += wrong
        return "\n".join(parts), faults

    def _code(self, cell: Cell, shown: Tag) -> tuple[str, list[Fault]]:
        printed, figures = "", []
        for output in shown.select(".jp-OutputArea-output"):
            image = output.find("img")
            if isinstance(image, Tag):
                figures.append(_figure(str(image["src"])))
            else:
                printed += output.get_text().strip("\n") + "\n"
        said = alts(figures, cell.options.get("alt", ""))
        html = markup.block(
            markup.code(cell.text, "lab-cell"),
            printed.strip("\n"),
            [figure.svg for figure in figures],
            said,
            cell.options.get("caption", ""),
            f"c{cell.line}-",
        )
        faults = []
        if not all(said):
            what = 'this figure has no alt text: fig.set_label("...") or alt="..." on the cell'
            faults.append(Fault.at(self.path, cell.line, what))
        for colours in filter(None, (strange_colours(figure.svg) for figure in figures)):
            what = f"this figure uses {', '.join(colours)}: not in the palette"
            faults.append(Fault.at(self.path, cell.line, what))
        return html, faults

    def _prose(self, cell: Cell, shown: Tag) -> tuple[str, list[Fault]]:
        faults = []
        body = shown.select_one(".jp-RenderedMarkdown")
        assert body is not None
        for anchor in body.select("a.anchor-link"):
            anchor.string = ""
            anchor["class"], anchor["title"] = "headerlink", "Link to this section"
        for link in body.select("a[href]"):
            fault = self._resolve(link, cell)
            faults += [fault] if fault else []
        for words in body.find_all(string=MATH):
            if words.find_parent(["code", "pre"]) is None:
                words.replace_with(*_formulas(words))
        return body.decode_contents(), faults

    def _resolve(self, link: Tag, cell: Cell) -> Fault | None:
        """Point a link to a source file at the page made of it; MkDocs checks its anchor later."""
        href = str(link["href"])
        target = urlsplit(href)
        if target.scheme or target.netloc or not target.path:
            return None
        here = self.page.file
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(here.src_uri), target.path))
        file = self.files.get_file_from_path(uri)
        if file is None:
            first = cell.line + cell.text.split(f"({href}")[0].count("\n") + 1
            return Fault.at(self.path, first, f"this link leads nowhere: {href}")
        link["href"] = file.url_relative_to(here) + (
            f"#{target.fragment}" if target.fragment else ""
        )
        if target.fragment:
            self.page.links_to_anchors = self.page.links_to_anchors or {}
            self.page.links_to_anchors.setdefault(file, {})[target.fragment] = href
        return None


def _figure(source: str) -> Figure:
    svg = base64.b64decode(source.partition("base64,")[2]).decode()
    alt = DATA_ALT.search(svg)
    return Figure(DATA_ALT.sub("", svg, count=1), unescape(alt[1]) if alt else "")


def _formulas(words: str) -> list[NavigableString | Tag]:
    """Text with `$...$` in it as text and the elements that arithmatex makes on other pages."""
    soup = BeautifulSoup("", "html.parser")
    parts: list[NavigableString | Tag] = []
    end = 0
    for formula in MATH.finditer(words):
        display = formula[1] == "$$"
        element = soup.new_tag("span", attrs={"class": "arithmatex"})
        element.string = f"\\[{formula[2]}\\]" if display else f"\\({formula[2]}\\)"
        parts += [NavigableString(words[end : formula.start()]), element]
        end = formula.end()
    return [*parts, NavigableString(words[end:])]

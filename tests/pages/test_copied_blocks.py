"""Every block as a reader gets it: copied out of the built HTML, run alone in an empty folder.

Then every chapter as a notebook, all its cells in a row. The interpreter has the wheel, NumPy,
matplotlib and Hypothesis, and nothing else.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackagePath, distribution
from pathlib import Path

import pytest
from bs4 import Tag
from packaging.requirements import Requirement

from sitegen.behind import SOURCES
from sitegen.blocks import trimmed
from sitegen.wheel import build_wheel
from tests.building import ROOT, Site, soup

pytestmark = pytest.mark.slow
CHAPTERS = sorted(
    page.stem
    for page in (ROOT / "docs").glob("*.md")
    if SOURCES in page.read_text(encoding="utf-8") and page.stem not in {"errata", "benchmarks"}
)
NEEDED = ("numpy", "matplotlib", "hypothesis")
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Copied:
    """What the copy button of a block copies, and the output that stands under it."""

    address: str
    number: int
    source: str
    output: str


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with the wheel and what it needs, copied from here: no network."""
    home = tmp_path_factory.mktemp("reader")
    venv.create(home / "venv", with_pip=False)
    folder = "Lib/site-packages" if os.name == "nt" else f"lib/{python_name()}/site-packages"
    packages = home / "venv" / folder
    for name in closure(NEEDED):
        link(name, packages)
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(build_wheel(home)), str(packages)], check=True
    )
    return home / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def python_name() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def closure(names: tuple[str, ...]) -> set[str]:
    """These distributions and, without extras, all they require here."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                left.append(requirement.name.lower())
    return found


def link(name: str, into: Path) -> None:
    """Link the top-level files and folders of an installed distribution into a folder."""
    dist = distribution(name)
    tops: dict[str, PackagePath] = {}
    for file in dist.files or ():
        if file.parts[0] not in ("..", "__pycache__"):
            tops.setdefault(file.parts[0], file)
    for top in tops:
        target = into / top
        if not target.exists():
            target.symlink_to(Path(str(dist.locate_file(top))).resolve())


def copied(address: str, page: Path) -> Iterator[Copied]:
    blocks = soup(page).select("div.language-python.highlight > pre > code")
    for number, code in enumerate(blocks, start=1):
        yield Copied(address, number, code.get_text(), _output(code))


def _output(code: Tag) -> str:
    highlight = code.find_parent("div")
    assert highlight is not None
    after = highlight.find_next("div", class_=["output", "language-python"])
    if after is None or "output" not in after.get_attribute_list("class"):
        return ""
    return after.get_text()


def fault(block: Copied, python: Path, folder: Path) -> str:
    """How the block, run alone in this folder, differs from its page; empty if it does not."""
    folder.mkdir()
    # Home is shared, so that matplotlib lists the fonts of this machine once.
    home = str(python.parents[2])
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "MPLBACKEND": "agg"}
    ran = subprocess.run(
        [str(python), "-I", "-c", block.source],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    where = f"{block.address or 'the home page'}, block {block.number}"
    if ran.returncode:
        return f"{where}: exit {ran.returncode}\n{ran.stderr}"
    if trimmed(ran.stdout) != trimmed(block.output):
        return f"{where}: printed\n{ran.stdout}\nand the page shows\n{block.output}"
    return ""


def test_every_block_runs_alone_and_prints_what_its_page_shows(
    site: Site, python: Path, tmp_path: Path
) -> None:
    everything = (block for page in site.pages().items() for block in copied(*page))
    blocks = list({(block.source, block.output): block for block in everything}.values())
    assert blocks
    folders = [tmp_path / str(number) for number in range(len(blocks))]
    with ThreadPoolExecutor(WORKERS) as pool:
        told = pool.map(fault, blocks, [python] * len(blocks), folders)
        faults = [each for each in told if each]
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebook_of_a_chapter_runs_from_top_to_bottom(
    site: Site, python: Path, tmp_path: Path, chapter: str
) -> None:
    notebook = json.loads((site.folder / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    first, *cells = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "".join(first).startswith("%pip install")
    source = "\n\n".join("".join(cell) for cell in cells)
    shown = copied(chapter, site.folder / chapter / "index.html")
    output = "".join(f"{trimmed(block.output)}\n" for block in shown if block.output)
    assert fault(Copied(chapter, 0, source, output), python, tmp_path / "empty") == ""


def test_the_reader_s_interpreter_has_nothing_else(python: Path) -> None:
    for name, there in [("cnnref.laws", True), ("cnnref.figures", True), ("pytest", False)]:
        ran = subprocess.run([str(python), "-I", "-c", f"import {name}"], capture_output=True)
        assert (name, ran.returncode == 0) == (name, there)


@pytest.mark.parametrize(
    ("source", "output", "words"),
    [
        ("print(1)\n", "1\n", ""),
        ("print(1)\n", "2\n", "printed\n1"),
        ("1 / 0\n", "", "ZeroDivisionError"),
        ("print(leftover)\n", "", "NameError"),
        ("import sitegen\n", "", "No module named 'sitegen'"),
        ("from helper import x\n", "", "No module named 'helper'"),
    ],
)
def test_a_block_that_does_not_do_so_is_noticed(
    python: Path, tmp_path: Path, source: str, output: str, words: str
) -> None:
    told = fault(Copied("page/", 1, source, output), python, tmp_path / "empty")
    assert words in told
    assert bool(told) == bool(words)

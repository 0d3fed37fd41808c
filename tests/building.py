"""Build a site as `make build` does: the real one, or a little one with a few pages of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
FORGE = "https://forge.example/reader/cnnref"
ADDRESS = "http://cnnref.test/"  # where the tested site believes to be


@dataclass(frozen=True, slots=True)
class Site:
    """A built site: where it is, and the address it was built for."""

    folder: Path
    url: str

    def pages(self) -> dict[str, Path]:
        """The HTML files by their address within the site, the 404 page included."""
        return {
            path.relative_to(self.folder).as_posix().removesuffix("index.html"): path
            for path in sorted(self.folder.rglob("*.html"))
        }


def once(folder: Path, make: Callable[[Path], str]) -> tuple[Path, str]:
    """Where `make` made something, and what it said; one process of a test session does it."""
    done, made = folder / "done", folder / "made"
    try:
        folder.mkdir()
    except FileExistsError:
        while not done.exists():  # another process is at it
            time.sleep(0.05)
    else:
        try:
            said = make(made)
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
            raise
        finally:
            (folder / "said").write_text(said, encoding="utf-8")
            done.touch()
    return made, (folder / "said").read_text(encoding="utf-8")


def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of this test session have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def soup(path: Path) -> BeautifulSoup:
    """An HTML file, parsed."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def mkdocs_build(
    root: Path, into: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """`mkdocs build --strict`, without -q: it would hide the warnings from --strict."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(into)],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def little_site(
    root: Path, files: Mapping[str, str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Build these files, strictly, with the real mkdocs.yml save its nav; into root/site."""
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    config = re.sub(r"^nav:\n(?: .*\n|\n)+", "", config, flags=re.MULTILINE)
    (root / "mkdocs.yml").write_text(config, encoding="utf-8")
    for name in ("sitegen", "cnnref"):
        (root / name).symlink_to(ROOT / name)
    for name, text in files.items():
        path = root / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "docs" / "assets").symlink_to(ROOT / "docs" / "assets")
    return mkdocs_build(root, root / "site", environment or {"SITE_URL": "", "REPO_URL": ""})

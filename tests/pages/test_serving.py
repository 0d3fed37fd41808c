"""Under `mkdocs serve` a change in the package is seen, on the pages and in the figures."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.building import ROOT, little_site

pytestmark = pytest.mark.slow
PAGE = "# P\n\n```python\nfrom cnnref import tensors\n\nprint(tensors.MARK)\n```\n"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A little site with a copy of the package, being served."""
    little_site(tmp_path, {"index.md": PAGE})
    for name in ("sitegen", "cnnref"):
        (tmp_path / name).unlink()
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in (".assets", "pyproject.toml", "README.md", "LICENSE", "LICENSE-text"):
        (tmp_path / name).symlink_to(ROOT / name)
    mark(tmp_path, "before")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "-a", f"127.0.0.1:{port}"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "SITE_URL": "", "REPO_URL": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        yield f"http://127.0.0.1:{port}/"
        server.terminate()


def mark(root: Path, word: str) -> None:
    """Change what the copied package says."""
    module = root / "cnnref" / "tensors.py"
    source = (ROOT / "cnnref" / "tensors.py").read_text(encoding="utf-8")
    module.write_text(f"{source}\nMARK = 'the mark of {word}'\n", encoding="utf-8")


def wait_for(text: str, address: str) -> None:
    for _ in range(300):
        try:
            with urlopen(address, timeout=5) as answer:
                if text in answer.read().decode():
                    return
        except (URLError, ConnectionError):
            pass
        time.sleep(0.1)
    pytest.fail(f"{text!r} is not on {address}")


def test_a_change_in_the_package_is_on_the_page(address: str, tmp_path: Path) -> None:
    wait_for("the mark of before", address)
    mark(tmp_path, "after")
    wait_for("the mark of after", address)

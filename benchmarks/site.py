"""How long the site takes to build, how heavy its pages are, how long the tests take."""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHANGED = "docs/convolution.md"
FORGOTTEN = {"OPENBLAS_NUM_THREADS", "PYTHONPATH", "NEVER_SKIP_BROWSER", "LAWS_PROFILE"}


def copied(folder: Path) -> Path:
    """The sources as they are, without anything that was made from them; fetched files are lent."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".assets").symlink_to((ROOT / ".assets").resolve())
    return folder


def took(root: Path, *command: str) -> tuple[float, str]:
    """Seconds of the clock for a command of Python, and what it printed; tests may fail."""
    environment = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    environment |= {"NO_MKDOCS_2_WARNING": "1"}
    start = time.perf_counter()
    child, strict = [sys.executable, "-m", *command], "pytest" not in command
    ran = subprocess.run(
        child, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=strict
    )
    return round(time.perf_counter() - start, 1), ran.stdout


def weights(site: Path) -> dict[str, list[int]]:
    """Bytes of each page's HTML by its address, gzipped and not."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        address = path.relative_to(site).as_posix().removesuffix("index.html")
        data = path.read_bytes()
        found[address] = [len(gzip.compress(data, 6)), len(data)]
    return found


def told(said: str, how: str) -> int:
    """How many tests passed or failed, from the last line."""
    found = re.search(rf"(\d+) {how}", (said.splitlines() or [""])[-1])
    return int(found[1]) if found else 0


def measured() -> dict[str, Any]:
    """Build twice in a copy, with nothing kept, then with one page changed; run the tests here.

    It is for an environment that has what the site and the tests need.
    """
    with tempfile.TemporaryDirectory() as name:
        root = copied(Path(name))
        cold, _ = took(root, "mkdocs", "build", "--strict")
        page = root / CHANGED
        page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence.\n")
        warm, _ = took(root, "mkdocs", "build", "--strict")
        pages = weights(root / "site")
    tests, said = took(ROOT, "pytest", "-q")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "cold": cold,
        "one_page": warm,
        "tests": tests,
        **{how: told(said, how) for how in ("passed", "failed")},
        "pages": pages,
    }

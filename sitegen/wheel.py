"""The wheel that the built site carries: a reader can install exactly what the pages ran."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "wheel"
# A fixed date for the files in the wheel (2020-02-02), so that equal sources give equal bytes.
SOURCE_DATE_EPOCH = "1580601600"


class WheelError(Exception):
    """The wheel could not be built."""


def build_wheel(into: Path, root: Path = ROOT, cache: Path = CACHE) -> Path:
    """Put the wheel of cnnref into a folder and return its path."""
    wheel = kept_wheel(root, cache)
    into.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(wheel, into / wheel.name))


def kept_wheel(root: Path = ROOT, cache: Path = CACHE) -> Path:
    """The wheel of cnnref, in a folder named by a hash of everything that goes into it.

    Built offline with the hatchling of this environment, when a source has changed.
    """
    kept = cache / _fingerprint(root)
    if not kept.is_dir():
        _build(root, kept)
    (wheel,) = kept.glob("*.whl")
    return wheel


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Every file that the wheel is made from."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-text"):
        yield root / name
    for path in sorted((root / "cnnref").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sources(root):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


def _build(root: Path, kept: Path) -> None:
    """Build beside the final place, then move there: an interrupted build leaves nothing."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as temporary:
        built = Path(temporary) / "built"
        result = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
            cwd=root,
            env={**os.environ, "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH},
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise WheelError(f"The wheel of cnnref could not be built.\n{result.stderr}")
        try:
            built.rename(kept)
        except OSError:  # another process was first, with the same bytes
            if not kept.is_dir():
                raise

"""Every adapter keeps the laws, save those that it lists as a convention of its library."""

import json
import subprocess
import sys
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
KEPT = json.loads((ROOT / "docs" / "data" / "libraries.json").read_text(encoding="utf-8"))
SUBJECTS = {
    "scipy": 25,
    "scipy:images": 25,
    "scipy:filters": 25,
    "torch": 25,
    "onnxruntime": 25,
    "jax": 2,  # compiles anew for every shape
}


def checked(what: str, examples: int, folder: Path) -> tuple[int, dict[str, Any], str]:
    """The exit code, the report and what was printed."""
    path = folder / "report.json"
    options = ["--examples", str(examples), "--json", str(path)]
    command = [sys.executable, "-m", "cnnref", "check", what, *options]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return ran.returncode, report, ran.stdout + ran.stderr


def adapter(what: str) -> Any:
    """The adapter, if its library is installed."""
    library, _, inside = what.partition(":")
    pytest.importorskip(library, reason=f"{library} is not installed: not checked")
    module = import_module(f"cnnref.adapters.{library}")
    return getattr(module, inside) if inside else module


@pytest.mark.slow
@pytest.mark.parametrize("what", SUBJECTS)
def test_all_laws_hold_or_are_listed(what: str, tmp_path: Path) -> None:
    adapter(what)
    code, report, said = checked(what, SUBJECTS[what], tmp_path)
    assert code == 0, said
    assert set(report["counts"]) <= {"held", "convention", "not offered"}
    assert report["counts"]["held"] > 10


@pytest.mark.slow
@pytest.mark.parametrize("what", SUBJECTS)
def test_every_listed_convention_breaks_its_law(what: str) -> None:
    broken = [row for row in KEPT["conventions"] if row["subject"] == what]
    titles = [
        f"{row['law']} [{name}]" if name else row["law"]
        for row in broken
        for name in row["operations"] or [""]
    ]
    for pattern, sentence in adapter(what).CONVENTIONS.items():
        laws = [row["law"] for row in broken if row["sentence"] == sentence]
        assert any(fnmatchcase(law, pattern) for law in laws) or pattern in titles, pattern


@pytest.mark.slow
@pytest.mark.parametrize("what", SUBJECTS)
def test_every_kept_convention_is_listed(what: str) -> None:
    listed = set(adapter(what).CONVENTIONS.values())
    kept = {row["sentence"] for row in KEPT["conventions"] if row["subject"] == what}
    assert kept == listed


@pytest.mark.slow
def test_a_convention_that_is_not_listed_fails(tmp_path: Path) -> None:
    adapter("scipy")
    path = tmp_path / "silent.py"
    path.write_text(
        "from cnnref.adapters.scipy import CONVENTIONS, images\n\n\n"
        "class silent(images):\n    CONVENTIONS = CONVENTIONS\n"
    )
    code, report, said = checked(f"{path}:silent", 25, tmp_path)
    assert code == 1, said
    failed = [law["id"] for law in report["laws"] if law["status"] == "failed"]
    assert failed == ["correlation.is-its-definition"]

"""What docs/check.md tells one to write works."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnnref.laws.check.command import parser
from tests.building import ROOT

PAGE = (ROOT / "docs/check.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_three_lines_of_pytest_find_what_is_wrong(tmp_path: Path) -> None:
    (lines,) = re.findall(r"````py\n(.*?)````", PAGE, re.DOTALL)
    assert len(lines.strip().splitlines()) == 3
    head = "import mine\nimport pytest\n\nfrom cnnref.laws import LAWS\n\n\n"
    (tmp_path / "test_mine.py").write_text(head + lines)
    wrong = "import numpy as np\n\n\ndef relu(x):\n    return np.abs(x)\n"
    for source, broken in (("from cnnref.literal import relu\n", 0), (wrong, 2)):
        (tmp_path / "mine.py").write_text(source)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        failed = re.findall(r"^FAILED \S+\[(\S+)\]", ran.stdout, re.MULTILINE)
        assert ran.returncode == (1 if broken else 0), ran.stdout
        assert len(failed) >= broken
        assert not broken or {"relu.is-its-definition", "relu.splits"} <= set(failed)


def test_every_option_is_explained_and_every_one_explained_is_there() -> None:
    real = {word for action in parser()._actions for word in action.option_strings}
    told = set(re.findall(r"(?<!-)(--[a-z][a-z-]+)", PAGE))
    assert told == {word for word in real if word.startswith("--")} - {"--help"}

"""Running `cnnref check` as a user does: in a process of its own, on a file."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NUMPY = "import numpy as np\n\n"
CONV2D = """
def conv2d(image, kernel):
    rows, columns = kernel.shape
    output = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            for a in range(rows):
                for b in range(columns):
                    output[i, j] += image[i + a, j + b] * kernel[a, b]
    return output
"""
"""What a student writes in the first week: it slides the kernel as it is."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What the command did.

    Attributes:
        processor: seconds of processors that it and its workers took. The seconds of the clock
            depend on what else runs; these hardly do.
    """

    code: int
    out: str
    err: str
    report: Any
    page: str
    processor: float

    def rows(self, status: str) -> list[Any]:
        """The laws that came out this way."""
        return [law for law in self.report["laws"] if law["status"] == status]

    @property
    def named(self) -> dict[str, set[str]]:
        """The mistakes that are named, by operation."""
        found: dict[str, set[str]] = {}
        for fault in self.report["mistakes"]:
            names = {mistake["id"] for mistake in fault["named"]}
            found.setdefault(fault["operation"], set()).update(names)
        return found


def spent() -> float:
    """Seconds of processors that all processes took that were started here and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def check(folder: Path, *words: str, source: str = "") -> Ran:
    """Run the command in a folder, in which the source is a module `mine`."""
    (folder / "mine.py").write_text(NUMPY + source)
    command = [sys.executable, "-m", "cnnref", "check", *words]
    before = spent()
    ran = subprocess.run(
        [*command, "--json", "report.json", "--html", "report.html"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    processor = spent() - before
    made = folder / "report.json"
    report = json.loads(made.read_text()) if made.exists() else {"laws": [], "mistakes": []}
    page = (folder / "report.html").read_text() if made.exists() else ""
    return Ran(ran.returncode, ran.stdout, ran.stderr, report, page, processor)

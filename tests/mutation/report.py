"""What a run has found: a table of the modules, and every fault that no test has seen."""

import ast
import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEEN = {1, 3}
"""The exit codes of pytest when a test fails."""

SLOW = {-24, 24, 36, 152, 255}
"""The exit codes that mutmut counts as a timeout: a fault that never ends is seen."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault, and the exit code of its tests (None before they ran)."""

    module: str
    function: str
    name: str
    code: int | None

    @property
    def seen(self) -> bool:
        """Whether a test failed, or never ended."""
        return self.code in SEEN | SLOW


def faults(mutants: Path) -> list[Fault]:
    """Every fault of a run, by module."""
    found = []
    for path in sorted(mutants.glob("cnnref/**/*.meta")):
        module = str(path.relative_to(mutants)).removesuffix(".py.meta").replace("/", ".")
        for key, code in json.loads(path.read_text())["exit_code_by_key"].items():
            name = key.rpartition(".")[2]
            function = re.sub(r"^x[_ǁ]|__mutmut_\d+$", "", name).replace("ǁ", ".")
            found.append(Fault(module, function, name, code))
    return found


def planted(mutants: Path, chosen: list[Fault]) -> Iterator[tuple[Fault, str]]:
    """The chosen faults, each with the line of its function that is another."""
    functions: dict[str, dict[str, ast.FunctionDef]] = {}
    for fault in chosen:
        if fault.module not in functions:
            tree = ast.parse((mutants / f"{fault.module.replace('.', '/')}.py").read_text())
            found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
            functions[fault.module] = {node.name: node for node in found}
        own = functions[fault.module]
        before = own[re.sub(r"\d+$", "orig", fault.name)]
        changes = difflib.ndiff(lines(before), lines(own[fault.name]))
        yield fault, " ".join(line[2:].strip() for line in changes if line.startswith("+ "))


def lines(function: ast.FunctionDef) -> list[str]:
    """The lines of a function, written in one way, under a name that is always the same."""
    text = ast.unparse(function).replace(f"def {function.name}(", "def f(", 1)
    return text.splitlines()


def table(found: list[Fault]) -> str:
    """Faults and how many were seen, for each module and in all; Markdown."""
    rows = ["| module | faults | seen | timeouts among them | not seen | score |"]
    rows += ["| --- | --: | --: | --: | --: | --: |"]
    modules = sorted({fault.module for fault in found})
    for name in [*modules, "all"]:
        own = [fault for fault in found if name in (fault.module, "all")]
        seen, slow = sum(fault.seen for fault in own), sum(fault.code in SLOW for fault in own)
        score = f"{100 * seen / max(len(own), 1):.1f} %"
        cells = [name, len(own), seen, slow, len(own) - seen, score]
        rows.append(f"| {' | '.join(f'`{cell}`' for cell in cells)} |")
    return "\n".join(rows)

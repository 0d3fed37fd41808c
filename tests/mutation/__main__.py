"""Plant every fault and see which are not seen: `python -m tests.mutation [NAME ...]`."""

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.mutation.report import faults, planted, table
from tests.mutation.workspace import copied

ROOT = Path(__file__).parents[2]
WORKSPACE = ROOT / ".cache" / "mutation"
PAGE = ROOT / "docs" / "contributing" / "testing.md"
MEMORY = 8 * 2**30
"""Bytes a process may take: some faults ask for all there is."""


def limited() -> None:
    """Called in the process of mutmut before it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(workers: int, names: list[str]) -> int:
    """Let mutmut work; its exit code."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers), *names]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": ""}
    ran = subprocess.run(
        command, cwd=WORKSPACE, env=environment, preexec_fn=limited, check=False
    )  # the limit is inherited by the processes that mutmut forks
    return ran.returncode


def told() -> int:
    """Print the scores, and the faults that were not seen and that the page does not explain."""
    mutants = WORKSPACE / "mutants"
    found = faults(mutants)
    asked = [fault for fault in found if fault.code is not None]
    print(table(asked))
    explained, missing = PAGE.read_text() if PAGE.exists() else "", 0
    for fault, line in planted(mutants, [fault for fault in asked if not fault.seen]):
        entry = f"- `{fault.module.removeprefix('cnnref.')}.{fault.function}`: `{line}`"
        if entry not in explained:
            missing += 1
            print(f"{entry}  ({fault.name}: {fault.code})")
    print(f"{missing} faults are neither seen nor explained in {PAGE.relative_to(ROOT)};", end=" ")
    print(f"{len(found) - len(asked)} were not planted yet.")
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--report", action="store_true", help="only say what the last run found")
    parser.add_argument("names", nargs="*", help="faults to plant again, as 'cnnref.window.*'")
    wanted = parser.parse_args()
    if not wanted.report:
        copied(ROOT, WORKSPACE)
        failed = run(wanted.workers, wanted.names)
        if failed:
            return failed
    return int(told() > 0)


if __name__ == "__main__":
    sys.exit(main())

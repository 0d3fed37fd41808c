"""Plant every fault and see which are not seen: `python -m tests.mutation [NAME ...]`."""

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.mutation.workspace import copied

ROOT = Path(__file__).parents[2]
WORKSPACE = ROOT / ".cache" / "mutation"
MEMORY = 8 * 2**30
"""Bytes a process may take: some faults ask for all there is."""


def limited() -> None:
    """Called in the process of mutmut before it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="mutants to run again, as 'cnnref.window.*'")
    told = parser.parse_args()
    copied(ROOT, WORKSPACE)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(told.workers)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": ""}
    ran = subprocess.run(
        [*command, *told.names], cwd=WORKSPACE, env=environment, preexec_fn=limited, check=False
    )
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())

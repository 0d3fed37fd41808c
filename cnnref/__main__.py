"""The command line: `cnnref check`, also as `python -m cnnref check`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

USAGE = """\
usage: cnnref check WHAT ...     try the laws on an implementation
       cnnref check --help       say how
       cnnref --version
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; 2 if that is nothing."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in (["--version"], ["-V"]):
        from importlib.metadata import version

        print(f"cnnref {version('cnnref')}")
        return 0
    if words in (["--help"], ["-h"]):
        print(USAGE, end="")
        return 0
    if words[:1] != ["check"]:
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        import hypothesis  # noqa: F401 - so that only its absence is told this way
    except ModuleNotFoundError:
        print('cnnref check needs Hypothesis: pip install "cnnref[laws]"', file=sys.stderr)
        return 2
    from cnnref.laws.check.command import main as check

    return check(words[1:])


if __name__ == "__main__":
    sys.exit(main())

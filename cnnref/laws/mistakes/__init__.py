"""Wrong implementations, each literal but for one fault: they test the laws, and name faults."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from cnnref import literal
from cnnref.laws.cases import ConvCase, Pairs, PoolCase
from cnnref.laws.mistakes.doors import Wrong, door
from cnnref.window import Window, windows


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """A fault that people make, and an implementation that has it."""

    id: str
    operation: str
    function: Callable[[Any], Any]

    @property
    def sentence(self) -> str:
        """What is wrong: the docstring of the function."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def source(self) -> str:
        """The source text of the function."""
        return inspect.getsource(self.function)

    @property
    def implementation(self) -> Any:
        """An object with the public names, all of them right except one."""
        right = {name: getattr(literal, name) for name in literal.__all__}
        return SimpleNamespace(**right | {self.operation: door(self.operation, self.function)})


def mistake(id: str) -> Callable[[Wrong], Mistake]:
    """Make a mistake of a function; its id begins with the operation, its docstring is the fault.

    The function gets what the operation was given as one case, and returns the wrong result.
    """
    operation = id.partition(".")[0]

    def decorate(function: Wrong) -> Mistake:
        return Mistake(id, operation, function)

    return decorate


def looks(case: ConvCase | PoolCase) -> tuple[Window, ...]:
    """Where the layer looks on each axis, every padding word turned into numbers."""
    if isinstance(case, PoolCase):
        k, stride, ceil = case.kernel_size, case.strides, case.ceil_mode
    else:
        k, stride, ceil = case.w.shape[2:], case.stride, False
    return windows(case.x.shape[2:], k, stride, case.padding, case.dilation, ceil)


def sides(case: ConvCase | PoolCase) -> Pairs:
    """The padding of each axis, in numbers."""
    return tuple((window.before, window.after) for window in looks(case))

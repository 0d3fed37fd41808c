"""Cases as such: how one is shown, and how the arrays in it are reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, ClassVar, TypeAlias, TypeVar

import numpy as np

from cnnref.laws.numbers import Array
from cnnref.laws.sides import listed

Pairs: TypeAlias = tuple[tuple[int, int], ...]
Sizes: TypeAlias = tuple[int, ...]
Operation: TypeAlias = Callable[..., Array]
C = TypeVar("C")


class Case:
    """Shown as the Python expression that makes it; fields that hold their default are left out."""

    __slots__ = ()
    COUNTING: ClassVar[tuple[str, ...]] = ()
    """The fields whose arrays hold places or labels, and no numbers to compute with."""

    def __repr__(self) -> str:
        shown = [f"{name}={expression(value)}" for name, value in told(self)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __str__(self) -> str:
        """The case as one reads it, without options that are as if not given."""
        shown = [
            str(value) if isinstance(value, Case) else f"{name} = {plain(value)}"
            for name, value in told(self)
            if not (name in ("stride", "strides", "dilation", "padding") and ordinary(value))
        ]
        return ", ".join(shown)


def ordinary(sizes: Any) -> bool:
    """Whether strides or dilations are all 1, or paddings all 0."""
    return not isinstance(sizes, str) and set(np.ravel(sizes)) in ({0}, {1})


def told(case: Any) -> list[tuple[str, Any]]:
    """The fields of a case that differ from their defaults."""
    pairs = [(entry, getattr(case, entry.name)) for entry in fields(case)]
    return [(e.name, v) for e, v in pairs if isinstance(v, np.ndarray) or v != e.default]


def expression(value: object) -> str:
    """A field as Python that makes it."""
    if isinstance(value, np.ndarray):
        numbers = f"np.array({listed(value)}, np.{value.dtype.name})"
        return numbers if value.size else f"np.zeros({value.shape}, np.{value.dtype.name})"
    if isinstance(value, tuple) and any(isinstance(part, np.ndarray) for part in value):
        return f"({', '.join(map(expression, value))},)"
    return repr(value)


def plain(value: object) -> str:
    """A field as one reads it."""
    if isinstance(value, np.ndarray):
        return listed(value)
    if isinstance(value, tuple) and any(isinstance(part, np.ndarray) for part in value):
        return ", ".join(map(plain, value))
    return str(value)


def arrays_of(case: Any, counting: bool = True) -> list[Array]:
    """The arrays that a case holds, of its inner cases too; those of places only if `counting`."""
    found: list[Array] = []
    for entry in fields(case):
        value = getattr(case, entry.name)
        parts = value if isinstance(value, tuple) else (value,)
        if counting or entry.name not in case.COUNTING:
            found += [part for part in parts if isinstance(part, np.ndarray)]
        found += arrays_of(value, counting) if isinstance(value, Case) else []
    return found


def altered(case: C, change: Callable[[Array], Array], counting: bool = True) -> C:
    """The case with every array of it changed; those of places only if `counting`."""
    changed: dict[str, Any] = {}
    for entry in fields(case):  # type: ignore[arg-type]  # every case is a dataclass
        value = getattr(case, entry.name)
        if isinstance(value, Case):
            changed[entry.name] = altered(value, change, counting)
        elif not counting and entry.name in case.COUNTING:  # type: ignore[attr-defined]
            continue
        elif isinstance(value, np.ndarray):
            changed[entry.name] = change(value)
        elif isinstance(value, tuple) and any(isinstance(part, np.ndarray) for part in value):
            changed[entry.name] = tuple(map(change, value))
    return replace(case, **changed)  # type: ignore[type-var]


def fresh(case: C) -> C:
    """The case with copies of its arrays, so that an operation that writes spoils no other run."""
    return altered(case, np.copy)

"""What laws are about: frozen nouns that hold arrays and options, ready for an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeAlias, TypeVar

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


def arrays_of(case: Any) -> list[Array]:
    """The arrays that a case holds, of its inner cases too."""
    found: list[Array] = []
    for entry in fields(case):
        value = getattr(case, entry.name)
        parts = value if isinstance(value, tuple) else (value,)
        found += [part for part in parts if isinstance(part, np.ndarray)]
        found += arrays_of(value) if isinstance(value, Case) else []
    return found


def altered(case: C, change: Callable[[Array], Array]) -> C:
    """The case with every array of it changed."""
    changed: dict[str, Any] = {}
    for entry in fields(case):  # type: ignore[arg-type]  # every case is a dataclass
        value = getattr(case, entry.name)
        if isinstance(value, np.ndarray):
            changed[entry.name] = change(value)
        elif isinstance(value, tuple) and any(isinstance(part, np.ndarray) for part in value):
            changed[entry.name] = tuple(map(change, value))
        elif isinstance(value, Case):
            changed[entry.name] = altered(value, change)
    return replace(case, **changed)  # type: ignore[type-var]


def fresh(case: C) -> C:
    """The case with copies of its arrays, so that an operation that writes spoils no other run."""
    return altered(case, np.copy)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Signal(Case):
    """An array without channels, and numbers of places on each side of each axis."""

    x: Array
    padding: Pairs = ()
    more: Pairs = ()
    value: int = 0


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Pair(Case):
    """An input and a kernel without channels; a mode if the law is about modes."""

    x: Array
    w: Array
    mode: str | None = None

    def on(self, operation: Operation) -> Array:
        """The result of the operation, the mode left out if there is none."""
        mode = {} if self.mode is None else {"mode": self.mode}
        return operation(self.x, self.w, **mode)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Triple(Case):
    """Three arrays without channels: two inputs and a kernel, or an input and two kernels."""

    x: Array
    w: Array
    v: Array


def spans(kernel_size: Sizes, dilation: Sizes) -> Sizes:
    """The input places from the first tap to the last, per axis; no dilation is 1."""
    steps = dilation or (1,) * len(kernel_size)
    return tuple(d * (k - 1) + 1 for k, d in zip(kernel_size, steps, strict=True))


def in_pairs(padding: str | Pairs, rank: int) -> Pairs:
    """Padding as one pair per axis; of the words only "valid" says it without sizes."""
    if padding == "valid":
        return ((0, 0),) * rank
    if isinstance(padding, str):
        raise TypeError(f"the padding must be given in numbers; got {padding!r}")
    return padding


def along(slices: Iterable[slice]) -> Any:
    """An index into (N, C, *n): a slice of each spatial axis."""
    return (..., *slices)


def with_margin(x: Array, around: Pairs, value: float = 0) -> Array:
    """An input (N, C, *n) with so many more places (before, after) each spatial axis."""
    return np.pad(x, ((0, 0), (0, 0), *around), constant_values=value)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ConvCase(Case):
    """What a convolution layer gets: stride and dilation per axis, padding a word or pairs."""

    x: Array
    w: Array
    b: Array | None = None
    stride: Sizes = ()
    padding: str | Pairs = "valid"
    dilation: Sizes = ()
    groups: int = 1

    @property
    def spans(self) -> Sizes:
        """The input places from the first tap to the last, per axis."""
        return spans(self.w.shape[2:], self.dilation)

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, len(self.stride))

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        bias = () if self.b is None else (self.b,)
        given = options(self.padding, self.stride, self.dilation)
        groups = {} if self.groups == 1 else {"groups": self.groups}
        return operation(self.x, self.w, *bias, **given, **groups)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PoolCase(Case):
    """What a pooling layer gets; a stride of None is left to the operation."""

    x: Array
    kernel_size: Sizes
    stride: Sizes | None = None
    padding: str | Pairs = "valid"
    dilation: Sizes = ()
    ceil_mode: bool = False
    count_include_pad: bool = False

    @property
    def strides(self) -> Sizes:
        """The stride per axis: the kernel size where none is given."""
        return self.kernel_size if self.stride is None else self.stride

    @property
    def spans(self) -> Sizes:
        """The input places from the first tap to the last, per axis."""
        return spans(self.kernel_size, self.dilation)

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, len(self.kernel_size))

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        given = options(self.padding, (), self.dilation)
        if self.stride is not None:
            given["stride"] = shortest(self.stride)
        flags = ("ceil_mode", "count_include_pad")
        given |= {flag: True for flag in flags if getattr(self, flag)}
        return operation(self.x, shortest(self.kernel_size), **given)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Stack(Case):
    """An input (N, C, *n) and layers on it: their weights, and their strides per axis."""

    x: Array
    weights: tuple[Array, ...]
    strides: tuple[Sizes, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Chain(Case):
    """An input (N, C, *n) and two pools on it: their kernel sizes and their strides."""

    x: Array
    kernel_sizes: tuple[Sizes, Sizes]
    strides: tuple[Sizes, Sizes]

    def on(self, operation: Operation) -> Array:
        """The result of one pool after the other."""
        between = PoolCase(self.x, self.kernel_sizes[0], self.strides[0]).on(operation)
        return PoolCase(between, self.kernel_sizes[1], self.strides[1]).on(operation)

    def at_once(self) -> PoolCase:
        """The one pool that reads from the first to the last place that the two reach."""
        axes = zip(*self.kernel_sizes, *self.strides, strict=True)
        sizes, strides = zip(*((k + (taps - 1) * s, s * t) for k, taps, s, t in axes), strict=True)
        return PoolCase(self.x, sizes, strides)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Twins(Case, Generic[C]):
    """Two cases that differ in their input alone."""

    first: C
    second: C

    def __str__(self) -> str:
        other: Any = self.second
        return f"{self.first}, and x = {plain(other.x)}"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Moved(Case, Generic[C]):
    """A case and a number of places by which to move its input."""

    case: C
    by: int


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Shuffled(Case, Generic[C]):
    """A case and an order in which to put its places."""

    case: C
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Use(Case):
    """Any operation by its name, with a case for it."""

    operation: str
    case: Any

    def on(self, cnn: Any) -> Array:
        """The result of the operation of this implementation."""
        operation = getattr(cnn, self.operation)
        if not isinstance(self.case, Signal):
            result: Array = self.case.on(operation)
            return result
        if self.operation == "pad":
            return padded(self.case, operation)
        return operation(self.case.x)  # type: ignore[no-any-return]


def padded(case: Signal, operation: Operation) -> Array:
    """The input of the case, padded; the value is given unless it is the default."""
    value = {} if case.value == 0 else {"value": case.value}
    return operation(case.x, shortest_padding(case.padding), **value)


def options(padding: str | Pairs, stride: Sizes, dilation: Sizes) -> dict[str, Any]:
    """The options that differ from their defaults, each in its shortest form."""
    given: dict[str, Any] = {}
    if any(step != 1 for step in stride):
        given["stride"] = shortest(stride)
    if isinstance(padding, str):
        given |= {} if padding == "valid" else {"padding": padding}
    elif any(side for pair in padding for side in pair):
        given["padding"] = shortest_padding(padding)
    if any(step != 1 for step in dilation):
        given["dilation"] = shortest(dilation)
    return given


def shortest(sizes: Sizes) -> int | Sizes:
    """One integer where all axes agree."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def shortest_padding(pairs: Pairs) -> int | Sizes | Pairs:
    """One integer, or one per axis, where that says it."""
    if any(before != after for before, after in pairs):
        return pairs
    return shortest(tuple(before for before, _ in pairs))

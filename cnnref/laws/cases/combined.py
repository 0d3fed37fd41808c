"""Cases made of other cases, and cases of any operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cnnref.laws.cases.gradients import by_shape
from cnnref.laws.cases.showing import Case, Operation, arrays_of, plain
from cnnref.laws.cases.signals import Signal, padded
from cnnref.laws.numbers import Array

C = TypeVar("C")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Twins(Case, Generic[C]):
    """Two cases that differ in their input alone."""

    first: C
    second: C

    def __str__(self) -> str:
        name = next(name for name in ("x", "z") if hasattr(self.second, name))
        return f"{self.first}, and {name} = {plain(getattr(self.second, name))}"


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

    @property
    def numbers(self) -> list[Array]:
        """The arrays that the operation computes with: no places or labels, and no mere shape."""
        found = arrays_of(self, counting=False)
        return found[1:] if self.operation == "avg_pool_grad" else found

    def on(self, cnn: Any) -> tuple[Any, ...]:
        """What the operation of this implementation returns, part by part."""
        result = self.result(getattr(cnn, self.operation))
        return result if isinstance(result, tuple) else (result,)

    def result(self, operation: Operation) -> Any:
        """What the operation returns."""
        if self.operation == "pad":
            return padded(self.case, operation)
        if isinstance(self.case, Signal):
            return operation(self.case.x)
        return self.case.on(by_shape(operation) if self.operation == "avg_pool_grad" else operation)

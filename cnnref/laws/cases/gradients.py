"""What gradients get: a layer and the gradient of its output, or only the parts that matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from cnnref.laws.cases.layers import ConvCase
from cnnref.laws.cases.options import in_pairs, options, shortest, spans
from cnnref.laws.cases.showing import Case, Operation, Pairs, Sizes
from cnnref.laws.numbers import Array

C = TypeVar("C")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Backward(Case, Generic[C]):
    """A case of a layer, a gradient of what the layer makes of it, and a step of its input (or of
    all its arrays, then as a case)."""

    case: C
    dy: Array
    step: Any = None

    def on(self, operation: Callable[..., Any]) -> Any:
        """The gradient or gradients, of an operation that gets what the layer gets, and dy."""
        case: Any = self.case
        return case.back(operation, self.dy)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TransposeCase(Case):
    """What conv_transpose gets; an output size of None is left to the operation."""

    y: Array
    w: Array
    b: Array | None = None
    output_size: Sizes | None = None
    stride: Sizes = ()
    padding: str | Pairs = "valid"
    dilation: Sizes = ()
    groups: int = 1

    @property
    def spans(self) -> Sizes:
        """The places from the first tap to the last, per axis."""
        return spans(self.w.shape[2:], self.dilation)

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, self.w.ndim - 2)

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        bias = () if self.b is None else (self.b,)
        given = options(self.padding, self.stride, self.dilation)
        given |= {} if self.output_size is None else {"output_size": self.output_size}
        given |= {} if self.groups == 1 else {"groups": self.groups}
        return operation(self.y, self.w, *bias, **given)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class WeightGradCase(Case):
    """What conv_weight_grad gets."""

    x: Array
    dy: Array
    kernel_size: Sizes
    stride: Sizes = ()
    padding: str | Pairs = "valid"
    dilation: Sizes = ()
    groups: int = 1

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, self.x.ndim - 2)

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        given: dict[str, Any] = {"kernel_size": shortest(self.kernel_size)}
        given |= options(self.padding, self.stride, self.dilation)
        given |= {} if self.groups == 1 else {"groups": self.groups}
        return operation(self.x, self.dy, **given)


def to_input(back: Backward[ConvCase]) -> TransposeCase:
    """What conv_transpose gets, to go back to the input of this layer."""
    case = back.case
    options = (case.stride, case.padding, case.dilation, case.groups)
    return TransposeCase(back.dy, case.w, None, case.x.shape[2:], *options)


def to_weights(back: Backward[ConvCase]) -> WeightGradCase:
    """What conv_weight_grad gets, to go back to the weights of this layer."""
    case = back.case
    options = (case.stride, case.padding, case.dilation, case.groups)
    return WeightGradCase(case.x, back.dy, case.w.shape[2:], *options)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class BiasGradCase(Case):
    """What bias_grad gets."""

    dy: Array
    shape: Sizes

    def on(self, operation: Operation) -> Array:
        """The result of the operation."""
        return operation(self.dy, self.shape)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ScoresCase(Case):
    """What a loss gets: scores, and the right class of each row."""

    COUNTING: ClassVar[tuple[str, ...]] = ("labels",)

    z: Array
    labels: Array

    def on(self, operation: Callable[..., Any]) -> Any:
        """The loss, and its gradient."""
        return operation(self.z, self.labels)


def by_shape(operation: Operation) -> Callable[..., Any]:
    """An operation on the shape of its first argument, taken as one on the argument."""

    def on_array(x: Array, *arguments: Any, **given: Any) -> Any:
        return operation(x.shape, *arguments, **given)

    return on_array

"""What a layer has on each axis, drawn so that every window fits."""

from __future__ import annotations

from dataclasses import dataclass

from cnnref.laws.cases import Pairs, Sizes, spans
from cnnref.laws.numbers import Numbers
from cnnref.laws.offered import Scope
from cnnref.laws.strategies.signals import MOST_TAPS, SLACK, sizes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the axes are to be like.

    With `reading` every window reads the input: padding is smaller than the span, and the gap
    between two taps is not larger than the input. A kernel has at least `least` taps per axis.
    """

    padding: str
    strided: bool = True
    dilated: bool = True
    reading: bool = False
    least: int = 1


@dataclass(frozen=True, slots=True)
class Axes:
    """What is drawn per axis for a layer: input, kernel, stride, dilation, padding."""

    n: Sizes
    k: Sizes
    stride: Sizes
    dilation: Sizes
    padding: str | Pairs


def axes(numbers: Numbers, rank: int, operation: str, scope: Scope, wanted: Wanted) -> Axes:
    """Axes on which every window fits, of an operation's options those that may be used."""
    k = sizes(numbers, rank, wanted.least, MOST_TAPS[rank])
    stride = sizes(numbers, rank, 1, 4 if rank < 3 else 2)
    dilation = sizes(numbers, rank, 1, 3 if rank < 3 else 2)
    if not wanted.strided or not scope.has(operation, "stride"):
        stride = (1,) * rank
    if not wanted.dilated or not scope.has(operation, "dilation"):
        dilation = (1,) * rank
    kind = wanted.padding if scope.has(operation, "padding") else "valid"
    padding = padded(numbers, spans(k, dilation), kind, wanted.reading)
    n = []
    for axis, span in enumerate(spans(k, dilation)):
        least = span if padding == "valid" else 1
        if not isinstance(padding, str):
            least = max(1, span - sum(padding[axis]))
        if wanted.reading:
            least = max(least, dilation[axis])
        n.append(least + numbers.between(0, SLACK[rank]))
    return Axes(tuple(n), k, stride, dilation, padding)


WORDS = ("valid", "same", "same_lower", "full")


def padded(numbers: Numbers, reach: Sizes, padding: str, reading: bool) -> str | Pairs:
    """A padding of the wanted kind: a word, "pairs", or "any" of them.

    "either same" is one of two words; "keeping" are pairs that keep the size, as often as not.
    """
    if padding == "any":
        padding = numbers.among("pairs", *WORDS)
    if padding == "either same":
        padding = numbers.among("same", "same_lower")
    if padding == "keeping":
        totals = [numbers.among(span - 1, numbers.between(0, 6)) for span in reach]
        fronts = [numbers.between(0, total) for total in totals]
        return tuple((b, total - b) for b, total in zip(fronts, totals, strict=True))
    if padding == "pairs":
        most = [min(span - 1, 3) if reading else 3 for span in reach]
        return tuple((numbers.between(0, top), numbers.between(0, top)) for top in most)
    return padding


def outputs_of(layout: Axes) -> Sizes:
    """The output places on each axis: the starts at which the window fits, one by one."""
    m = []
    for axis, (n, span) in enumerate(zip(layout.n, spans(layout.k, layout.dilation), strict=True)):
        stride = layout.stride[axis]
        if layout.padding in ("same", "same_lower"):
            m.append(len(range(0, n, stride)))
            continue
        around = (0, 0) if layout.padding == "valid" else (span - 1, span - 1)
        if not isinstance(layout.padding, str):
            around = layout.padding[axis]
        m.append(len(range(0, n + sum(around) - span + 1, stride)))
    return tuple(m)

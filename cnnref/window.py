"""Where a layer looks, on one axis; the one parser of sizes, strides, paddings, dilations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Sizes: TypeAlias = int | Sequence[int]
"""One integer for every axis, or one integer per axis."""

Padding: TypeAlias = str | int | Sequence[int] | Sequence[tuple[int, int]]
"""A word, one integer, one integer per axis, or one ``(before, after)`` per axis."""

PADDING_WORDS = ("valid", "same", "same_lower", "full")


@dataclass(frozen=True, slots=True)
class Window:
    r"""What one output place reads along one axis.

    Output place $j$, tap $a$ reads input place $i = j s + a d - \mathrm{before}$; places outside
    $0 \le i < n$ are padding. Sizes, padding modes, connectivity, receptive fields, pooling and
    every kind of convolution follow from this line.

    Attributes:
        kernel: number of taps $k$, at least 1.
        stride: input places from one output place to the next, $s$, at least 1.
        dilation: input places from one tap to the next, $d$, at least 1; 1 is the plain kernel.
        before: padding places in front of the input.
        after: padding places behind it.

    Raises:
        TypeError: when an attribute is not an integer.
        ValueError: when one is below its least value.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> w = Window(3, stride=2, before=1, after=1)
    >>> w.span, w.places(7), [w.reads(0, a) for a in range(3)]
    (3, 4, [-1, 0, 1])
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    def __post_init__(self) -> None:
        for name, least in WINDOW_LEAST.items():
            value = integer(f"Window: {name}", getattr(self, name), least)
            object.__setattr__(self, name, value)

    @property
    def span(self) -> int:
        """Input places from the first tap to the last, both counted: $d(k-1) + 1$.

        >>> Window(3, dilation=2).span
        5
        """
        return self.dilation * (self.kernel - 1) + 1

    def places(self, n: int) -> int:
        r"""The number of output places, $m = \lfloor (n + p - \mathrm{span})/s \rfloor + 1$.

        $p$ is before + after; what is left over behind the last window is not read.

        Args:
            n: number of input places, at least 1.

        Raises:
            TypeError: when n is not an integer.
            ValueError: when n is below 1 or the window does not fit into the padded input.

        >>> Window(6).places(16)
        11
        """
        n = integer("Window.places: n", n, 1)
        padded = n + self.before + self.after
        if self.span > padded:
            raise ValueError(f"Window.places: {misfit(self, n)}")
        return (padded - self.span) // self.stride + 1

    def reads(self, j: int, a: int) -> int:
        """Input place that tap a of output place j reads; outside 0 to n - 1 it is padding.

        Args:
            j: output place, from 0.
            a: tap, from 0 to kernel - 1.

        Raises:
            TypeError: when j or a is not an integer.
            ValueError: when j is negative or a is no tap.

        >>> Window(3, stride=2, dilation=4).reads(5, 1)
        14
        """
        j, a = integer("Window.reads: j", j, 0), integer("Window.reads: a", a, 0)
        if a >= self.kernel:
            raise ValueError(f"Window.reads: a must be below kernel={self.kernel}; got {a}")
        return j * self.stride + a * self.dilation - self.before


WINDOW_LEAST = {"kernel": 1, "stride": 1, "dilation": 1, "before": 0, "after": 0}


def windows(
    n: Sizes,
    kernel_size: Sizes,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> tuple[Window, ...]:
    r"""The Window of each spatial axis, with every padding word turned into numbers.

    Args:
        n: input size per axis (an integer is one axis).
        kernel_size: taps, one integer or one per axis.
        stride: one integer or one per axis.
        padding: "valid" (none), "same" ($\lceil n/s \rceil$ places, the spare zero after),
            "same_lower" (the spare zero before), "full" (span - 1 on both sides), one integer, one
            integer per axis, or one (before, after) per axis.
        dilation: one integer or one per axis; 1 is the plain kernel.
        ceil_mode: keep a last window that hangs over the end, as long as it starts in the input or
            in the padding before it; ``after`` then grows, or shrinks, to what the windows reach.

    Returns:
        One Window per axis; ``.places(n)`` of each is that axis' output size.

    Raises:
        TypeError: for a wrong kind of argument.
        ValueError: for a wrong count or value, or a window larger than the padded input.

    Source: Deep Learning, section 9.5; "same" as in TensorFlow.

    >>> windows((7, 7), 3, stride=2, padding="same")[0]
    Window(kernel=3, stride=2, dilation=1, before=1, after=1)
    """
    try:
        sizes = (n,) if isinstance(n, int | np.integer) else n
        if not isinstance(sizes, tuple | list) or not sizes:
            raise TypeError(f"n must be an integer or one integer per axis; got {n!r}")
        sizes = tuple(integer("n", size, 1) for size in sizes)
        return resolve(sizes, kernel_size, stride, padding, dilation, ceil_mode)
    except (TypeError, ValueError) as error:
        raise type(error)(f"windows: {error}") from None


def resolve(
    n: tuple[int, ...],
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object = False,
) -> tuple[Window, ...]:
    """What `windows` says, for sizes already checked; messages do not name the operation."""
    bare = unpadded(len(n), kernel_size, stride, dilation)
    ceil = boolean("ceil_mode", ceil_mode)
    sides = paddings(padding, bare, n)
    found = []
    for axis, (window, size, (before, after)) in enumerate(zip(bare, n, sides, strict=True)):
        padded = Window(window.kernel, window.stride, window.dilation, before, after)
        if padded.span > size + before + after:
            raise ValueError(misfit(padded, size, axis))
        found.append(overhanging(padded, size) if ceil else padded)
    return tuple(found)


def sources(
    m: tuple[int, ...],
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    output_size: object,
) -> tuple[tuple[int, ...], tuple[Window, ...]]:
    """The input sizes that give m places, and their Windows: as told, or the smallest."""
    if output_size is not None:
        n = per_axis("output_size", output_size, len(m), 1)
    else:
        bare = unpadded(len(m), kernel_size, stride, dilation)
        if isinstance(padding, str) and padding in {"same", "same_lower"}:
            n = tuple((j - 1) * w.stride + 1 for j, w in zip(m, bare, strict=True))
        else:
            sides = paddings(padding, bare, m)  # without "same" they do not depend on the size
            n = tuple(
                max(1, (j - 1) * w.stride + w.span - before - after)
                for j, w, (before, after) in zip(m, bare, sides, strict=True)
            )
    found = resolve(n, kernel_size, stride, padding, dilation)
    for axis, (size, window, wanted) in enumerate(zip(n, found, m, strict=True)):
        if window.places(size) != wanted:
            what = f"input size {size} gives {window.places(size)}"
            what = what if output_size is not None else "no input size gives that"
            raise ValueError(f"spatial axis {axis} of y has size {wanted}, but {what}")
    return n, found


def unpadded(rank: int, kernel_size: object, stride: object, dilation: object) -> list[Window]:
    """The Window of each axis before any padding."""
    kernels = per_axis("kernel_size", kernel_size, rank, 1)
    strides = per_axis("stride", stride, rank, 1)
    dilations = per_axis("dilation", dilation, rank, 1)
    return [Window(k, s, d) for k, s, d in zip(kernels, strides, dilations, strict=True)]


def paddings(
    padding: object, bare: Sequence[Window], n: Sequence[int]
) -> Sequence[tuple[int, int]]:
    """The (before, after) of each axis, whatever form the padding came in."""
    if isinstance(padding, str):
        if padding not in PADDING_WORDS:
            raise ValueError(f"padding must be one of {', '.join(PADDING_WORDS)}; got {padding!r}")
        return [worded(padding, window, size) for window, size in zip(bare, n, strict=True)]
    return numbered(padding, len(n))


def worded(word: str, window: Window, n: int) -> tuple[int, int]:
    """What a padding word means on one axis."""
    if word == "valid":
        return 0, 0
    if word == "full":
        return window.span - 1, window.span - 1
    m = -(-n // window.stride)
    total = max((m - 1) * window.stride + window.span - n, 0)
    spare = total - total // 2
    return (spare, total // 2) if word == "same_lower" else (total // 2, spare)


def numbered(padding: object, rank: int) -> list[tuple[int, int]]:
    """The (before, after) of each axis for padding given in numbers."""
    if isinstance(padding, tuple | list) and any(isinstance(p, tuple | list) for p in padding):
        counted("padding", padding, rank)
        for pair in padding:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise ValueError(
                    f"padding must be one (before, after) pair per axis; got {padding!r}"
                )
        return [(integer("padding", b, 0), integer("padding", a, 0)) for b, a in padding]
    return [(p, p) for p in per_axis("padding", padding, rank, 0)]


def overhanging(window: Window, n: int) -> Window:
    """The window with the padding after it that ceil_mode's last place needs."""
    reach = n + window.before + window.after - window.span
    m = min(-(-reach // window.stride) + 1, -(-(n + window.before) // window.stride))
    after = max(0, (m - 1) * window.stride + window.span - n - window.before)
    return Window(window.kernel, window.stride, window.dilation, window.before, after)


def misfit(window: Window, n: int, axis: int | None = None) -> str:
    """The sentence for a window that does not fit."""
    where = "" if axis is None else f" on spatial axis {axis}"
    return (
        f"the window must fit into the padded input{where}; got span {window.span} "
        f"(kernel {window.kernel}, dilation {window.dilation}) for "
        f"{n} + {window.before} + {window.after} places"
    )


def per_axis(name: str, value: object, rank: int, least: int) -> tuple[int, ...]:
    """One checked integer per axis, from one integer or a sequence of them."""
    if isinstance(value, tuple | list):
        counted(name, value, rank)
        return tuple(integer(name, entry, least) for entry in value)
    return (integer(name, value, least),) * rank


def counted(name: str, value: Sequence[object], rank: int) -> None:
    """Refuse a sequence that has not one entry per axis."""
    if len(value) != rank:
        raise ValueError(
            f"{name} must have one entry per spatial axis; got {len(value)} for {rank} ({value!r})"
        )


def integer(name: str, value: object, least: int) -> int:
    """A Python int from an integer of Python or NumPy; booleans and floats are refused."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be an integer; got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}")
    return int(value)


def boolean(name: str, value: object) -> bool:
    """A Python bool from a boolean of Python or NumPy; nothing else passes for one."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False; got {value!r}")
    return bool(value)

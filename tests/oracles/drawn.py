"""What the oracles are asked: small signals and images of integers, and their modes."""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

small = st.integers(-9, 9).map(float)
signals = arrays.arrays(np.float64, st.integers(1, 9), elements=small)
images = arrays.arrays(np.float64, st.tuples(*[st.integers(1, 6)] * 2), elements=small)
modes = st.sampled_from(["full", "valid", "same"])

quickly = settings(max_examples=100, deadline=None, derandomize=True)


def fits(x: np.ndarray, w: np.ndarray) -> bool:
    """Whether w is nowhere larger than x: SciPy and NumPy swap the operands where it is."""
    return all(n >= k for n, k in zip(x.shape, w.shape, strict=True))


@dataclass(frozen=True, slots=True)
class Layered:
    """What a convolution layer gets, padding as pairs."""

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int

    def square(self) -> "Layered":
        """The case of one axis as one of two, the second with a single place."""
        return replace(
            self,
            x=self.x[..., np.newaxis],
            w=self.w[..., np.newaxis],
            stride=(*self.stride, 1),
            padding=(*self.padding, (0, 0)),
            dilation=(*self.dilation, 1),
        )


@dataclass(frozen=True, slots=True)
class Pooled:
    """What a pool gets that other libraries take too: padding per axis, at most half a kernel."""

    x: np.ndarray
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    ceil: bool


def entries(draw: st.DrawFn, shape: tuple[int, ...]) -> np.ndarray:
    """Small integers, as floats."""
    drawn: np.ndarray = draw(arrays.arrays(np.float64, shape, elements=small))
    return drawn


@st.composite
def layers(draw: st.DrawFn) -> Layered:
    """A layer on one or two axes on which every window fits."""
    rank = draw(st.integers(1, 2))
    some = st.tuples(*[st.integers(1, 3)] * rank)
    k, stride, dilation = draw(some), draw(some), draw(some)
    padding = draw(st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * rank))
    least = [max(1, d * (a - 1) + 1 - sum(p)) for d, a, p in zip(dilation, k, padding, strict=True)]
    n = tuple(draw(st.integers(size, size + 4)) for size in least)
    groups = draw(st.integers(1, 2))
    inputs, outputs = (groups * draw(st.integers(1, 2)) for _ in range(2))
    x = entries(draw, (draw(st.integers(1, 2)), inputs, *n))
    w = entries(draw, (outputs, inputs // groups, *k))
    return Layered(x, w, entries(draw, (outputs,)), stride, padding, dilation, groups)


@st.composite
def pools(draw: st.DrawFn) -> Pooled:
    """A pool on one or two axes on which every window fits and reads the input."""
    rank = draw(st.integers(1, 2))
    k = draw(st.tuples(*[st.integers(1, 4)] * rank))
    stride = draw(st.tuples(*[st.integers(1, 4)] * rank))
    padding = tuple(draw(st.integers(0, a // 2)) for a in k)
    n = tuple(draw(st.integers(a, a + 4)) for a in k)
    x = entries(draw, (draw(st.integers(1, 2)), draw(st.integers(1, 2)), *n))
    return Pooled(x, k, stride, padding, (1,) * rank, draw(st.booleans()))

"""Networks drawn for tests: every layer fits the one before it."""

from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from cnnref import (
    AvgPool,
    ChannelMaxPool,
    Conv,
    Dense,
    Flatten,
    LocallyConnected,
    MaxPool,
    ReLU,
    Sequential,
    TiledConv,
)
from cnnref.network import Layer

Draw = st.DrawFn
Shape = tuple[int, ...]

LINEAR = ("conv", "local", "tiled", "average", "dense")
KINDS = (*LINEAR, "max", "channels", "relu")

quickly = settings(max_examples=20, deadline=None, derandomize=True, database=None)


@dataclass(frozen=True)
class Drawn:
    """A network and the shape of one of its inputs."""

    net: Sequential
    shape: Shape


@st.composite
def looks(draw: Draw, n: Shape) -> dict[str, object]:
    """A kernel size, a stride, a padding and a dilation that fit into n places per axis."""
    k = tuple(draw(st.integers(1, min(3, size))) for size in n)
    steps = tuple(
        draw(st.integers(1, 2)) if (taps - 1) * 2 < size else 1
        for taps, size in zip(k, n, strict=True)
    )
    number = st.integers(0, 2)
    pairs = st.tuples(*[st.tuples(number, number)] * len(n))
    padding = draw(st.sampled_from(["valid", "same", "same_lower", "full"]) | number | pairs)
    stride = draw(st.integers(1, 3) | st.tuples(*[st.integers(1, 3)] * len(n)))
    return {"kernel_size": k, "stride": stride, "padding": padding, "dilation": steps}


@st.composite
def layers(draw: Draw, kind: str, shape: Shape) -> Layer:
    """A layer of this kind for an input (C, *n)."""
    n, channels, bias = shape[1:], draw(st.integers(1, 2)), draw(st.booleans())
    match kind:
        case "relu":
            return ReLU()
        case "channels":
            return ChannelMaxPool(draw(st.sampled_from([q for q in (1, 2, 3) if not shape[0] % q])))
        case "dense":
            return Dense(channels, bias)
        case "max" | "average":
            return draw(pools(kind, n))
    look = draw(looks(n))
    match kind:
        case "local":
            return LocallyConnected(channels, bias=bias, **look)  # type: ignore[arg-type]
        case "tiled":
            tile = tuple(draw(st.integers(1, 3)) for _ in n)
            return TiledConv(channels, tile=tile, bias=bias, **look)  # type: ignore[arg-type]
    groups = draw(st.sampled_from([g for g in (1, 2, 3) if not shape[0] % g]))
    return Conv(groups * channels, groups=groups, bias=bias, **look)  # type: ignore[arg-type]


@st.composite
def pools(draw: Draw, kind: str, n: Shape) -> Layer:
    """A pool whose windows read one, two or four places each, so that means stay exact."""
    k, padding = (2, draw(st.integers(0, 1))) if min(n) > 1 else (1, 0)
    stride, ceil = draw(st.none() | st.integers(1, 3)), draw(st.booleans())
    if kind == "max":
        return MaxPool(k, stride=stride, padding=padding, ceil_mode=ceil)
    include = draw(st.booleans())
    return AvgPool(k, stride=stride, padding=padding, ceil_mode=ceil, count_include_pad=include)


@st.composite
def nets(draw: Draw, kinds: tuple[str, ...] = KINDS, most: int = 4) -> Drawn:
    """A network of some layers of these kinds; after a dense layer there are only dense ones."""
    rank = draw(st.integers(1, 2))
    shape = draw(st.tuples(st.integers(1, 3), *[st.integers(1, 9 if rank == 1 else 4)] * rank))
    found: list[Layer] = []
    now = shape
    for _ in range(draw(st.integers(1, most))):
        flat = len(now) == 1
        possible = [kind for kind in kinds if not flat or kind in ("dense", "relu")]
        if flat and not isinstance(found[-1], Flatten) and draw(st.booleans()):
            found.append(Flatten())
        layer = draw(layers(draw(st.sampled_from(possible)), now))
        found.append(layer)
        now = layer.shape(now)
    return Drawn(Sequential(tuple(found)), shape)


def integers(rng: np.random.Generator, like: np.ndarray) -> np.ndarray:
    """Small integers, as floats, in the shape of an array."""
    return rng.integers(-3, 4, like.shape).astype(np.float64)

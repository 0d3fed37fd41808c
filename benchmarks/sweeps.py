"""How time and memory grow with a layer: one size of it grows, the others stay."""

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.shapes import Shape
from benchmarks.timing import Array, Way, compared, short, summed, timed
from benchmarks.ways import naive, onnxruntime, ours, pytorch


@dataclass(frozen=True, slots=True)
class Sweep:
    """What grows, the sizes that it takes, and the layer for each of them."""

    grows: str
    sizes: tuple[int, ...]
    layer: Callable[[int], Shape]


def square(n: int, images: int, c: int, f: int, k: int, padding: int = 0) -> Shape:
    return Shape("", (images, c, n, n), (f, c, k, k), padding=padding)


SWEEPS = (
    Sweep("image side", (8, 16, 32, 64, 128, 256), lambda n: square(n, 4, 16, 16, 3, 1)),
    Sweep("channels", (4, 8, 16, 32, 64, 128, 256), lambda c: square(28, 4, c, c, 3, 1)),
    Sweep("kernel side", (1, 3, 5, 7, 11, 15, 21, 31), lambda k: square(64, 2, 8, 8, k)),
    Sweep("batch", (1, 2, 4, 8, 16, 32, 64, 128), lambda n: square(28, n, 16, 32, 3, 1)),
)
MEASURED = ("auto", "im2col", "naive")
"""The ways whose memory is known: Python counts what NumPy asks for."""


def memory(way: Way) -> int:
    """Bytes that a call holds at its peak beside its input and its output."""
    tracemalloc.start()
    try:
        way()  # what is kept from a first call is no peak
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        y: Array = way()
        _, most = tracemalloc.get_traced_memory()
        return max(0, most - before - int(y.nbytes))
    finally:
        tracemalloc.stop()


def swept(sweep: Sweep, size: int, rounds: int, least: float) -> dict[str, Any]:
    """One size: what each way takes."""
    shape, rng = sweep.layer(size), np.random.default_rng(0)
    x, w = (rng.normal(size=sides).astype("float32") for sides in (shape.x, shape.w))
    own = ours(shape, x, w)
    ways = {name: own[name] for name in ("auto", "im2col")} | pytorch(shape, x, w, 1)
    ways |= onnxruntime(shape, x, w, 1) | naive(shape, x, w)
    exact = ours(shape, x.astype(float), w.astype(float))["im2col"]()
    compared(exact, ways, 1e-4)
    found: dict[str, Any] = {
        name: summed(times) for name, times in timed(ways, rounds, least).items()
    }
    for name in MEASURED:
        found[name]["memory"] = memory(ways[name])
    held = short(4 * (x.size + w.size + exact.size))
    return {"part": "sweeps", "grows": sweep.grows, "size": size, "held": held, "ways": found}

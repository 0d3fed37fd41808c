"""How fast the layers are, beside what people would use instead; kept in docs/data/benchmarks.json.

Run it in an environment that has PyTorch and SciPy; what is not installed is left out:

    python -m benchmarks.bench [--quick] [--only NAME]

What is timed: one thread, seconds of the processor, every way in turn in every round, every result
compared with direct sums in float64 first. The peak is the matrix product of the same run.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from statistics import median, quantiles
from typing import Any

import numpy as np

import cnnref
from benchmarks.shapes import SHAPES, Shape
from benchmarks.speed import FILE as SPEED
from benchmarks.speed import LEAST, Array, Way, ran_on, seconds, short, unpinned
from cnnref.fast.algorithms import ALGORITHMS

FILE = SPEED.with_name("benchmarks.json")
BOUND = {"float32": 1e-4, "float64": 1e-11}
"""How far a result may be from the exact one, in parts of the largest output."""
QUICK = ("LeNet, first layer", "3x3, 128 channels", "3x3, 48 channels to 96", "one channel out")


def ours(shape: Shape, x: Array, w: Array) -> dict[str, Way]:
    """`auto`, and every named algorithm that accepts the call."""
    found: dict[str, Way] = {}
    for name in ("auto", *ALGORITHMS):
        try:  # refused or not is known without a batch
            cnnref.conv(x[:0], w, algorithm=name, **shape.options)
        except ValueError:
            continue
        found[name] = partial(cnnref.conv, x, w, algorithm=name, **shape.options)
    return found


def pytorch(shape: Shape, x: Array, w: Array) -> dict[str, Way]:
    """PyTorch in its usual layout, and for images with the channels last."""
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(1)
    run = getattr(torch.nn.functional, f"conv{len(shape.x) - 2}d")
    a, b = torch.tensor(x), torch.tensor(w)
    found = {"torch": lambda: run(a, b, **shape.options).numpy()}
    if x.ndim == 4:
        last = [t.contiguous(memory_format=torch.channels_last) for t in (a, b)]
        found["torch, channels last"] = lambda: run(*last, **shape.options).numpy()
    return found


def naive(shape: Shape, x: Array, w: Array) -> dict[str, Way]:
    """Windows and one tensordot: what NumPy does in three lines."""
    if shape.groups > 1 or math.prod(shape.w[2:]) > 1000:  # the windows would fill the memory
        return {}
    axes, d = tuple(range(2, x.ndim)), shape.dilation
    sides = [(0, 0), (0, 0), *[(shape.padding, shape.padding)] * len(axes)]
    spans = [d * (k - 1) + 1 for k in w.shape[2:]]
    steps: Any = (slice(None),) * 2 + (slice(None, None, shape.stride),) * len(axes)
    taps: Any = (..., *[slice(None, None, d)] * len(axes))

    def call() -> Array:
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, sides), spans, axes)
        read = (1, *range(x.ndim, 2 * x.ndim - 2))
        y = np.tensordot(windows[steps][taps], w, (read, range(1, w.ndim)))
        return np.ascontiguousarray(np.moveaxis(y, -1, 1))

    return {"naive": call}


def scipy(shape: Shape, x: Array, w: Array) -> dict[str, Way]:
    """SciPy's own choice, which is for one channel and no options."""
    try:
        from scipy import signal
    except ImportError:
        return {}
    if (x.shape[:2], w.shape[:2]) != ((1, 1), (1, 1)) or shape.padding or shape.stride > 1:
        return {}
    return {"scipy": lambda: signal.correlate(x[0, 0], w[0, 0], "valid")[None, None]}


def compared(exact: Array, ways: Mapping[str, Way], bound: float) -> dict[str, float]:
    """How far each result is from the exact one; a wrong one is refused before it is timed."""
    largest = np.abs(exact).max()
    errors = {name: float(np.abs(way() - exact).max() / largest) for name, way in ways.items()}
    if wrong := {name: error for name, error in errors.items() if not error <= bound}:
        raise AssertionError(f"not the layer: {wrong}")
    return errors


def timed(ways: Mapping[str, Way], rounds: int, least: float) -> dict[str, list[float]]:
    """Milliseconds of each way, all of them in turn in each round."""
    calls = {
        name: max(1, math.ceil(least / max(seconds(way, 1), 1e-6))) for name, way in ways.items()
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(1000 * seconds(way, calls[name]) / calls[name])
    return times


def measured(shape: Shape, dtype: str, rounds: int, least: float = LEAST) -> dict[str, Any]:
    """One shape: least and median time, spread and error of each way, and what auto chose."""
    rng = np.random.default_rng(0)
    x, w = (rng.normal(size=size).astype(dtype) for size in (shape.x, shape.w))
    ways = ours(shape, x, w) | pytorch(shape, x, w) | scipy(shape, x, w) | naive(shape, x, w)
    exact = cnnref.conv(x.astype(float), w.astype(float), algorithm="im2col", **shape.options)
    errors = compared(exact, ways, BOUND[dtype])
    products = exact.size * math.prod(shape.w[1:])
    rows = {}
    for name, times in timed(ways, rounds, least).items():
        first, _, third = quantiles(times, n=4)
        row = {"min": min(times), "median": median(times), "spread": third - first}
        rows[name] = {key: short(value) for key, value in (row | {"error": errors[name]}).items()}
    return {"shape": shape.name, "dtype": dtype, "held_out": shape.held_out,
            "gigaflop": short(2e-9 * products), "ways": rows}  # fmt: skip


def peak(dtype: str, side: int = 1024, rounds: int = 9) -> float:
    """Gigaflop in a second that the machine's matrix product reaches."""
    a = np.random.default_rng(0).normal(size=(side, side)).astype(dtype)
    return short(2e-9 * side**3 / min(seconds(lambda: a @ a, 1) for _ in range(rounds)))


def everything(quick: bool, only: str | None) -> dict[str, Any]:
    """What the file holds."""
    names = [only] if only else QUICK if quick else list(SHAPES)
    dtypes = ("float32",) if quick else ("float32", "float64")
    head: dict[str, Any] = {"ran_on": ran_on(), "date": datetime.now(UTC).date().isoformat()}
    del head["ran_on"]["dtype"]
    head["ran_on"]["rounds"] = rounds = 3 if quick else 9
    head["peak"] = {dtype: peak(dtype) for dtype in dtypes}
    rows = [measured(SHAPES[name], dtype, rounds) for dtype in dtypes for name in names]
    return {**head, "rows": rows}


def written(kept: Mapping[str, Any]) -> str:
    """The file: JSON, with a line for each shape."""
    rows = ",\n".join(json.dumps(row) for row in kept["rows"])
    head = {name: value for name, value in kept.items() if name != "rows"}
    return f'{json.dumps(head, indent=1)[:-2]},\n "rows": [\n{rows}\n]\n}}\n'


def main() -> None:
    """Measure in a process of its own, whose environment pins nothing, and keep what came."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few shapes and rounds")
    parser.add_argument("--only", choices=SHAPES, help="one shape; printed, not kept")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(everything(asked.quick, asked.only)))
        return
    child = [sys.executable, "-m", "benchmarks.bench", "--here", *sys.argv[1:]]
    ran = subprocess.run(child, env=unpinned(os.environ), stdout=subprocess.PIPE, check=True)
    text = written(json.loads(ran.stdout.splitlines()[-1]))
    if asked.only or asked.quick:
        print(text)
    else:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

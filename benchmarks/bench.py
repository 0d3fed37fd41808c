"""How fast the layers are, beside what people would use instead; kept in docs/data/benchmarks.json.

Run it in an environment that has PyTorch and SciPy; what is not installed is left out:

    python -m benchmarks.bench [--quick] [--only NAME] [--site]

What is timed: one thread, seconds of the processor, every way in turn in every round, every result
compared with direct sums in float64 first. Two threads are timed by the clock, in a process of
their own. The peak is the matrix product of the same run.
"""

import argparse
import json
import math
import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

import cnnref
from benchmarks import operations, site
from benchmarks.operations import OPERATIONS, TRAINING, Operation
from benchmarks.shapes import SHAPES, Shape
from benchmarks.sweeps import SWEEPS, swept
from benchmarks.timing import (
    DATA,
    LEAST,
    PINS,
    Way,
    compared,
    in_child,
    peak,
    ran_on,
    short,
    summed,
    timed,
    written,
)
from benchmarks.ways import onnxruntime, ours, picked, pytorch, ways

FILE = DATA / "benchmarks.json"
QUICK_FILE = DATA.parents[1] / "build" / "benchmark.json"
DTYPES = ("float32", "float64")
BOUND = {"float32": 1e-4, "float64": 1e-11}
"""How far a result may be from the exact one, in parts of the largest output."""
QUICK = ("LeNet, first layer", "3x3, 128 channels", "3x3, 48 channels to 96", "one channel out")
THREADED = ("small net, second layer", "3x3, 64 channels", "3x3, 256 channels", "1x1",
            "depthwise 3x3", "image, 64x64")  # fmt: skip


def measured(shape: Shape, dtype: str, rounds: int, least: float = LEAST) -> dict[str, Any]:
    """One layer: least and median time, spread and error of each way, and what auto takes."""
    x, w = drawn(shape, dtype)
    taken, allowed = picked(shape, x, w)
    found = ways(shape, x, w)
    exact = direct(shape, x, w)
    errors = compared(exact, found, BOUND[dtype])
    rows = {
        name: summed(times) | {"error": short(errors[name])}
        for name, times in timed(found, rounds, least).items()
    }
    gigaflop = short(2e-9 * exact.size * math.prod(shape.w[1:]))
    return {"part": "layers", "shape": shape.name, "dtype": dtype, "held_out": shape.held_out,
            "gigaflop": gigaflop, "picked": taken, "allowed": allowed, "ways": rows}  # fmt: skip


def drawn(shape: Shape, dtype: str) -> tuple[Any, Any]:
    """Input and weights of a layer."""
    rng = np.random.default_rng(0)
    x, w = (rng.normal(size=size).astype(dtype) for size in (shape.x, shape.w))
    return x, w


def direct(shape: Shape, x: Any, w: Any) -> Any:
    """The layer in float64, by sums in the order of the definition."""
    return cnnref.conv(x.astype(float), w.astype(float), algorithm="im2col", **shape.options)


def operated(operation: Operation, dtype: str, rounds: int, least: float = LEAST) -> dict[str, Any]:
    """One operation, ours and PyTorch's."""
    rng = np.random.default_rng(0)
    exact = [rng.normal(size=size).astype(dtype) for size in operation.given]
    found = operations.ways(operation, exact)
    y = operation.ours(*(array.astype(float) for array in exact))
    return {"part": "operations", "name": operation.name, "dtype": dtype,
            "ways": taken(found, y, dtype, rounds, least)}  # fmt: skip


def trained(dtype: str, rounds: int, least: float = LEAST) -> dict[str, Any]:
    """Training: all must arrive at the same weights."""
    exact = operations.training("float64")["cnnref"]()
    found = operations.training(dtype)
    return {"part": "operations", "name": TRAINING, "dtype": dtype,
            "ways": taken(found, exact, dtype, rounds, least)}  # fmt: skip


def threaded(shape: Shape, threads: int, rounds: int, least: float = LEAST) -> dict[str, Any]:
    """One layer by the clock, on so many threads."""
    x, w = drawn(shape, "float32")
    found = {"auto": ours(shape, x, w)["auto"]} | pytorch(shape, x, w, threads)
    found |= onnxruntime(shape, x, w, threads)
    compared(direct(shape, x, w), found, BOUND["float32"])
    times = timed(found, rounds, least, time.perf_counter)
    return {"part": "threads", "shape": shape.name, "threads": threads,
            "ways": {name: summed(took) for name, took in times.items()}}  # fmt: skip


def taken(
    found: dict[str, Way], exact: Any, dtype: str, rounds: int, least: float
) -> dict[str, dict[str, float]]:
    """What each way takes, once all are found to be right."""
    compared(exact, found, BOUND[dtype])
    return {name: summed(times) for name, times in timed(found, rounds, least).items()}


def everything(rounds: int) -> list[dict[str, Any]]:
    """All rows of one thread."""
    rows = []
    for dtype in DTYPES:
        for shape in SHAPES.values():
            rows.append(told(measured(shape, dtype, rounds)))
        for operation in OPERATIONS:
            rows.append(told(operated(operation, dtype, rounds)))
        rows.append(told(trained(dtype, rounds)))
    for sweep in SWEEPS:
        rows += [told(swept(sweep, size, rounds, LEAST)) for size in sweep.sizes]
    return rows


def told(row: dict[str, Any]) -> dict[str, Any]:
    """The row, which the one who waits sees."""
    name = row.get("shape") or row.get("name") or f"{row['grows']} {row['size']}"
    best = {way: took["min"] for way, took in row["ways"].items()}
    print(row["part"], name, row.get("dtype", ""), best, file=sys.stderr, flush=True)
    return row


def here(asked: argparse.Namespace) -> dict[str, Any]:
    """What is measured in this process."""
    rounds = asked.rounds or (3 if asked.quick else 9)
    clock = time.perf_counter if asked.threads > 1 else time.process_time
    dtypes = DTYPES if not asked.quick and asked.threads == 1 else DTYPES[:1]
    head: dict[str, Any] = {"ran_on": ran_on(rounds), "date": datetime.now(UTC).date().isoformat()}
    head["peak"] = {dtype: peak(dtype, clock) for dtype in dtypes}
    if asked.threads > 1:
        rows = [told(threaded(SHAPES[name], asked.threads, rounds)) for name in THREADED]
    elif asked.quick or asked.only:
        names = [asked.only] if asked.only else QUICK
        rows = [told(measured(SHAPES[name], dtype, rounds)) for dtype in dtypes for name in names]
    else:
        rows = everything(rounds)
    return {**head, "rows": rows}


def of_peak(kept: dict[str, Any]) -> dict[str, float]:
    """How much of the matrix product's rate `auto` reaches; tiles and waves may reach more."""
    top = kept["peak"]["float32"]
    return {
        row["shape"]: short(1000 * row["gigaflop"] / row["ways"]["auto"]["min"] / top)
        for row in kept["rows"]
    }


def old() -> dict[str, Any]:
    """What was kept before."""
    kept: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {"rows": []} | kept


def main() -> None:
    """Measure in processes of their own, whose environment pins nothing, and keep what came."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few layers and rounds")
    parser.add_argument("--only", choices=SHAPES, help="one layer; printed, not kept")
    parser.add_argument("--site", action="store_true", help="the site and its tests instead")
    parser.add_argument("--rounds", type=int, help="rounds; else nine, three if quick")
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(here(asked)))
        return
    if asked.site:
        found = site.measured()
        FILE.write_text(written(old() | {"site": found}), encoding="utf-8")
        return
    kept = in_child("benchmarks.bench", "--here", *sys.argv[1:])
    kept["ran_on"]["unset"] = [name for name in PINS if name in os.environ]
    if asked.quick:
        QUICK_FILE.parent.mkdir(exist_ok=True)
        QUICK_FILE.write_text(json.dumps(kept | {"of_peak": of_peak(kept)}, indent=1))
        print(json.dumps(of_peak(kept), indent=1))
    elif asked.only:
        print(written(kept))
    else:
        both = in_child("benchmarks.bench", "--here", "--threads", "2", *sys.argv[1:], threads=2)
        kept["peak_of_two"] = both["peak"]["float32"]
        kept["site"] = old().get("site", {})
        FILE.write_text(written(kept | {"rows": kept["rows"] + both["rows"]}), encoding="utf-8")


if __name__ == "__main__":
    main()

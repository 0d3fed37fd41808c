"""What all measurements share: an environment that pins nothing, one clock, every way in turn."""

import ctypes
import json
import math
import os
import platform
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
Way: TypeAlias = Callable[[], Array]

DATA = Path(__file__).resolve().parents[1] / "docs" / "data"
LEAST = 0.004
"""Seconds that one sample takes at least; a short call is repeated until then."""
MOST = 2.0
"""Seconds of samples after which a slow way gets no more than three rounds."""
PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Variables that make NumPy's matrix product another one than the processor would get."""
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "1073741824",  # memory is kept, and not asked for anew at each call
    "MALLOC_TRIM_THRESHOLD_": "4294967296",
    "MALLOC_TOP_PAD_": "268435456",
}


def unpinned(environment: Mapping[str, str], threads: int = 1) -> dict[str, str]:
    """The environment to measure in: nothing pinned, so many threads, memory kept warm."""
    many = {name: str(threads) for name in SETTINGS if name.endswith("_THREADS")}
    clean = {name: value for name, value in environment.items() if name not in PINS}
    return clean | SETTINGS | many


def in_child(module: str, *arguments: str, threads: int = 1) -> Any:
    """What a module prints in a process of its own, whose environment pins nothing."""
    child = [sys.executable, "-m", module, *arguments]
    clean = unpinned(os.environ, threads)
    ran = subprocess.run(child, env=clean, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def compared(exact: Array, ways: Mapping[str, Way], bound: float) -> dict[str, float]:
    """How far each result is from the exact one; a wrong one is refused before it is timed."""
    largest = np.abs(exact).max()
    errors = {}
    for name, way in ways.items():
        result = np.asarray(way())
        if result.shape != exact.shape:
            raise AssertionError(f"{name} has shape {result.shape} and not {exact.shape}")
        errors[name] = float(np.abs(result - exact).max() / largest)
    if wrong := {name: error for name, error in errors.items() if not error <= bound}:
        raise AssertionError(f"wrong results: {wrong}")
    return errors


def seconds(way: Way, calls: int, clock: Callable[[], float] = time.process_time) -> float:
    """Seconds for so many calls, no result kept."""
    start = clock()
    for _ in range(calls):
        way()
    return clock() - start


def timed(
    ways: Mapping[str, Way],
    rounds: int,
    least: float = LEAST,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, list[float]]:
    """Milliseconds of each way: in each round all, in an order of its own; slow ones in three.

    Who comes after whom matters: a way that leaves the caches full of its own slows the next one.
    """
    calls = {}
    for name, way in ways.items():
        once = seconds(way, 1, clock)
        if once < least:  # else nothing is repeated, whatever the second call would take
            once = min(once, seconds(way, 1, clock))
        calls[name] = max(1, math.ceil(least / max(once, 1e-6)))
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in random.Random(number).sample(list(ways), len(ways)):
            spent = sum(times[name]) * calls[name] / 1000
            if number < 3 or spent * rounds / number < MOST:
                times[name].append(1000 * seconds(ways[name], calls[name], clock) / calls[name])
    return times


def summed(times: list[float]) -> dict[str, float]:
    """The least and the median time, and the distance between the quartiles."""
    first, _, third = quantiles(times, n=4)
    found = {"min": min(times), "median": median(times), "spread": third - first}
    return {name: short(value) for name, value in found.items()}


def peak(dtype: str, clock: Callable[[], float] = time.process_time) -> float:
    """Gigaflop in a second that the machine's matrix product reaches."""
    side = 1024
    a = np.random.default_rng(0).normal(size=(side, side)).astype(dtype)
    return short(2e-9 * side**3 / min(seconds(lambda: a @ a, 1, clock) for _ in range(9)))


def short(value: float) -> float:
    return float(f"{value:.3g}")


def ran_on(rounds: int) -> dict[str, Any]:
    """What decides how fast it is: the processor, the versions, the kind of matrix product."""
    libraries = ("numpy", "scipy", "torch", "onnxruntime")
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "threads": int(os.environ.get("OMP_NUM_THREADS", 1)),
        "rounds": rounds,
        "python": platform.python_version(),
        **{name: installed(name) for name in libraries},
        "blas": blas(),
        "pinned": [name for name in PINS if name in os.environ],
        "settings": {name: os.environ.get(name) for name in SETTINGS},
        "load": round(os.getloadavg()[0], 1),
    }


def processor() -> str:
    """The name of the processor, with its family and model, which tell apart what a name hides."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    keys = ("model name", "cpu family", "model")
    found = [re.search(rf"^{key}\s*: (.*)$", text, re.MULTILINE) for key in keys]
    name, family, model = (match[1].strip() if match else "unknown" for match in found)
    return f"{name}, family {family}, model {model}"


def blas() -> str:
    """For which processor OpenBLAS works, as it says itself."""
    try:
        maps = Path("/proc/self/maps").read_text(encoding="utf-8")
        (path,) = {line.split()[-1] for line in maps.splitlines() if "numpy.libs/" in line} & {
            line.split()[-1] for line in maps.splitlines() if "openblas" in line
        }
        name = ctypes.CDLL(path).scipy_openblas_get_corename64_
        name.restype = ctypes.c_char_p
        return str(name().decode())
    except (OSError, ValueError, AttributeError):
        return "unknown"


def installed(name: str) -> str | None:
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return None


def written(kept: Mapping[str, Any]) -> str:
    """The file: JSON, with a line for each row."""
    rows = ",\n".join(json.dumps(row) for row in kept["rows"])
    head = {name: value for name, value in kept.items() if name != "rows"}
    return f'{json.dumps(head, indent=1)[:-2]},\n "rows": [\n{rows}\n]\n}}\n'

"""How long a convolution takes as its kernel grows: measured once, kept in docs/data/speed.json.

The pictures of time on docs/fourier.md show these numbers; tests/pages/test_speed.py compares them
with the file. No page measures by itself. To measure again, in an environment of its own, on a
machine that does nothing else (PyTorch may be missing, then its line is):

    pip install numpy scipy torch==2.13.0 && pip install -e .
    python -m benchmarks.speed

What is timed: float32, one thread, seconds of the processor and not of the clock, each way in turn
in every round, every result compared with sums in float64 first.
"""

import ctypes
import json
import math
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

import numpy as np

from cnnref import conv, correlate

FILE = Path(__file__).resolve().parents[1] / "docs" / "data" / "speed.json"
Array: TypeAlias = Any
Way: TypeAlias = Callable[[], Array]

ROUNDS = 11
LEAST = 0.004
"""Seconds that one sample takes at least; a short call is repeated until then."""
PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Variables that make NumPy's matrix product another one than the processor would get."""
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "1073741824",  # memory is kept, and not asked for anew at each call
    "MALLOC_TRIM_THRESHOLD_": "4294967296",
    "MALLOC_TOP_PAD_": "268435456",
}
CASES: dict[str, dict[str, Any]] = {
    "image": {"n": 256, "channels": 1, "kernels": [3, 5, 7, 9, 11, 15, 21, 31, 47, 63]},
    "layer": {"n": 64, "channels": 16, "kernels": [3, 5, 7, 9, 11, 15, 21, 31]},
}


def kernel(rng: np.random.Generator, channels: int, k: int) -> Array:
    """Weights (f, c, k, k), each kernel a column times a row, so that two passes can do it, too."""
    sides = rng.normal(size=(2, channels, channels, k)).astype(np.float32)
    return sides[0][..., np.newaxis] * sides[1][..., np.newaxis, :]


def in_waves(x: Array, w: Array) -> Way:
    """Through transforms as large as the input: what wraps around lies outside "valid"."""
    n, k = x.shape[-1], w.shape[-1]

    def call() -> Array:
        return back(np.fft.rfft2(x), np.fft.rfft2(w, (n, n)), n, k)

    return call


def with_kernel_ready(x: Array, w: Array) -> Way:
    """The same, the weights transformed beforehand, as for a network that no longer learns."""
    n, k = x.shape[-1], w.shape[-1]
    waves = np.fft.rfft2(w, (n, n))
    return lambda: back(np.fft.rfft2(x), waves, n, k)


def back(x: Array, w: Array, n: int, k: int) -> Array:
    """From the waves (c, q, r) and (f, c, q, r) to the outputs (f, m, m) of the layer."""
    if len(x) == 1:
        y = x * w.conj()[:, 0]
    else:  # per frequency one matrix product over the channels
        y = (w.conj().transpose(2, 3, 0, 1) @ x.transpose(1, 2, 0)[..., np.newaxis])[..., 0]
        y = y.transpose(2, 0, 1)
    return np.fft.irfft2(y, (n, n))[:, : n - k + 1, : n - k + 1]


def separately(x: Array, w: Array) -> Way:
    """A pass with the column, then one with the row."""
    column, row = w[0, 0][:, :1], w[0, 0][:1] / w[0, 0, 0, 0]
    return lambda: correlate(correlate(x[0], column), row)[np.newaxis]


def ways(x: Array, w: Array) -> dict[str, Way]:
    """All ways to the outputs (f, m, m) of x (c, n, n) and w (f, c, k, k)."""
    found: dict[str, Way] = {}
    if len(x) == 1:
        from scipy import signal

        found["cnnref.correlate"] = lambda: correlate(x[0], w[0, 0])[np.newaxis]
        found["scipy.signal.correlate2d"] = lambda: signal.correlate2d(x[0], w[0, 0], "valid")[None]
        found["separable"] = separately(x, w)
    else:
        found["cnnref.conv"] = lambda: conv(x[np.newaxis], w, algorithm="im2col")[0]
        found["FFT, cached"] = with_kernel_ready(x, w)
    found["FFT"] = in_waves(x, w)
    try:
        found["torch.conv2d"] = pytorch(x, w)
    except ImportError:
        print("PyTorch is not installed: left out", file=sys.stderr)
    return found


def pytorch(x: Array, w: Array) -> Way:
    import torch

    torch.set_num_threads(1)
    signals, weights = torch.tensor(x)[None], torch.tensor(w)
    return lambda: torch.nn.functional.conv2d(signals, weights)[0].numpy()


def compared(x: Array, w: Array, found: Mapping[str, Way]) -> dict[str, float]:
    """How far each result is from sums in float64, in parts of its largest entry."""
    exact = conv(x[np.newaxis].astype(float), w.astype(float), algorithm="im2col")[0]
    largest = np.abs(exact).max()
    errors = {name: float(np.abs(way() - exact).max() / largest) for name, way in found.items()}
    wrong = {name: error for name, error in errors.items() if not error < 1e-4}
    if wrong:
        raise AssertionError(f"not the convolution: {wrong}")
    return errors


def timed(found: Mapping[str, Way]) -> dict[str, list[float]]:
    """Milliseconds of each way, round after round."""
    calls = {}
    for name, way in found.items():
        once = min(seconds(way, 1) for _ in range(2))
        calls[name] = max(1, math.ceil(LEAST / max(once, 1e-6)))
    rounds: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(ROUNDS):
        for name, way in found.items():
            rounds[name].append(1000 * seconds(way, calls[name]) / calls[name])
    return rounds


def seconds(way: Way, calls: int) -> float:
    """Seconds of the processor for so many calls, no result kept."""
    start = time.process_time()
    for _ in range(calls):
        way()
    return time.process_time() - start


def measured() -> list[dict[str, Any]]:
    """A row for each case, kernel size and way; printed as it comes."""
    rng = np.random.default_rng(0)
    found = []
    for case, asked in CASES.items():
        channels, n = asked["channels"], asked["n"]
        x = rng.normal(size=(channels, n, n)).astype(np.float32)
        for k in asked["kernels"]:
            w = kernel(rng, channels, k)
            here = ways(x, w)
            errors = compared(x, w, here)
            for way, times in timed(here).items():
                row: dict[str, Any] = {"case": case, "kernel": k, "way": way}
                row |= {"min": short(min(times)), "median": short(median(times))}
                found.append(row | {"error": short(errors[way])})
                print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def short(value: float) -> float:
    return float(f"{value:.3g}")


def ran_on() -> dict[str, Any]:
    """What decides how fast it is: the processor, the versions, the kind of matrix product."""
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "threads": 1,
        "dtype": "float32",
        "rounds": ROUNDS,
        "python": platform.python_version(),
        **{name: installed(name) for name in ("numpy", "scipy", "torch")},
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


def unpinned(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment to measure in: nothing pinned, one thread, memory kept warm."""
    return {name: value for name, value in environment.items() if name not in PINS} | SETTINGS


def main() -> None:
    """Measure in a process of its own, whose environment pins nothing, and keep what came."""
    child = [sys.executable, "-m", "benchmarks.speed", "--here"]
    clean = unpinned(os.environ)
    ran = subprocess.run(child, env=clean, stdout=subprocess.PIPE, text=True, check=True)
    kept = json.loads(ran.stdout.splitlines()[-1])
    FILE.write_text(written(kept), encoding="utf-8")
    print(json.dumps(kept["ran_on"], indent=1))


if __name__ == "__main__":
    if "--here" in sys.argv:
        before = ran_on()
        print(json.dumps({"ran_on": before, "cases": CASES, "rows": measured()}))
    else:
        main()

"""How long a convolution takes as its kernel grows: measured once, kept in docs/data/speed.json.

The pictures of time on docs/fourier.md show these numbers; tests/pages/test_speed.py compares them
with the file. No page measures by itself. To measure again, in an environment of its own, on a
machine that does nothing else (PyTorch may be missing, then its line is):

    pip install numpy scipy torch==2.13.0 && pip install -e .
    python -m benchmarks.speed

What is timed: float32, one thread, seconds of the processor and not of the clock, each way in turn
in every round, every result compared with sums in float64 first.
"""

import json
import sys
from typing import Any

import numpy as np

from benchmarks.timing import (
    DATA,
    Array,
    Way,
    compared,
    in_child,
    ran_on,
    short,
    summed,
    timed,
    written,
)
from cnnref import conv, correlate

FILE = DATA / "speed.json"
ROUNDS = 11
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
            exact = conv(x[np.newaxis].astype(float), w.astype(float), algorithm="im2col")[0]
            errors = compared(exact, here, 1e-4)
            for way, times in timed(here, ROUNDS).items():
                row: dict[str, Any] = {"case": case, "kernel": k, "way": way}
                row |= summed(times) | {"error": short(errors[way])}
                found.append(row)
                print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Measure in a process of its own, whose environment pins nothing, and keep what came."""
    kept = in_child("benchmarks.speed", "--here")
    FILE.write_text(written(kept), encoding="utf-8")
    print(json.dumps(kept["ran_on"], indent=1))


if __name__ == "__main__":
    if "--here" in sys.argv:
        before = ran_on(ROUNDS) | {"dtype": "float32"}
        print(json.dumps({"ran_on": before, "cases": CASES, "rows": measured()}))
    else:
        main()

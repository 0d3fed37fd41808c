"""All ways to compute one layer: ours, the libraries', and what one writes in three lines."""

import math
from functools import partial
from typing import Any

import numpy as np

import cnnref
from benchmarks.shapes import Shape
from benchmarks.timing import Array, Way
from cnnref.fast.algorithms import ALGORITHMS

OURS = ("auto", *ALGORITHMS)
"""What `conv` takes for `algorithm`."""
TORCH = ("torch", "torch, channels last")
"""PyTorch in both layouts."""


def ways(shape: Shape, x: Array, w: Array, threads: int = 1) -> dict[str, Way]:
    """Every way that takes this layer, by its name."""
    found = ours(shape, x, w) | pytorch(shape, x, w, threads) | onnxruntime(shape, x, w, threads)
    return found | scipy(shape, x, w) | naive(shape, x, w)


def ours(shape: Shape, x: Array, w: Array) -> dict[str, Way]:
    """`auto`, and every named algorithm that accepts the call."""
    found: dict[str, Way] = {}
    for name in OURS:
        try:  # refused or not is known without a batch
            cnnref.conv(x[:0], w, algorithm=name, **shape.options)
        except ValueError:
            continue
        found[name] = partial(cnnref.conv, x, w, algorithm=name, **shape.options)
    return found


def picked(shape: Shape, x: Array, w: Array) -> tuple[str, list[str]]:
    """What `auto` takes, and what it may take: nothing that has to be asked for by name."""
    lines = cnnref.explain(x, w, **shape.options).splitlines()
    able = [line for line in lines if "needs" not in line and "only by name" not in line]
    (taken,) = [line[3:].split()[0] for line in lines if line.startswith("->")]
    return taken, [line[3:].split()[0] for line in able]


def pytorch(shape: Shape, x: Array, w: Array, threads: int) -> dict[str, Way]:
    """PyTorch in its usual layout, and for images with the channels last."""
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(threads)
    run = getattr(torch.nn.functional, f"conv{len(shape.x) - 2}d")
    a, b = torch.tensor(x), torch.tensor(w)
    found = {TORCH[0]: lambda: run(a, b, **shape.options).numpy()}
    if x.ndim == 4:
        last = [t.contiguous(memory_format=torch.channels_last) for t in (a, b)]
        found[TORCH[1]] = lambda: run(*last, **shape.options).numpy()
    return found


def onnxruntime(shape: Shape, x: Array, w: Array, threads: int) -> dict[str, Way]:
    """ONNX Runtime with a model of one node, which holds the weights; it has no float64."""
    if x.dtype != np.float32:
        return {}
    try:
        import onnxruntime
        from onnx import helper, numpy_helper
    except ImportError:
        return {}
    axes = x.ndim - 2
    node = helper.make_node(
        "Conv",
        ["x", "w"],
        ["y"],
        strides=[shape.stride] * axes,
        pads=[shape.padding] * 2 * axes,
        dilations=[shape.dilation] * axes,
        group=shape.groups,
    )
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    sides = [helper.make_tensor_value_info("x", kind, x.shape)]
    out = [helper.make_tensor_value_info("y", kind, None)]
    graph = helper.make_graph([node], "layer", sides, out, [numpy_helper.from_array(w, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return {"onnxruntime": lambda: session.run(None, {"x": x})[0]}


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

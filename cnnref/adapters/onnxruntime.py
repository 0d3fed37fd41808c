"""ONNX Runtime under cnnref's names: `cnnref check onnxruntime`.

Each call runs a model of one node; sessions are kept by the attributes of the node.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import onnxruntime
from onnx import ValueInfoProto, helper
from onnxruntime.capi import onnxruntime_pybind11_state as errors

OWN = "ONNX Runtime refuses with errors of its own, which are no ValueError."
NAN = "In MaxPool a NaN may win or be lost: it depends on where it stands, and on the dtype."
STRIDES = "ConvTranspose with SAME answers with m times s places, and not with the fewest."
COLUMNS = "Off two axes, Col2Im mixes channels up if it is dilated."
CONVENTIONS = {
    "padding.refuses-capitals": "ONNX writes its words for padding in capitals, and takes them.",
    "*.refuses-*": OWN,
    "tensors.large-*": "ONNX Runtime refuses no integer for its size.",
    "tensors.results-keep-precision": "Integers stay integers where ONNX Runtime takes them.",
    "tensors.with-nan-is-its-definition [max_pool]": NAN,
    "tensors.with-nan-is-its-definition [max_pool_indices]": NAN,
    "pooling.max.nan-wins": NAN,
    "indices.nan-wins": NAN,
    "transpose.is-its-definition": STRIDES,
    "transpose.takes-the-smallest-size": STRIDES,
    "matrix.col2im-is-its-definition": COLUMNS,
    "tensors.with-nan-is-its-definition [col2im]": COLUMNS,
}


@cache
def session(name: str, types: tuple[Any, ...], outputs: int, attributes: tuple[Any, ...]) -> Any:
    """A model of one node, for arrays of these types and numbers of axes."""
    given = [
        helper.make_tensor_value_info(
            f"x{i}", helper.np_dtype_to_tensor_dtype(dtype), [None] * rank
        )
        for i, (dtype, rank) in enumerate(types)
    ]
    taken = [ValueInfoProto(name=f"y{i}") for i in range(outputs)]
    node = helper.make_node(
        name, [i.name for i in given], [o.name for o in taken], **dict(attributes)
    )
    graph = helper.make_graph([node], name, given, taken)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what it refuses, it raises as well
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def run(name: str, *arrays: Any, outputs: int = 1, **attributes: Any) -> Any:
    """What one node makes of the arrays."""
    arrays = tuple(a.astype(a.dtype.newbyteorder("="), order="C") for a in map(np.asarray, arrays))
    types = tuple((a.dtype, a.ndim) for a in arrays)
    listed = tuple((key, tuple(v) if np.ndim(v) else v) for key, v in attributes.items())
    try:
        found = session(name, types, outputs, listed)
    except (errors.NotImplemented, errors.InvalidGraph) as error:  # for arrays of this type
        raise NotImplementedError(str(error)) from error
    except errors.Fail as error:
        if "bound to different types" in str(error):
            raise NotImplementedError(str(error)) from error
        raise
    return found.run(None, {f"x{i}": array for i, array in enumerate(arrays)})[outputs - 1]


WORDS = {"valid": "VALID", "same": "SAME_UPPER", "same_lower": "SAME_LOWER"}


def around(padding: Any, rank: int) -> dict[str, Any]:
    """Padding as ONNX has it: a word, or all places before and then all places after."""
    if padding == "full":
        raise NotImplementedError('ONNX has no "full"')
    if isinstance(padding, str):
        return {"auto_pad": WORDS.get(padding, padding)}
    sides = np.reshape(padding, (-1, 1)) if np.ndim(padding) < 2 else padding
    return {"pads": np.broadcast_to(sides, (rank, 2)).T.ravel().tolist()}


def per_axis(sizes: Any, rank: int) -> tuple[int, ...]:
    """One integer for each axis."""
    return (sizes,) * rank if isinstance(sizes, int) else tuple(sizes)


def biased(b: Any) -> tuple[Any, ...]:
    """A bias per channel, if there is one."""
    if np.ndim(b) > 1:
        raise NotImplementedError("a bias of ONNX is one number per channel")
    return () if b is None else (b,)


def geometry(rank: int, stride: Any, padding: Any, dilation: Any) -> dict[str, Any]:
    """The attributes that all windows have."""
    ways = {"strides": per_axis(stride, rank), "dilations": per_axis(dilation, rank)}
    return ways | around(padding, rank)


def conv(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    options = geometry(np.ndim(x) - 2, stride, padding, dilation)
    if "SAME" in options.get("auto_pad", "") and set(options["dilations"]) != {1}:
        raise NotImplementedError("Conv takes no dilation with these words for padding")
    return run("Conv", x, w, *biased(b), group=groups, **options)


def conv_transpose(
    y: Any,
    w: Any,
    b: Any = None,
    *,
    output_size: Any = None,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    options = geometry(np.ndim(y) - 2, stride, padding, dilation)
    if "SAME" in options.get("auto_pad", ""):
        if output_size is not None:
            options["output_shape"] = output_size
        return run("ConvTranspose", y, w, *biased(b), group=groups, **options)
    sides = np.reshape(options.get("pads", [0, 0] * (np.ndim(y) - 2)), (2, -1)).sum(0)
    axes = zip(
        y.shape[2:], w.shape[2:], options["strides"], sides, options["dilations"], strict=True
    )
    least = [int((m - 1) * s + d * (k - 1) + 1 - p) for m, k, s, p, d in axes]
    if output_size is None and min(least) < 1:
        raise NotImplementedError("ONNX Runtime takes padding off, even if nothing is left")
    options["output_padding"] = [
        n - size for n, size in zip(output_size or least, least, strict=True)
    ]
    return run("ConvTranspose", y, w, *biased(b), group=groups, **options)


def dense(x: Any, w: Any, b: Any = None) -> Any:
    x, w = (np.reshape(array, (len(array), int(np.prod(array.shape[1:])))) for array in (x, w))
    return run("Gemm", x, w, *biased(b), transB=1)


def relu(x: Any) -> Any:
    return run("Relu", x)


def pad(x: Any, padding: Any, value: float = 0) -> Any:
    sides = around(padding, np.ndim(x))["pads"]
    return run("Pad", x, np.array(sides), np.array(value, np.asarray(x).dtype))


def pool(
    name: str,
    x: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    **others: Any,
) -> Any:
    """A pool, by the name of its node."""
    rank = np.ndim(x) - 2
    kernel = per_axis(kernel_size, rank)
    options = geometry(rank, kernel if stride is None else stride, padding, dilation)
    if "SAME" in options.get("auto_pad", "") and set(options["dilations"]) != {1}:
        raise NotImplementedError("ONNX Runtime forgets the dilation when it pads by a word")
    if "SAME" in options.get("auto_pad", "") and np.any(np.greater(options["strides"], kernel)):
        raise NotImplementedError("ONNX Runtime pads by less than nothing for so large a stride")
    if any(p >= k for p, k in zip(options.get("pads", []), kernel * 2, strict=False)):
        raise NotImplementedError("ONNX Runtime pads a pool by less than its kernel")
    return run(name, x, kernel_shape=kernel, ceil_mode=int(ceil_mode), **options, **others)


def max_pool(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    return pool("MaxPool", x, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool_indices(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    found = pool("MaxPool", x, kernel_size, stride, padding, dilation, ceil_mode, outputs=2)
    return found - firsts(x.shape)


def firsts(shape: tuple[int, ...]) -> Any:
    """The place of the first entry of each channel: ONNX numbers places through all of them."""
    items, channels, *n = shape
    return np.arange(items * channels).reshape(items, channels, *[1] * len(n)) * int(np.prod(n))


def max_unpool(y: Any, indices: Any, output_size: Any) -> Any:
    if np.any(indices == -1):
        raise NotImplementedError("ONNX has no index for a window without input")
    if any(n < m for n, m in zip(output_size, y.shape[2:], strict=True)):
        raise NotImplementedError("ONNX Runtime unpools onto no fewer places")
    shape = (*y.shape[:2], *output_size)
    size, ones = np.array(shape), (1,) * len(output_size)
    return run("MaxUnpool", y, indices + firsts(shape), size, kernel_shape=ones, strides=ones)


def avg_pool(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    dilation: Any = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = False,
) -> Any:
    options = (kernel_size, stride, padding, dilation, ceil_mode)
    return pool("AveragePool", x, *options, count_include_pad=int(count_include_pad))


def col2im(
    cols: Any,
    kernel_size: Any,
    *,
    output_size: Any,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
) -> Any:
    rank = len(output_size)
    options = geometry(rank, stride, padding, dilation)
    if options.pop("auto_pad", "VALID") != "VALID":
        raise NotImplementedError("Col2Im knows no words for padding")
    kernel = np.array(per_axis(kernel_size, rank))
    return run("Col2Im", cols, np.array(output_size), kernel, **options)

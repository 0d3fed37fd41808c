"""JAX under cnnref's names: `cnnref check jax`.

JAX computes in float32 unless it is told otherwise once, when a program begins; this file does so.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")  # each shape is compiled

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp
from jax.scipy import signal

jax.config.update("jax_enable_x64", True)

PATCHES = "JAX makes patches by a convolution with ones and zeros, and zero times NaN is NaN."
ROOM = "The result of JAX has m times s places even if the kernel is shorter than the stride."
CONVENTIONS = {
    "padding.refuses-misfits": "A window that does not fit has no place in JAX: empty, no error.",
    "padding.refuses-wide-kernels": "A window that does not fit has no place in JAX: empty.",
    "padding.refuses-*": "JAX writes its words for padding in capitals, and takes them.",
    "local.refuses-*": "JAX refuses with TypeError, which is no ValueError.",
    "tensors.large-*": "JAX refuses no integer for its size; a large sum wraps around.",
    "tensors.results-keep-precision": "Integers stay integers in JAX, save in convolve: floats.",
    "tensors.integers-never-wrap": "Bytes stay bytes in layers of JAX, and wrap around.",
    "tensors.empty-batch-is-legal [im2col]": "An empty batch ends in a ZeroDivisionError.",
    "tensors.batch-may-be-split [im2col]": "An empty batch ends in a ZeroDivisionError.",
    "tensors.with-nan-is-its-definition [im2col]": PATCHES,
    "tensors.with-nan-is-its-definition [conv_weight_grad]": "JAX skips padding, NaN or not.",
    "tensors.with-nan-is-its-definition [max_pool_grad]": "dy does not go to a NaN in JAX.",
    "transpose.stride-inserts-zeros": ROOM,
    "transpose.takes-the-smallest-size": ROOM,
}

WORDS = {"valid": "VALID", "same": "SAME", "same_lower": "SAME_LOWER"}


def array(x: Any) -> Any:
    """An array of JAX, which knows no other byte order."""
    x = np.asarray(x)
    return jnp.asarray(x.astype(x.dtype.newbyteorder("=")))


def numpy(y: Any) -> Any:
    """A NumPy array of its own: those that JAX hands out cannot be written."""
    return np.array(y)


def per_axis(sizes: Any, rank: int) -> tuple[int, ...]:
    """One integer for each axis."""
    return (sizes,) * rank if isinstance(sizes, int) else tuple(sizes)


def around(padding: Any, rank: int) -> Any:
    """Padding as JAX has it: a word, or a pair for each axis."""
    if padding == "full":
        raise NotImplementedError('JAX has no "full"')
    if isinstance(padding, str):
        return WORDS.get(padding, padding)
    sides = np.reshape(padding, (-1, 1)) if np.ndim(padding) < 2 else padding
    return [(int(before), int(after)) for before, after in np.broadcast_to(sides, (rank, 2))]


def convolve(x: Any, w: Any, mode: str = "full") -> Any:
    return numpy(signal.convolve(*signals(x, w), mode))


def correlate(x: Any, w: Any, mode: str = "valid") -> Any:
    return numpy(signal.correlate(*signals(x, w), mode))


def signals(x: Any, w: Any) -> tuple[Any, Any]:
    """Two arrays, one of which fits into the other."""
    if len({a < b for a, b in zip(np.shape(x), np.shape(w), strict=True) if a != b}) > 1:
        raise NotImplementedError("in JAX, one array must fit into the other in every mode")
    return array(x), array(w)


def alike(*given: Any) -> list[Any]:
    """Arrays of one dtype."""
    if len({np.asarray(x).dtype.name for x in given}) > 1:
        raise NotImplementedError("lax takes arrays of one dtype only")
    return [array(x) for x in given]


def flip(w: Any) -> Any:
    return numpy(jnp.flip(array(w)))


def pad(x: Any, padding: Any, value: float = 0) -> Any:
    return numpy(jnp.pad(array(x), around(padding, np.ndim(x)), constant_values=value))


def layer(x: Any, w: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """A convolution layer of JAX's arrays, without bias."""
    rank = x.ndim - 2
    return lax.conv_general_dilated(
        x,
        w,
        per_axis(stride, rank),
        around(padding, rank),
        rhs_dilation=per_axis(dilation, rank),
        feature_group_count=groups,
    )


def conv(
    x: Any,
    w: Any,
    *,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    x, w = alike(x, w)
    return numpy(layer(x, w, stride, padding, dilation, groups))


def conv_weight_grad(
    x: Any,
    dy: Any,
    *,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    shape = (dy.shape[1], x.shape[1] // groups, *per_axis(kernel_size, x.ndim - 2))
    w = np.zeros(shape, np.asarray(x).dtype)
    return back(lambda w: layer(array(x), w, stride, padding, dilation, groups), w, dy)


def back(function: Any, x: Any, dy: Any) -> Any:
    """What JAX's derivative of the function carries back to x."""
    x, dy = alike(x, dy)
    if x.dtype.kind != "f":
        raise NotImplementedError("JAX has gradients of floats only")
    _, pull = jax.vjp(function, x)
    return numpy(pull(dy)[0])


def conv_transpose(
    y: Any, w: Any, *, stride: Any = 1, padding: Any = "valid", dilation: Any = 1
) -> Any:
    if padding != "valid":
        raise NotImplementedError("another padding of conv_transpose is around its input")
    rank = np.ndim(y) - 2
    letters = "DHW"[-rank:]
    return numpy(
        lax.conv_transpose(
            *alike(y, w),
            per_axis(stride, rank),
            "VALID",
            per_axis(dilation, rank),
            ("NC" + letters, "OI" + letters, "NC" + letters),
            transpose_kernel=True,
        )
    )


def locally_connected(
    x: Any, w: Any, *, stride: Any = 1, padding: Any = "valid", dilation: Any = 1
) -> Any:
    rank = np.ndim(x) - 2
    kernels = np.moveaxis(np.asarray(w), range(rank), range(-rank, 0))  # (C_out, C_in, *k, *m)
    flat = kernels.reshape(len(kernels), -1, *kernels.shape[-rank:])
    return numpy(
        lax.conv_general_dilated_local(
            *alike(x, flat),
            per_axis(stride, rank),
            around(padding, rank),
            kernels.shape[2:-rank],
            rhs_dilation=per_axis(dilation, rank),
        )
    )


def im2col(
    x: Any, kernel_size: Any, *, stride: Any = 1, padding: Any = "valid", dilation: Any = 1
) -> Any:
    rank = np.ndim(x) - 2
    found = lax.conv_general_dilated_patches(
        array(x),
        per_axis(kernel_size, rank),
        per_axis(stride, rank),
        around(padding, rank),
        rhs_dilation=per_axis(dilation, rank),
    )
    return numpy(found.reshape(*found.shape[:2], -1))


def relu(x: Any) -> Any:
    return numpy(jax.nn.relu(array(x)))


def relu_grad(x: Any, dy: Any) -> Any:
    return back(jax.nn.relu, x, dy)


def pool(x: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The maximum of each window, from minus infinity on, which `reduce_window` asks for."""
    rank = x.ndim - 2
    window = per_axis(kernel_size, rank)
    steps = window if stride is None else per_axis(stride, rank)
    sides = around(padding, rank)
    return lax.reduce_window(
        x,
        -jnp.inf,
        lax.max,
        (1, 1, *window),
        (1, 1, *steps),
        sides if isinstance(sides, str) else [(0, 0), (0, 0), *sides],
        window_dilation=(1, 1, *per_axis(dilation, rank)),
    )


def max_pool(
    x: Any, kernel_size: Any, *, stride: Any = None, padding: Any = "valid", dilation: Any = 1
) -> Any:
    return numpy(pool(array(x), kernel_size, stride, padding, dilation))


def max_pool_grad(
    x: Any,
    dy: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    dilation: Any = 1,
) -> Any:
    return back(lambda x: pool(x, kernel_size, stride, padding, dilation), x, dy)

"""PyTorch under cnnref's names: `cnnref check torch`.

Its layers have our layout, (N, C, *n), and nearly our words. They pad both sides alike, so that a
padding of unlike sides is not offered; one would call `torch.nn.functional.pad` before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F
from torch.nn import grad as G

# The arrays are small, and a check has a process for each core. With several threads PyTorch leaves
# open which of two values with one index stands in `max_unpool`; with one it is the last.
torch.set_num_threads(1)

CONVENTIONS = {
    "*.refuses-*": "PyTorch refuses with RuntimeError, which is no ValueError.",
    "tensors.large-*": "PyTorch refuses no integer for its size; a large sum wraps around.",
    "tensors.results-keep-precision": "Integers stay integers in PyTorch, of the type they had.",
    "tensors.integers-never-wrap": "Bytes stay bytes in PyTorch, and their sums wrap around.",
    "tensors.empty-batch-sums-to-zero [softmax_cross_entropy]": "The mean loss of no rows is NaN.",
    "tensors.with-nan-is-its-definition [relu_grad]": "PyTorch passes dy on where x is NaN.",
    "tensors.half-precision-rounds-once [conv_transpose]": "PyTorch adds up in half precision.",
    "tensors.half-precision-rounds-once [conv_weight_grad]": "PyTorch adds up in half precision.",
    "tensors.half-precision-rounds-once [softmax_cross_entropy]": "The loss is a half number, too.",
}


def tensor(array: Any) -> Any:
    """A tensor with a copy of the array: PyTorch takes no other byte order, and no gaps."""
    array = np.asarray(array)
    return torch.from_numpy(array.astype(array.dtype.newbyteorder("="), order="C"))


def tensors(*arrays: Any) -> list[Any]:
    """Tensors for an operation that takes several."""
    if len({array.dtype.name for array in arrays}) > 1:
        raise NotImplementedError("PyTorch takes arrays of one dtype only")
    return [tensor(array) for array in arrays]


def of_rank(name: str, rank: int, module: Any = F) -> Any:
    """The function for so many spatial axes, as `conv2d`."""
    if rank not in (1, 2, 3):
        raise NotImplementedError(f"PyTorch has no {name} on {rank} axes")
    return getattr(module, name.format(rank))


def per_axis(sizes: Any, rank: int) -> tuple[int, ...]:
    """One integer for each axis."""
    return (sizes,) * rank if isinstance(sizes, int) else tuple(sizes)


def places(padding: Any, rank: int) -> tuple[int, ...]:
    """Padding per axis, as many places before as after."""
    if padding == "valid":
        return (0,) * rank
    if isinstance(padding, str):
        raise NotImplementedError("PyTorch knows no words for this padding")
    sides = pairs(padding, rank)
    if any(before != after for before, after in sides):
        raise NotImplementedError("PyTorch pads both sides alike")
    return tuple(before for before, _ in sides)


def pairs(padding: Any, rank: int) -> list[tuple[int, int]]:
    """Padding as a pair for each axis, of one number, one per axis, or pairs."""
    sides = np.reshape(padding, (-1, 1)) if np.ndim(padding) < 2 else padding
    return [(int(before), int(after)) for before, after in np.broadcast_to(sides, (rank, 2))]


def flip(w: Any) -> Any:
    return torch.flip(tensor(w), tuple(range(np.ndim(w)))).numpy()


def pad(x: Any, padding: Any, value: float = 0) -> Any:
    sides = [side for pair in reversed(pairs(padding, np.ndim(x))) for side in pair]
    return F.pad(tensor(x), sides, value=value).numpy()


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
    rank = np.ndim(x) - 2
    if padding in ("same_lower", "full") or (padding == "same" and np.any(np.asarray(stride) != 1)):
        raise NotImplementedError('PyTorch has "same" at stride 1, and no "same_lower" or "full"')
    around = padding if isinstance(padding, str) else places(padding, rank)
    layer = of_rank("conv{}d", rank)
    x, w, *b = tensors(x, w, *bias(b))
    return layer(x, w, *b or [None], stride, around, dilation, groups).numpy()


def bias(b: Any) -> tuple[Any, ...]:
    """A bias per channel, if there is one."""
    if np.ndim(b) > 1:
        raise NotImplementedError("a bias of PyTorch is one number per channel")
    return () if b is None else (b,)


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
    rank = np.ndim(y) - 2
    strides, around, spread = (
        per_axis(stride, rank),
        places(padding, rank),
        per_axis(dilation, rank),
    )
    axes = zip(y.shape[2:], w.shape[2:], strides, around, spread, strict=True)
    least = [(m - 1) * s - 2 * p + d * (k - 1) + 1 for m, k, s, p, d in axes]
    more = [n - size for n, size in zip(output_size or least, least, strict=True)]
    layer = of_rank("conv_transpose{}d", rank)
    y, w, *b = tensors(y, w, *bias(b))
    return layer(y, w, *b or [None], strides, around, more, groups, spread).numpy()


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
    rank = np.ndim(x) - 2
    shape = (dy.shape[1], x.shape[1] // groups, *per_axis(kernel_size, rank))
    around, gradient = places(padding, rank), of_rank("conv{}d_weight", rank, G)
    x, dy = tensors(x, dy)
    return gradient(x, shape, dy, stride, around, dilation, groups).numpy()


def dense(x: Any, w: Any, b: Any = None) -> Any:
    x, w, *b = tensors(x, w, *bias(b))
    return F.linear(x.flatten(1), w.flatten(1), *b).numpy()


def dense_grad(x: Any, w: Any, dy: Any) -> Any:
    return back(lambda x, w: F.linear(x.flatten(1), w.flatten(1)), (x, w), dy)


def relu(x: Any) -> Any:
    return F.relu(tensor(x)).numpy()


def relu_grad(x: Any, dy: Any) -> Any:
    return back(F.relu, (x,), dy)[0]


def back(function: Any, arrays: Any, dy: Any) -> Any:
    """What autograd finds for each of the arrays."""
    *given, dy = tensors(*arrays, dy)
    if not dy.is_floating_point():
        raise NotImplementedError("PyTorch has gradients of floats only")
    given = [one.requires_grad_() for one in given]
    found = torch.autograd.grad(function(*given), given, dy)
    return tuple(part.numpy() for part in found)


def pool(name: str, x: Any, k: Any, stride: Any, padding: Any, *others: Any, **named: Any) -> Any:
    """What a pool gives for a tensor, with its options as PyTorch has them."""
    rank = x.ndim - 2
    around = places(padding, rank)
    if any(2 * p > a for p, a in zip(around, per_axis(k, rank), strict=True)):
        raise NotImplementedError("PyTorch pads a pool by at most half of its kernel")
    if name == "avg_pool{}d" and rank == 3 and np.any(np.less(x.shape[2:], per_axis(k, rank))):
        raise NotImplementedError("avg_pool3d takes no kernel larger than the bare input")
    return of_rank(name, rank)(x, k, stride, around, *others, **named)


def max_pool(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    found = pool("max_pool{}d", tensor(x), kernel_size, stride, padding, dilation, ceil_mode)
    return found.numpy()


def max_pool_indices(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    options = (kernel_size, stride, padding, dilation, ceil_mode)
    return pool("max_pool{}d", tensor(x), *options, return_indices=True)[1].numpy()


def max_pool_grad(
    x: Any,
    dy: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    options = (kernel_size, stride, padding, dilation, ceil_mode)
    return back(lambda x: pool("max_pool{}d", x, *options), (x,), dy)[0]


def max_unpool(y: Any, indices: Any, output_size: Any) -> Any:
    if np.any(np.asarray(indices) == -1):
        raise NotImplementedError("PyTorch has no index for a window without input")
    rank = np.ndim(y) - 2
    kernel = [n - m + 1 for n, m in zip(output_size, y.shape[2:], strict=True)]
    unpool = of_rank("max_unpool{}d", rank)
    return unpool(tensor(y), tensor(indices), kernel, 1, 0, output_size).numpy()


def avg_pool(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    ceil_mode: bool = False,
    count_include_pad: bool = False,
) -> Any:
    options = (kernel_size, stride, padding, ceil_mode, count_include_pad)
    return pool("avg_pool{}d", tensor(x), *options).numpy()


def avg_pool_grad(
    x_shape: Any,
    dy: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = "valid",
    ceil_mode: bool = False,
    count_include_pad: bool = False,
) -> Any:
    options = (kernel_size, stride, padding, ceil_mode, count_include_pad)
    x = np.zeros(x_shape, dy.dtype)
    return back(lambda x: pool("avg_pool{}d", x, *options), (x,), dy)[0]


def im2col(
    x: Any, kernel_size: Any, *, stride: Any = 1, padding: Any = "valid", dilation: Any = 1
) -> Any:
    if np.ndim(x) != 4:
        raise NotImplementedError("PyTorch unfolds images only")
    return F.unfold(tensor(x), kernel_size, dilation, places(padding, 2), stride).numpy()


def col2im(
    cols: Any,
    kernel_size: Any,
    *,
    output_size: Any,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
) -> Any:
    if len(output_size) != 2:
        raise NotImplementedError("PyTorch folds images only")
    return F.fold(
        tensor(cols), output_size, kernel_size, dilation, places(padding, 2), stride
    ).numpy()


def softmax_cross_entropy(z: Any, labels: Any) -> Any:
    if np.asarray(z).dtype.kind != "f":
        raise NotImplementedError("PyTorch has gradients of floats only")
    scores = tensor(z).requires_grad_()
    loss = F.cross_entropy(scores, tensor(labels))
    (dz,) = torch.autograd.grad(loss, scores)
    return loss.item(), dz.numpy()

"""What is timed besides convolution layers, each beside the same in PyTorch, in both layouts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import cnnref
from benchmarks.timing import Array, Way
from benchmarks.ways import TORCH

Size = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: the sizes of what it is given, ours, the same in PyTorch, where t is torch.

    `also` has another spelling in PyTorch; the best of all counts. `before` makes what PyTorch
    keeps from the way there; it is not timed.
    """

    name: str
    given: tuple[Size, ...]
    ours: Callable[..., Array]
    torch: Callable[..., Any]
    also: Callable[..., Any] | None = None
    before: Callable[..., Any] | None = None


def pool(kind: str, k: int, size: Size, **options: Any) -> Operation:
    """A pool over k by k."""
    ours = cnnref.max_pool if kind == "max" else cnnref.avg_pool
    step = f", stride {options['stride']}" if "stride" in options else ""
    return Operation(
        f"{kind} pool {k}x{k}{step}",
        (size,),
        partial(ours, kernel_size=k, **options),
        lambda t, x: getattr(t.nn.functional, f"{kind}_pool2d")(x, k, **options),
    )


def gradients(name: str, x: Size, w: Size, y: Size, stride: int = 1) -> tuple[Operation, ...]:
    """The two gradients of a layer, padded by one."""
    how: dict[str, Any] = {"stride": stride, "padding": 1}
    return (
        Operation(
            f"input gradient, {name}",
            (y, w),
            partial(cnnref.conv_transpose, output_size=x[2:], **how),
            lambda t, dy, w: t.nn.grad.conv2d_input(x, w, dy, **how),
        ),
        Operation(
            f"weight gradient, {name}",
            (x, y),
            partial(cnnref.conv_weight_grad, kernel_size=w[2:], **how),
            lambda t, x, dy: t.nn.grad.conv2d_weight(x, w, dy, **how),
        ),
    )


def max_pool_grad(t: Any, x: Any, dy: Any, places: Any) -> Any:
    """From the places that won: they are not looked for again."""
    args = dy, x, [2, 2], [2, 2], [0, 0], [1, 1], False, places
    return t.ops.aten.max_pool2d_with_indices_backward(*args)


def one_each(t: Any, x: Any, w: Any) -> Any:
    """A locally connected layer from columns and a product for each place."""
    m, (f, c, k, _) = w.shape[:2], w.shape[2:]
    columns = t.nn.functional.unfold(x, k).permute(2, 0, 1)
    y = t.bmm(columns, w.reshape(-1, f, c * k * k).transpose(1, 2))
    return y.permute(1, 2, 0).reshape(len(x), f, *m)


def summed(t: Any, x: Any, w: Any) -> Any:
    """The same as one sum with names."""
    m, (f, c, k, _) = w.shape[:2], w.shape[2:]
    columns = t.nn.functional.unfold(x, k)
    y = t.einsum("ncl,lfc->nfl", columns, w.reshape(-1, f, c * k * k))
    return y.reshape(len(x), f, *m)


def phases(t: Any, x: Any, w: Any) -> Any:
    """A tiled layer from one strided layer for each phase."""
    parts = [
        [t.nn.functional.conv2d(x[:, :, a:, b:], w[a, b], stride=2) for b in (0, 1)] for a in (0, 1)
    ]
    rows = [t.stack(row, -1).flatten(-2) for row in parts]
    return t.stack(rows, -2).flatten(-3, -2)


LARGE, PLANE = (256, 16, 28, 28), (1, 1, 512, 512)
OPERATIONS = (
    pool("max", 2, LARGE),
    pool("max", 3, (8, 64, 112, 112), stride=2, padding=1),
    pool("max", 7, PLANE, stride=1),
    pool("max", 31, PLANE, stride=1),
    pool("avg", 2, LARGE),
    pool("avg", 7, PLANE, stride=1),
    pool("avg", 31, PLANE, stride=1),
    Operation(
        "gradient of max pool 2x2",
        (LARGE, (256, 16, 14, 14)),
        partial(cnnref.max_pool_grad, kernel_size=2),
        max_pool_grad,
        before=lambda t, x, _: t.nn.functional.max_pool2d(x, 2, return_indices=True)[1],
    ),
    *gradients("LeNet, second layer", (64, 6, 16, 16), (16, 6, 5, 5), (64, 16, 14, 14)),
    *gradients("3x3, 64 channels", (8, 64, 56, 56), (64, 64, 3, 3), (8, 64, 56, 56)),
    *gradients("3x3, 256 channels", (8, 256, 14, 14), (256, 256, 3, 3), (8, 256, 14, 14)),
    *gradients("3x3, stride 2", (8, 128, 28, 28), (128, 128, 3, 3), (8, 128, 14, 14), 2),
    Operation(
        "transposed 4x4, stride 2",
        ((8, 64, 28, 28), (64, 32, 4, 4)),
        partial(cnnref.conv_transpose, stride=2, padding=1),
        lambda t, y, w: t.nn.functional.conv_transpose2d(y, w, stride=2, padding=1),
    ),
    Operation(
        "transposed 3x3, stride 2",
        ((8, 64, 28, 28), (64, 32, 3, 3)),
        partial(cnnref.conv_transpose, stride=2, padding=1, output_size=(56, 56)),
        lambda t, y, w: t.nn.functional.conv_transpose2d(
            y, w, stride=2, padding=1, output_padding=1
        ),
    ),
    Operation(
        "locally connected 3x3",
        ((32, 16, 18, 18), (16, 16, 16, 16, 3, 3)),
        cnnref.locally_connected,
        one_each,
        summed,
    ),
    Operation(
        "tiled 3x3, two by two",
        ((8, 32, 30, 30), (2, 2, 32, 32, 3, 3)),
        cnnref.tiled_conv,
        phases,
    ),
)
TRAINING = "20 steps of training, digits network"


def ways(operation: Operation, arrays: list[Array]) -> dict[str, Way]:
    """Ours, and PyTorch's spellings in both layouts."""
    found: dict[str, Way] = {"cnnref": lambda: operation.ours(*arrays)}
    try:
        import torch
    except ImportError:
        return found
    torch.set_num_threads(1)
    usual = [torch.tensor(array) for array in arrays]
    last = [t.contiguous(memory_format=torch.channels_last) if t.ndim == 4 else t for t in usual]
    if operation.before:
        for tensors in (usual, last):
            tensors.append(operation.before(torch, *tensors))
    spellings = {"": operation.torch} | ({", as a sum": operation.also} if operation.also else {})
    for said, call in spellings.items():
        for name, tensors in zip(TORCH, (usual, last), strict=True):
            found[name + said] = partial(in_numpy, call, torch, *tensors)
    return found


def in_numpy(call: Callable[..., Any], *given: Any) -> Array:
    """What a call to PyTorch gives, as an array."""
    return call(*given).numpy()


def training(dtype: str) -> dict[str, Way]:
    """Some steps on the network of the lab, with noise for digits; the result is all weights."""
    net = cnnref.Sequential(
        (
            cnnref.Conv(16, 3, padding="same"),
            cnnref.ReLU(),
            cnnref.MaxPool(2),
            cnnref.Conv(32, 3),
            cnnref.ReLU(),
            cnnref.Flatten(),
            cnnref.Dense(10),
        )
    )
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(640, 1, 8, 8)).astype(dtype), rng.integers(0, 10, 640)
    params = tuple(
        tuple(array.astype(dtype) for array in layer) for layer in net.init(rng, (1, 8, 8))
    )
    seed: Any = {"epochs": 1, "batch_size": 32, "rate": 0.05, "momentum": 0.9}

    def ours() -> Array:
        trained, _ = cnnref.fit(net, params, x, labels, rng=np.random.default_rng(1), **seed)
        return np.concatenate([array.ravel() for layer in trained for array in layer])

    found: dict[str, Way] = {"cnnref": ours}
    try:
        import torch
    except ImportError:
        return found
    torch.set_num_threads(1)
    start = [torch.tensor(array) for layer in params for array in layer]
    for name, layout in zip(TORCH, (torch.contiguous_format, torch.channels_last), strict=True):
        found[name] = partial(in_torch, start, x, labels, layout)
    return found


def in_torch(start: list[Any], x: Array, labels: Array, layout: Any) -> Array:
    """The same steps from the same weights, through the same batches."""
    import torch

    layers = torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(16, 32, 3),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(128, 10),
    )
    net: Any = layers.to(start[0].dtype).to(memory_format=layout)
    with torch.no_grad():
        for own, given in zip(net.parameters(), start, strict=True):
            own.copy_(given.reshape(own.shape))
    steps = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    images = torch.tensor(x).contiguous(memory_format=layout)
    classes = torch.tensor(labels)
    order = torch.tensor(np.random.default_rng(1).permutation(len(x)))
    for first in range(0, len(x), 32):
        these = order[first : first + 32]
        steps.zero_grad()
        torch.nn.functional.cross_entropy(net(images[these]), classes[these]).backward()
        steps.step()
    parts = [own.detach().reshape(given.shape).flatten() for own, given in
             zip(net.parameters(), start, strict=True)]  # fmt: skip
    return torch.cat(parts).numpy()

"""Layers without weights, as frozen values: pooling, the rectifier, flattening."""

import math
from dataclasses import KW_ONLY, dataclass

import numpy as np

from cnnref import arguments, fast
from cnnref.arguments import Array
from cnnref.network.counts import Count, Params, Shape, real_reads
from cnnref.window import Padding, Sizes, Window


@dataclass(frozen=True, slots=True)
class Pooling:
    """The options that pooling over places has."""

    kernel_size: Sizes
    _: KW_ONLY
    stride: Sizes | None = None
    padding: Padding = "valid"
    dilation: Sizes = 1
    ceil_mode: bool = False

    def windows(self, shape: Shape) -> tuple[Window, ...]:
        """One Window per axis for an input (C, *n)."""
        stride = self.kernel_size if self.stride is None else self.stride
        return arguments.looked(
            type(self).__name__,
            shape,
            self.kernel_size,
            stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )

    def shape(self, shape: Shape) -> Shape:
        """The shape of the output, (C, *m)."""
        found = self.windows(shape)
        return (shape[0], *(window.places(n) for window, n in zip(found, shape[1:], strict=True)))

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:  # noqa: ARG002
        """Nothing: pooling has no parameters."""
        return ()

    def count(self, shape: Shape) -> Count:
        """What the layer costs for an input (C, *n); comparing and adding are no products."""
        reads = shape[0] * real_reads(self.windows(shape), shape[1:])
        return Count(math.prod(self.shape(shape)), reads, 0, 0)


@dataclass(frozen=True, slots=True)
class MaxPool(Pooling):
    """Max pooling, see `cnnref.max_pool`.

    Takes (N, C, *n), gives (N, C, *m); no parameters.

    Attributes:
        kernel_size: taps per axis, or one number for all.
        stride: places between neighbouring windows; None is the kernel size.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps.
        ceil_mode: a ragged rest gives an output of its own.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3.

    >>> MaxPool(2).shape((6, 28, 28))
    (6, 14, 14)
    """

    def forward(self, params: Params, x: Array) -> Array:  # noqa: ARG002
        """The output (N, C, *m)."""
        return fast.max_pool(
            x,
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:  # noqa: ARG002
        """dx, and nothing."""
        dx = fast.max_pool_grad(
            x,
            dy,
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )
        return dx, ()


@dataclass(frozen=True, slots=True)
class AvgPool(Pooling):
    """Average pooling, see `cnnref.avg_pool`.

    Takes (N, C, *n), gives (N, C, *m); no parameters.

    Attributes:
        kernel_size: taps per axis, or one number for all.
        stride: places between neighbouring windows; None is the kernel size.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps.
        ceil_mode: a ragged rest gives an output of its own.
        count_include_pad: padding counts as zeros.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3.

    >>> AvgPool(3, stride=1).shape((6, 28, 28))
    (6, 26, 26)
    """

    count_include_pad: bool = False

    def forward(self, params: Params, x: Array) -> Array:  # noqa: ARG002
        """The output (N, C, *m)."""
        return fast.avg_pool(
            x,
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:  # noqa: ARG002
        """dx, and nothing."""
        dx = fast.avg_pool_grad(
            x.shape,
            dy,
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )
        return dx, ()


@dataclass(frozen=True, slots=True)
class ChannelMaxPool:
    """The largest over consecutive groups of channels, see `cnnref.channel_max_pool`.

    Takes (N, C, *n), gives (N, C/size, *n); no parameters.

    Attributes:
        size: channels in a group; it must divide C.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3 (figure 9.9).

    >>> ChannelMaxPool(3).shape((6, 5, 5))
    (2, 5, 5)
    """

    size: int

    def shape(self, shape: Shape) -> Shape:
        """The shape of the output, (C/size, *n)."""
        return (arguments.divided("ChannelMaxPool", shape[0], self.size), *shape[1:])

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:  # noqa: ARG002
        """Nothing: pooling has no parameters."""
        return ()

    def forward(self, params: Params, x: Array) -> Array:  # noqa: ARG002
        """The output (N, C/size, *n)."""
        return fast.channel_max_pool(x, self.size)

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:  # noqa: ARG002
        """dx, and nothing."""
        return fast.channel_max_pool_grad(x, dy, self.size), ()

    def count(self, shape: Shape) -> Count:
        """What the layer costs for an input (C, *n)."""
        return Count(math.prod(self.shape(shape)), math.prod(shape), 0, 0)


@dataclass(frozen=True, slots=True)
class ReLU:
    r"""The rectifier, see `cnnref.relu`.

    Takes and gives (N, C, *n), $y = \max(x, 0)$; no parameters.

    Raises:
        TypeError: from its methods, for arrays that do not hold real numbers.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.3.

    >>> ReLU().shape((6, 5, 5))
    (6, 5, 5)
    """

    def shape(self, shape: Shape) -> Shape:
        """The shape of the input."""
        return shape

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:  # noqa: ARG002
        """Nothing."""
        return ()

    def forward(self, params: Params, x: Array) -> Array:  # noqa: ARG002
        """The output, of x's shape."""
        return fast.relu(x)

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:  # noqa: ARG002
        """dx, and nothing."""
        return fast.relu_grad(x, dy), ()

    def count(self, shape: Shape) -> Count:
        """One connection per output."""
        return Count(math.prod(shape), math.prod(shape), 0, 0)


@dataclass(frozen=True, slots=True)
class Flatten:
    """All channels and places of an input in one row.

    Takes (N, C, *n), gives (N, C*prod(n)), the last axis fastest; no parameters.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> Flatten().shape((16, 5, 5))
    (400,)
    """

    def shape(self, shape: Shape) -> Shape:
        """One axis, as long as the input has numbers."""
        return (math.prod(shape),)

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:  # noqa: ARG002
        """Nothing."""
        return ()

    def forward(self, params: Params, x: Array) -> Array:  # noqa: ARG002
        """The output (N, C*prod(n))."""
        return x.reshape(len(x), math.prod(x.shape[1:])).copy()

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:  # noqa: ARG002
        """dx, and nothing."""
        return dy.reshape(x.shape).copy(), ()

    def count(self, shape: Shape) -> Count:
        """One connection per output."""
        return Count(math.prod(shape), math.prod(shape), 0, 0)

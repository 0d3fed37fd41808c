"""Layers with weights, as frozen values: options in fields, parameters passed in, no state."""

import math
from dataclasses import KW_ONLY, dataclass

import numpy as np

from cnnref import arguments, fast
from cnnref.arguments import Array
from cnnref.network.counts import Count, Params, Shape, all_reads, real_reads
from cnnref.window import Padding, Sizes, Window


def scaled(rng: np.random.Generator, shape: Shape, reads: int) -> Array:
    """Normal weights of variance 2/reads, after He, Zhang, Ren, Sun, 2015."""
    return rng.standard_normal(shape) * math.sqrt(2 / reads)


@dataclass(frozen=True, slots=True)
class Looking:
    """The options that every layer with kernels has."""

    channels: int
    kernel_size: Sizes
    _: KW_ONLY
    stride: Sizes = 1
    padding: Padding = "valid"
    dilation: Sizes = 1

    def windows(self, shape: Shape) -> tuple[Window, ...]:
        """One Window per axis for an input (C, *n)."""
        name = type(self).__name__
        arguments.whole(name, "channels", self.channels)
        return arguments.looked(
            name, shape, self.kernel_size, self.stride, self.padding, self.dilation
        )

    def shape(self, shape: Shape) -> Shape:
        """The shape of the output, (C_out, *m)."""
        found = self.windows(shape)
        return (
            self.channels,
            *(window.places(n) for window, n in zip(found, shape[1:], strict=True)),
        )

    def kernel(self, shape: Shape) -> Shape:
        """The taps per axis, (*k)."""
        return tuple(window.kernel for window in self.windows(shape))

    def cost(self, shape: Shape, inputs: int, parameters: int) -> Count:
        """The counts when every output reads this many channels."""
        found, n = self.windows(shape), shape[1:]
        pairs = self.channels * inputs
        return Count(
            math.prod(self.shape(shape)),
            pairs * real_reads(found, n),
            parameters,
            pairs * all_reads(found, n),
        )


@dataclass(frozen=True, slots=True)
class Conv(Looking):
    """A convolution layer with one bias per channel, see `cnnref.conv`.

    Takes (N, C_in, *n), gives (N, C_out, *m); w (C_out, C_in/groups, *k), b (C_out,).

    Attributes:
        channels: channels of the output, C_out.
        kernel_size: taps per axis, or one number for all.
        stride: input places between neighbouring output places, per axis or one for all.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps.
        groups: channels are cut into this many groups that do not see each other.
        bias: False for a layer without biases.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> Conv(6, 5, padding=2).shape((1, 28, 28))
    (6, 28, 28)
    """

    groups: int = 1
    bias: bool = True

    def shape(self, shape: Shape) -> Shape:
        """The shape of the output, (C_out, *m)."""
        self.inputs(shape)
        return Looking.shape(self, shape)

    def inputs(self, shape: Shape) -> int:
        """The channels that one output reads."""
        channels = arguments.whole("Conv", "channels", self.channels)
        return arguments.shared("Conv", shape[0], channels, self.groups)

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:
        """Weights (C_out, C_in/groups, *k), and a bias (C_out,) of zeros."""
        k = self.kernel(shape)
        inputs = self.inputs(shape)
        w = scaled(rng, (self.channels, inputs, *k), inputs * math.prod(k))
        return (w, np.zeros(self.channels)) if self.bias else (w,)

    def forward(self, params: Params, x: Array) -> Array:
        """The output (N, C_out, *m)."""
        return fast.conv(
            x,
            *params,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:
        """dx, and dw with db."""
        w = params[0]
        dx = fast.conv_transpose(
            dy,
            w,
            output_size=x.shape[2:],
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )
        dw = fast.conv_weight_grad(
            x,
            dy,
            kernel_size=w.shape[2:],
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )
        return dx, (dw, *(fast.bias_grad(dy, b.shape) for b in params[1:]))

    def count(self, shape: Shape) -> Count:
        """What the layer costs for an input (C, *n)."""
        inputs = self.inputs(shape)
        weights = self.channels * inputs * math.prod(self.kernel(shape))
        return self.cost(shape, inputs, weights + self.bias * self.channels)


@dataclass(frozen=True, slots=True)
class LocallyConnected(Looking):
    """A layer with weights and biases of its own at every place.

    See `cnnref.locally_connected`. Takes (N, C_in, *n), gives (N, C_out, *m);
    w (*m, C_out, C_in, *k), b (C_out, *m).

    Attributes:
        channels: channels of the output, C_out.
        kernel_size: taps per axis, or one number for all.
        stride: input places between neighbouring output places, per axis or one for all.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps.
        bias: False for a layer without biases.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equation 9.9).

    >>> LocallyConnected(1, 3).count((1, 28, 28)).parameters
    6760
    """

    bias: bool = True

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:
        """Weights (*m, C_out, C_in, *k), and a bias (C_out, *m) of zeros."""
        k, (_, *m) = self.kernel(shape), self.shape(shape)
        w = scaled(rng, (*m, self.channels, shape[0], *k), shape[0] * math.prod(k))
        return (w, np.zeros((self.channels, *m))) if self.bias else (w,)

    def forward(self, params: Params, x: Array) -> Array:
        """The output (N, C_out, *m)."""
        return fast.locally_connected(
            x, *params, stride=self.stride, padding=self.padding, dilation=self.dilation
        )

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:
        """dx, and dw with db."""
        dx, dw = fast.locally_connected_grad(
            x, params[0], dy, stride=self.stride, padding=self.padding, dilation=self.dilation
        )
        return dx, (dw, *(fast.bias_grad(dy, b.shape) for b in params[1:]))

    def count(self, shape: Shape) -> Count:
        """What the layer costs for an input (C, *n)."""
        places = math.prod(self.shape(shape))
        weights = places * shape[0] * math.prod(self.kernel(shape))
        return self.cost(shape, shape[0], weights + self.bias * places)


@dataclass(frozen=True, slots=True)
class TiledConv(Looking):
    """A layer whose weights and biases repeat every `tile` places.

    See `cnnref.tiled_conv`. Takes (N, C_in, *n), gives (N, C_out, *m);
    w (*t, C_out, C_in, *k), b (C_out, *t).

    Attributes:
        channels: channels of the output, C_out.
        kernel_size: taps per axis, or one number for all.
        stride: input places between neighbouring output places, per axis or one for all.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps.
        tile: places after which the weights repeat, per axis or one for all.
        bias: False for a layer without biases.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equation 9.10).

    >>> TiledConv(1, 3, tile=2).count((1, 28, 28)).parameters
    40
    """

    tile: Sizes = 1
    bias: bool = True

    def tiles(self, shape: Shape) -> Shape:
        """The tile per axis, (*t)."""
        return arguments.per_place("TiledConv", "tile", self.tile, len(shape) - 1)

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:
        """Weights (*t, C_out, C_in, *k), and a bias (C_out, *t) of zeros."""
        k, t = self.kernel(shape), self.tiles(shape)
        w = scaled(rng, (*t, self.channels, shape[0], *k), shape[0] * math.prod(k))
        return (w, np.zeros((self.channels, *t))) if self.bias else (w,)

    def forward(self, params: Params, x: Array) -> Array:
        """The output (N, C_out, *m)."""
        return fast.tiled_conv(
            x, *params, stride=self.stride, padding=self.padding, dilation=self.dilation
        )

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:
        """dx, and dw with db."""
        dx, dw = fast.tiled_conv_grad(
            x, params[0], dy, stride=self.stride, padding=self.padding, dilation=self.dilation
        )
        return dx, (dw, *(fast.bias_grad(dy, b.shape) for b in params[1:]))

    def count(self, shape: Shape) -> Count:
        """What the layer costs for an input (C, *n)."""
        biases = self.channels * math.prod(self.tiles(shape))
        weights = biases * shape[0] * math.prod(self.kernel(shape))
        return self.cost(shape, shape[0], weights + self.bias * biases)


@dataclass(frozen=True, slots=True)
class Dense:
    """A dense layer, see `cnnref.dense`.

    Takes (N, C, *n), gives (N, units); w (units, C, *n), b (units,).

    Attributes:
        units: numbers that come out.
        bias: False for a layer without biases.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.

    >>> Dense(10).count((84,)).parameters
    850
    """

    units: int
    bias: bool = True

    def shape(self, shape: Shape) -> Shape:  # noqa: ARG002
        """One axis of `units` numbers."""
        return (arguments.whole("Dense", "units", self.units),)

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:
        """Weights (units, C, *n), and a bias (units,) of zeros."""
        w = scaled(rng, (*self.shape(shape), *shape), math.prod(shape))
        return (w, np.zeros(self.units)) if self.bias else (w,)

    def forward(self, params: Params, x: Array) -> Array:
        """The output (N, units)."""
        return fast.dense(x, *params)

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:
        """dx, and dw with db."""
        dx, dw = fast.dense_grad(x, params[0], dy)
        return dx, (dw, *(fast.bias_grad(dy, b.shape) for b in params[1:]))

    def count(self, shape: Shape) -> Count:
        """Every output reads every input."""
        (units,) = self.shape(shape)
        pairs = units * math.prod(shape)
        return Count(units, pairs, pairs + self.bias * units, pairs)

"""Laws of the transposed convolution, which leads from an output's gradient to the input's."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    ConvCase,
    TransposeCase,
    along,
    to_input,
    with_margin,
)
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import row, spread
from cnnref.laws.sides import Sides, refusal
from cnnref.laws.strategies import backwards, convs, transposes

LAYERS = backwards(convs(bias="none"), "conv", "conv_transpose")


def inner(a: Any, b: Any) -> Any:
    """The inner product of two arrays of one shape: the sum of products entry by entry."""
    return np.vdot(np.asarray(a, float), np.asarray(b, float))


@law("transpose.is-its-definition", cases=transposes())
def transpose_is_its_definition(cnn: Any, case: TransposeCase) -> Sides:
    """`conv_transpose` gives the numbers of its definition: each place stamps its kernel."""
    return case.on(cnn.conv_transpose), case.on(literal.conv_transpose)


@law("transpose.is-the-adjoint", cases=LAYERS)
def transpose_is_the_adjoint(cnn: Any, case: Backward[ConvCase]) -> Sides:
    """The inner product of conv(x) with dy is that of x with conv_transpose(dy), for all x and dy,
    whatever the stride, padding, dilation and groups."""
    dx = to_input(case).on(cnn.conv_transpose)
    return inner(case.case.on(cnn.conv), case.dy), inner(case.case.x, dx)


@law("transpose.tells-every-step", cases=backwards(convs(bias="none"), "conv", step=True))
def transpose_tells_every_step(cnn: Any, case: Backward[ConvCase]) -> Sides:
    """However large a step h of the input, the output's inner product with dy changes by exactly
    that of h with conv_transpose(dy): the layer is linear."""
    moved = replace(case.case, x=case.case.x + case.step)
    change = moved.on(cnn.conv) - case.case.on(cnn.conv)
    return inner(change, case.dy), inner(case.step, to_input(case).on(cnn.conv_transpose))


@law(
    "transpose.is-full-convolution",
    cases=transposes(
        padding="valid", strided=False, dilated=False, groups=(1,), bias="none", sized=False
    ),
)
def transpose_is_full_convolution(cnn: Any, case: TransposeCase) -> Sides:
    """At stride 1 without options, dx of channel c sums the full convolutions of dy of channel f
    with the kernel from c to f: what the layer did not flip is flipped now."""
    items = [
        [
            sum(cnn.convolve(channel, w[c]) for channel, w in zip(item, case.w, strict=True))
            for c in range(case.w.shape[1])
        ]
        for item in case.y
    ]
    return case.on(cnn.conv_transpose), np.array(items)


@law(
    "transpose.is-a-layer",
    cases=transposes(
        padding="valid", strided=False, dilated=False, groups=(1,), bias="none", sized=False
    ),
    needs=["conv.padding"],
)
def transpose_is_a_layer(cnn: Any, case: TransposeCase) -> Sides:
    """At stride 1 without options, the transpose is a layer with padding "full": its kernels are
    flipped in space, and input and output channels exchanged."""
    turned = np.flip(case.w.swapaxes(0, 1), tuple(range(2, case.w.ndim)))
    return case.on(cnn.conv_transpose), cnn.conv(case.y, turned, padding="full")


@law(
    "transpose.stride-inserts-zeros",
    cases=transposes(padding="valid", bias="none", sized=False),
    needs=["conv_transpose.stride"],
)
def stride_inserts_zeros(cnn: Any, case: TransposeCase) -> Sides:
    """Without padding and output size, stride s is stride 1 on dy with s - 1 zeros between
    neighbouring places."""
    wide = replace(case, y=spread(case.y, case.stride), stride=())
    return case.on(cnn.conv_transpose), wide.on(cnn.conv_transpose)


@law(
    "transpose.dilation-spreads-the-kernel",
    cases=transposes(padding="pairs", sized=True),
    needs=["conv_transpose.dilation"],
)
def dilation_spreads_the_kernel(cnn: Any, case: TransposeCase) -> Sides:
    """Dilation d is the plain transpose with d - 1 zeros between neighbouring taps."""
    wide = replace(case, w=spread(case.w, case.dilation), dilation=())
    return case.on(cnn.conv_transpose), wide.on(cnn.conv_transpose)


@law(
    "transpose.padding-is-cropped",
    cases=transposes(padding="pairs", bias="none", sized=True),
    needs=["conv_transpose.padding", "conv_transpose.output_size"],
)
def padding_is_cropped(cnn: Any, case: TransposeCase) -> Sides:
    """The padding of the layer is cropped from the gradient of its padded input."""
    n = case.output_size or ()
    whole = tuple(b + size + a for size, (b, a) in zip(n, case.around, strict=True))
    padded = replace(case, padding="valid", output_size=whole).on(cnn.conv_transpose)
    inside = (slice(b, b + size) for size, (b, _) in zip(n, case.around, strict=True))
    return case.on(cnn.conv_transpose), padded[along(inside)]


@law(
    "transpose.the-rest-is-zero",
    cases=transposes(padding="valid", bias="none", sized=True),
    needs=["conv_transpose.output_size"],
)
def the_rest_is_zero(cnn: Any, case: TransposeCase) -> Sides:
    """Without padding, a larger output size adds zeros behind: places that no window reads."""
    smallest = replace(case, output_size=None).on(cnn.conv_transpose)
    rest = zip(case.output_size or (), smallest.shape[2:], strict=True)
    return case.on(cnn.conv_transpose), with_margin(smallest, tuple((0, n - m) for n, m in rest))


@law("transpose.items-are-alone", cases=transposes())
def items_are_alone(cnn: Any, case: TransposeCase) -> Sides:
    """The items of a batch do not see each other on the way back either."""
    alone = [replace(case, y=case.y[i : i + 1]).on(cnn.conv_transpose) for i in range(len(case.y))]
    return case.on(cnn.conv_transpose), np.concatenate(alone)


@law(
    "transpose.groups-are-layers",
    cases=transposes(groups=(2, 3, 1), bias="none"),
    needs=["conv_transpose.groups"],
)
def groups_are_layers(cnn: Any, case: TransposeCase) -> Sides:
    """Groups go back alone: each through its own kernels, to its own input channels."""
    parts = zip(np.split(case.y, case.groups, 1), np.split(case.w, case.groups), strict=True)
    alone = [replace(case, y=y, w=w, groups=1).on(cnn.conv_transpose) for y, w in parts]
    return case.on(cnn.conv_transpose), np.concatenate(alone, axis=1)


@law(
    "transpose.bias-is-on-its-result",
    cases=transposes(bias="any", sized=True),
    needs=["conv_transpose.b"],
)
def bias_is_on_its_result(cnn: Any, case: TransposeCase) -> Sides:
    """A bias of conv_transpose is added to its own result, per channel or per place: it has C_in
    channels."""
    x = replace(case, b=None).on(cnn.conv_transpose)
    if case.b is None:
        return case.on(cnn.conv_transpose), x
    bias = case.b if case.b.ndim > 1 else case.b.reshape(-1, *(1,) * (x.ndim - 2))
    return case.on(cnn.conv_transpose), x + bias


def places(n: int, span: int, stride: int, padding: str | tuple[int, int]) -> int:
    """The number of output places for n input places, counted one by one."""
    if padding in ("same", "same_lower"):
        return len(range(0, n, stride))
    around = sum(padding) if isinstance(padding, tuple) else 2 * (span - 1) * (padding == "full")
    return len(range(0, n + around - span + 1, stride))


def maps(case: TransposeCase, axis: int, n: int) -> bool:
    """Whether the layer maps n input places on this axis onto as many as y has."""
    padding = case.padding if isinstance(case.padding, str) else case.padding[axis]
    m: int = case.y.shape[2 + axis]
    return places(n, case.spans[axis], case.stride[axis], padding) == m


@law("transpose.takes-the-smallest-size", cases=transposes(bias="none", sized=False))
def takes_the_smallest_size(cnn: Any, case: TransposeCase) -> Sides:
    """Without an output size the result has, per axis, the fewest places that the layer maps onto
    those of y."""
    least = []
    for axis in range(case.y.ndim - 2):
        n = 1
        while not maps(case, axis, n):
            n += 1
        least.append(n)
    return np.array(case.on(cnn.conv_transpose).shape[2:]), np.array(least)


@law(
    "transpose.restores-the-size",
    cases=LAYERS,
    needs=["conv_transpose.output_size"],
)
def restores_the_size(cnn: Any, case: Backward[ConvCase]) -> Sides:
    """Given the size of the layer's input, conv_transpose gives back an array of its shape."""
    return np.array(to_input(case).on(cnn.conv_transpose).shape), np.array(case.case.x.shape)


@law(
    "transpose.refuses-other-sizes",
    cases=transposes(bias="none", sized=True),
    needs=["conv_transpose.output_size"],
)
def refuses_other_sizes(cnn: Any, case: TransposeCase) -> Sides:
    """An output size that the layer does not map onto the size of y is refused."""
    axis = case.y.size % (case.y.ndim - 2)
    other = list(case.output_size or ())
    other[axis] += 1
    while maps(case, axis, other[axis]):
        other[axis] += 1
    wrong = replace(case, output_size=tuple(other))
    return lambda: wrong.on(cnn.conv_transpose), refusal(ValueError)


@law(
    "transpose.refuses-sizes-without-input",
    cases=transposes(padding="pairs", bias="none", sized=False),
    needs=["conv_transpose.padding"],
)
def refuses_sizes_without_input(cnn: Any, case: TransposeCase) -> Sides:
    """A y smaller than what the layer makes of a single place is refused: it comes of no input."""
    spans, rank = case.spans, case.y.ndim - 2
    around = tuple((span + s, 0) for span, s in zip(spans, case.stride, strict=True))
    wrong = replace(case, y=case.y[along(slice(1) for _ in range(rank))], padding=around)
    return lambda: wrong.on(cnn.conv_transpose), refusal(ValueError)


PLAIN = convs(1, padding="valid", strided=False, dilated=False, groups=(1,), bias="none", least=2)


@refuted("transpose.inverts", case=ConvCase(row(1, 0), row(1, 1)), cases=PLAIN)
def transpose_inverts(cnn: Any, case: ConvCase) -> Sides:
    """Transposed convolution undoes convolution, as the name "deconvolution" says."""
    return cnn.conv_transpose(case.on(cnn.conv), case.w), case.x


@refuted(
    "transpose.restores-every-size",
    case=ConvCase(row(0, 0), row(0), stride=(2,)),
    cases=convs(1, padding="valid", dilated=False, groups=(1,), bias="none"),
    needs=["conv.stride", "conv_transpose.stride"],
)
def restores_every_size(cnn: Any, case: ConvCase) -> Sides:
    """Without an output size, conv_transpose gives back the size of the layer's input."""
    back = TransposeCase(case.on(cnn.conv), case.w, stride=case.stride)
    return np.array(back.on(cnn.conv_transpose).shape), np.array(case.x.shape)

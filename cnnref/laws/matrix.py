"""Laws of layers as matrices: of what is read in columns, and of responses to unit vectors."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    ColumnsCase,
    ConvCase,
    DenseCase,
    PatchCase,
    along,
    spans,
    to_input,
)
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import row
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides
from cnnref.laws.strategies import backwards, columns, convs, patches, plain_convs
from cnnref.laws.transpose import inner, places

SMALL = convs(1, 2, bias="none")


@law("matrix.im2col-is-its-definition", cases=patches())
def im2col_is_its_definition(cnn: Any, case: PatchCase) -> Sides:
    """`im2col` gives the numbers of its definition: a column for each place, a row for each tap."""
    return case.on(cnn.im2col), case.on(literal.im2col)


@law("matrix.col2im-is-its-definition", cases=columns())
def col2im_is_its_definition(cnn: Any, case: ColumnsCase) -> Sides:
    """`col2im` gives the numbers of its definition: what was read is added back."""
    return case.on(cnn.col2im), case.on(literal.col2im)


@law("matrix.columns-times-weights", cases=convs(groups=(1,), bias="none"))
def columns_times_weights(cnn: Any, case: ConvCase) -> Sides:
    """A layer without groups is one matrix product: of its weights, a row for each output channel,
    with the columns of im2col."""
    cols = read(case).on(cnn.im2col)
    y = case.on(cnn.conv)
    return y, (case.w.reshape(len(case.w), -1) @ cols).reshape(y.shape)


def read(case: ConvCase) -> PatchCase:
    """What im2col gets, to read the windows of this layer."""
    return PatchCase(case.x, case.w.shape[2:], case.stride, case.padding, case.dilation)


@law("matrix.columns-are-windows", cases=patches(1, 2, padding="valid"))
def columns_are_windows(cnn: Any, case: PatchCase) -> Sides:
    """Column j of im2col is the window of place j: channel by channel, and tap by tap, row by row;
    the places go row by row, too."""
    cols = case.on(cnn.im2col)
    reach = spans(case.kernel_size, case.dilation)
    sizes = zip(case.x.shape[2:], reach, case.stride, strict=True)
    corners = product(*(range(0, n - span + 1, s) for n, span, s in sizes))
    windows = [
        case.x[along(map(slice, corner, np.add(corner, reach), case.dilation))]
        for corner in corners
    ]
    return cols, np.stack([window.reshape(len(window), -1) for window in windows], axis=2)


@law("matrix.col2im-is-the-adjoint", cases=backwards(patches(), "im2col"))
def col2im_is_the_adjoint(cnn: Any, case: Backward[PatchCase]) -> Sides:
    """The inner product of im2col(x) with any columns is that of x with col2im of the columns."""
    back = case.case.columns(case.dy).on(cnn.col2im)
    return inner(case.case.on(cnn.im2col), case.dy), inner(case.case.x, back)


@law("matrix.col2im-counts-reads", cases=patches(padding="pairs"))
def col2im_counts_reads(cnn: Any, case: PatchCase) -> Sides:
    """Reading an input into columns and adding these back multiplies each entry by the number of
    windows that read it."""
    counts = np.ones(())
    for axis, (n, k) in enumerate(zip(case.x.shape[2:], case.kernel_size, strict=True)):
        s, d, around = case.stride[axis], case.dilation[axis], case.around[axis]
        m = places(n, d * (k - 1) + 1, s, around)
        reads = [j * s + a * d - around[0] for j in range(m) for a in range(k)]
        counts = np.multiply.outer(counts, [reads.count(i) for i in range(n)])
    return case.columns(case.on(cnn.im2col)).on(cnn.col2im), case.x * counts


def responses(cnn: Any, case: ConvCase) -> Array:
    """The matrix of a layer: column q is its response to an input that is 1 at q, else 0."""
    size = case.x[0].size
    y = replace(case, x=np.eye(size).reshape(size, *case.x.shape[1:])).on(cnn.conv)
    matrix: Array = y.reshape(size, -1).T
    return matrix


@law("matrix.responses-are-its-columns", cases=SMALL)
def responses_are_its_columns(cnn: Any, case: ConvCase) -> Sides:
    """A layer without bias multiplies its input, all channels and places in one row, by a matrix;
    column q of it is the response to an input that is 1 at q and 0 elsewhere."""
    y = case.on(cnn.conv)
    return y, (case.x.reshape(len(y), -1) @ responses(cnn, case).T).reshape(y.shape)


@law("matrix.transposed-goes-back", cases=backwards(SMALL, "conv", "conv_transpose"))
def transposed_goes_back(cnn: Any, case: Backward[ConvCase]) -> Sides:
    """`conv_transpose` multiplies by the transposed matrix of the layer."""
    dx = to_input(case).on(cnn.conv_transpose)
    back = case.dy.reshape(len(dx), -1) @ responses(cnn, case.case)
    return dx, back.reshape(dx.shape)


@law("matrix.dense-does-it", cases=SMALL)
def dense_does_it(cnn: Any, case: ConvCase) -> Sides:
    """A dense layer whose weights are the matrix of a convolution layer does the same."""
    y, table = case.on(cnn.conv), responses(cnn, case)
    w = table.reshape(len(table), *case.x.shape[1:])
    return cnn.dense(case.x, w), y.reshape(len(y), -1)


@law("dense.is-a-whole-kernel", cases=convs(padding="valid", dilated=False, groups=(1,)))
def dense_is_a_whole_kernel(cnn: Any, case: ConvCase) -> Sides:
    """A dense layer is a convolution layer whose kernel is as large as the input: it has a single
    place, and the stride does not matter."""
    b = case.b if case.b is None or case.b.ndim == 1 else None
    whole = replace(case, x=case.x[along(map(slice, case.w.shape[2:]))], b=b)
    y = DenseCase(whole.x, whole.w, b).on(cnn.dense)
    return y.reshape(*y.shape, *(1 for _ in case.stride)), whole.on(cnn.conv)


@law(
    "matrix.weights-repeat-in-it",
    cases=convs(1, 2, padding="valid", bias="none"),
)
def weights_repeat_in_it(cnn: Any, case: ConvCase) -> Sides:
    """Without padding, and with weights none of which is zero, the matrix has as many entries other
    than zero as there are weights times places."""
    filled = replace(case, w=np.abs(case.w) + 1)
    counted = np.count_nonzero(responses(cnn, filled))
    return np.array(counted), case.w.size * np.prod(case.on(cnn.conv).shape[2:])


@law("matrix.is-toeplitz", cases=convs(1, strided=False, bias="none"))
def matrix_is_toeplitz(cnn: Any, case: ConvCase) -> Sides:
    """At stride 1 on one axis, the matrix from one channel to another is constant along its
    diagonals, whatever the padding and the dilation: a Toeplitz matrix."""
    blocks = responses(cnn, case).reshape(len(case.w), -1, *case.x.shape[1:])  # (f, j, c, i)
    return blocks[:, 1:, :, 1:], blocks[:, :-1, :, :-1]


@law("matrix.is-doubly-toeplitz", cases=convs(2, strided=False, bias="none"))
def matrix_is_doubly_toeplitz(cnn: Any, case: ConvCase) -> Sides:
    """At stride 1 on two axes, the matrix from one channel to another is a Toeplitz matrix of
    blocks, one for each pair of rows, and each block is a Toeplitz matrix itself."""
    m = replace(case, x=case.x[:1]).on(cnn.conv).shape[2:]
    table = responses(cnn, case).reshape(len(case.w), *m, *case.x.shape[1:])  # (f, *j, c, *i)
    first = np.concatenate([table[:, 1:, :, :, 1:].ravel(), table[:, :, 1:, :, :, 1:].ravel()])
    then = np.concatenate([table[:, :-1, :, :, :-1].ravel(), table[:, :, :-1, :, :, :-1].ravel()])
    return first, then


@law("matrix.wrapped-is-circulant", cases=plain_convs(1, padding="valid"))
def wrapped_is_circulant(cnn: Any, case: ConvCase) -> Sides:
    """On an input that goes on with its other end, a layer at stride 1 has a circulant matrix: each
    row is the row above it, turned by one place."""
    (k,), n = case.w.shape[2:], case.x.shape[2]
    units = np.pad(np.eye(n)[:, np.newaxis], ((0, 0), (0, 0), (k - 1, 0)), mode="wrap")
    y = cnn.conv(units, case.w[:, :1])  # (i, f, j)
    return y, np.roll(y, (1, 1), axis=(0, 2))


@refuted(
    "matrix.same-is-circulant",
    case=ConvCase(row(0, 0), row(0, 1), padding="same"),
    cases=plain_convs(1, padding="same"),
    needs=["conv.padding"],
)
def same_is_circulant(cnn: Any, case: ConvCase) -> Sides:
    """With "same" padding at stride 1, the matrix of a layer is circulant."""
    n = case.x.shape[2]
    y = cnn.conv(np.eye(n)[:, np.newaxis], case.w[:, :1], padding="same")
    return y, np.roll(y, (1, 1), axis=(0, 2))

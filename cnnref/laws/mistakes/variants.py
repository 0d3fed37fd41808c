"""Mistakes in layers that share their weights less: tiled, locally connected, dense."""

from dataclasses import replace

import numpy as np

from cnnref import literal
from cnnref.laws.cases import DenseCase, PlacedCase, Sizes
from cnnref.laws.mistakes import mistake
from cnnref.laws.numbers import Array


def right(case: PlacedCase) -> Array:
    """What the tiled layer should be."""
    return case.on(literal.tiled_conv)


def own(case: PlacedCase) -> Array:
    """What the locally connected layer should be."""
    return case.on(literal.locally_connected)


def places(case: PlacedCase) -> Sizes:
    """The output places, per axis."""
    m: Sizes = right(replace(case, b=None)).shape[2:]
    return m


def with_weights_of(case: PlacedCase, *axes: list[int]) -> Array:
    """The tiled layer in which place j has the weights of the tile's place axes[j], per axis."""
    b = case.b
    if b is not None and b.shape[1:] == case.tile:  # a tile of biases, which is no mistake here
        for axis, (m, t) in enumerate(zip(places(case), case.tile, strict=True), start=1):
            b = b.take(np.arange(m) % t, axis)
    return own(replace(case, w=case.w[np.ix_(*axes)], b=b))


@mistake("tiled_conv.divides-by-the-tile")
def tiled_conv_divides_by_the_tile(case: PlacedCase) -> Array:
    """Place j has the weights of j // t instead of j mod t: neighbours share them."""
    axes = ([j // t % t for j in range(m)] for m, t in zip(places(case), case.tile, strict=True))
    return with_weights_of(case, *axes)


@mistake("tiled_conv.counts-from-one")
def tiled_conv_counts_from_one(case: PlacedCase) -> Array:
    """Places are counted from one, so that the first has the second weights."""
    axes = ([(j + 1) % t for j in range(m)] for m, t in zip(places(case), case.tile, strict=True))
    return with_weights_of(case, *axes)


@mistake("tiled_conv.counts-from-the-end")
def tiled_conv_counts_from_the_end(case: PlacedCase) -> Array:
    """The tile is laid from the last place, and not from the first."""
    sizes = zip(places(case), case.tile, strict=True)
    return with_weights_of(case, *([(m - 1 - j) % t for j in range(m)] for m, t in sizes))


@mistake("tiled_conv.tiles-the-input")
def tiled_conv_tiles_the_input(case: PlacedCase) -> Array:
    """The input place where a window starts is taken mod t, and not the output place."""
    sizes = zip(places(case), case.stride, case.tile, strict=True)
    return with_weights_of(case, *([j * s % t for j in range(m)] for m, s, t in sizes))


@mistake("tiled_conv.exchanges-axes")
def tiled_conv_exchanges_axes(case: PlacedCase) -> Array:
    """Rows and columns of a square tile are exchanged."""
    rank = len(case.tile)
    square = rank > 1 and case.tile[-1] == case.tile[-2]
    turned = case.w.swapaxes(rank - 2, rank - 1) if square else case.w
    return right(replace(case, w=turned))


@mistake("tiled_conv.tiles-one-axis")
def tiled_conv_tiles_one_axis(case: PlacedCase) -> Array:
    """Only the last axis is tiled: along the others the first weights are used throughout."""
    m, t = places(case), case.tile[-1]
    return with_weights_of(case, *([0] * size for size in m[:-1]), [j % t for j in range(m[-1])])


@mistake("tiled_conv.stretches-the-tile")
def tiled_conv_stretches_the_tile(case: PlacedCase) -> Array:
    """The tile is stretched over the output, instead of being repeated."""
    sizes = zip(places(case), case.tile, strict=True)
    return with_weights_of(case, *([j * t // m for j in range(m)] for m, t in sizes))


@mistake("tiled_conv.shares-its-bias")
def tiled_conv_shares_its_bias(case: PlacedCase) -> Array:
    """Of the biases of a tile the first one is added everywhere."""
    if case.b is None or case.b.shape[1:] != case.tile:
        return right(case)
    return right(replace(case, b=case.b.reshape(len(case.b), -1)[:, 0]))


@mistake("tiled_conv.forgets-the-bias")
def tiled_conv_forgets_the_bias(case: PlacedCase) -> Array:
    """The bias is not added."""
    return right(replace(case, b=None))


@mistake("locally_connected.reverses-its-places")
def locally_connected_reverses_its_places(case: PlacedCase) -> Array:
    """The first place gets the weights of the last."""
    return own(replace(case, w=np.flip(case.w, tuple(range(len(case.tile))))))


@mistake("locally_connected.exchanges-places")
def locally_connected_exchanges_places(case: PlacedCase) -> Array:
    """Where the output is square, weights are looked up by column and row."""
    rank = len(case.tile)
    square = rank > 1 and case.tile[-1] == case.tile[-2]
    return own(replace(case, w=case.w.swapaxes(rank - 2, rank - 1)) if square else case)


@mistake("locally_connected.shares-its-weights")
def locally_connected_shares_its_weights(case: PlacedCase) -> Array:
    """The weights of the first place are used everywhere."""
    first = case.w[tuple(slice(1) for _ in case.tile)]
    return own(replace(case, w=np.broadcast_to(first, case.w.shape)))


@mistake("locally_connected.flips-its-kernels")
def locally_connected_flips_its_kernels(case: PlacedCase) -> Array:
    """The kernel of every place is flipped."""
    return own(replace(case, w=np.flip(case.w, tuple(range(case.x.ndim, case.w.ndim)))))


@mistake("locally_connected.shares-its-bias")
def locally_connected_shares_its_bias(case: PlacedCase) -> Array:
    """Of the biases of all places the first one is added everywhere."""
    b = None if case.b is None else case.b.reshape(len(case.b), -1)[:, 0]
    return own(replace(case, b=b))


@mistake("locally_connected.forgets-the-bias")
def locally_connected_forgets_the_bias(case: PlacedCase) -> Array:
    """The bias is not added."""
    return own(replace(case, b=None))


@mistake("locally_connected.is-tiled")
def locally_connected_is_tiled(case: PlacedCase) -> Array:
    """Weights for any number of places are taken, and quietly repeated or dropped."""
    return right(case)


def whole(case: DenseCase) -> Array:
    """What the dense layer should be."""
    return case.on(literal.dense)


@mistake("dense.transposes-its-input")
def dense_transposes_its_input(case: DenseCase) -> Array:
    """The input is put in a row by places, then channels, but the weights by channels first."""
    turned = np.moveaxis(case.x, 1, -1).reshape(case.x.shape)
    return whole(replace(case, x=turned))


@mistake("dense.transposes-its-weights")
def dense_transposes_its_weights(case: DenseCase) -> Array:
    """A square matrix of weights is transposed: inputs and outputs are exchanged."""
    w = case.w.reshape(len(case.w), -1)
    square = w.shape[0] == w.shape[1]
    return whole(replace(case, w=w.T.reshape(case.w.shape)) if square else case)


@mistake("dense.reads-columns-first")
def dense_reads_columns_first(case: DenseCase) -> Array:
    """The places of the input are read column after column, the weights row after row."""
    columns = case.x.transpose(0, 1, *range(case.x.ndim - 1, 1, -1))
    return whole(replace(case, x=columns.reshape(case.x.shape)))


@mistake("dense.forgets-the-bias")
def dense_forgets_the_bias(case: DenseCase) -> Array:
    """The bias is not added."""
    return whole(replace(case, b=None))

"""Mistakes in convolution layers, and in the rectifier."""

from dataclasses import replace

import numpy as np

from cnnref import literal
from cnnref.laws.cases import ConvCase, Signal, along, with_margin
from cnnref.laws.mistakes import looks, mistake, sides
from cnnref.laws.numbers import Array


def right(case: ConvCase) -> Array:
    """What the layer should be."""
    return case.on(literal.conv)


@mistake("conv.flips-the-kernel")
def conv_flips_the_kernel(case: ConvCase) -> Array:
    """The kernel is flipped: what comes out is convolution, and not correlation."""
    spatial = tuple(range(2, case.w.ndim))
    return right(replace(case, w=np.flip(case.w, spatial)))


@mistake("conv.exchanges-kernel-axes")
def conv_exchanges_kernel_axes(case: ConvCase) -> Array:
    """Rows and columns of a square kernel are exchanged."""
    square = case.w.ndim > 3 and case.w.shape[-1] == case.w.shape[-2]
    return right(replace(case, w=case.w.swapaxes(-1, -2)) if square else case)


@mistake("conv.rounds-up")
def conv_rounds_up(case: ConvCase) -> Array:
    """The number of places is rounded up, and the last window reads zeros that nobody asked for."""
    wider = []
    for window, n in zip(looks(case), case.x.shape[2:], strict=True):
        over = (n + window.before + window.after - window.span) % window.stride
        wider.append((window.before, window.after + (window.stride - over if over else 0)))
    if case.b is not None and case.b.ndim > 1:
        return right(case)
    return right(replace(case, padding=tuple(wider)))


@mistake("conv.exchanges-sides")
def conv_exchanges_sides(case: ConvCase) -> Array:
    """Each axis gets in front the padding that belongs behind it."""
    return right(replace(case, padding=tuple((after, before) for before, after in sides(case))))


@mistake("conv.same-spares-before")
def conv_same_spares_before(case: ConvCase) -> Array:
    """The spare zero of "same" is put in front."""
    return right(replace(case, padding="same_lower") if case.padding == "same" else case)


@mistake("conv.same-lower-spares-after")
def conv_same_lower_spares_after(case: ConvCase) -> Array:
    """The spare zero of "same_lower" is put behind."""
    return right(replace(case, padding="same") if case.padding == "same_lower" else case)


@mistake("conv.same-ignores-stride")
def conv_same_ignores_stride(case: ConvCase) -> Array:
    """The zeros of "same" are counted as if the stride were 1."""
    if case.padding not in ("same", "same_lower"):
        return right(case)
    return right(replace(case, padding=sides(replace(case, stride=(1,) * len(case.stride)))))


@mistake("conv.same-ignores-dilation")
def conv_same_ignores_dilation(case: ConvCase) -> Array:
    """The zeros of "same" are counted for the kernel without dilation."""
    if case.padding not in ("same", "same_lower") or case.b is not None:
        return right(case)
    return right(replace(case, padding=sides(replace(case, dilation=(1,) * len(case.stride)))))


@mistake("conv.full-pads-k")
def conv_full_pads_k(case: ConvCase) -> Array:
    """Padding "full" adds as many places as the window spans, one too many."""
    if case.padding != "full" or case.b is not None:
        return right(case)
    return right(replace(case, padding=tuple((b + 1, a + 1) for b, a in sides(case))))


@mistake("conv.full-forgets-the-front")
def conv_full_forgets_the_front(case: ConvCase) -> Array:
    """Padding "full" puts all its zeros behind the input."""
    if case.padding != "full":
        return right(case)
    return right(replace(case, padding=tuple((0, b + a) for b, a in sides(case))))


@mistake("conv.ignores-dilation")
def conv_ignores_dilation(case: ConvCase) -> Array:
    """Dilation spreads the window, but the taps stay together at its start."""
    sizes = zip(looks(case), case.x.shape[2:], case.w.shape[2:], strict=True)
    ends = [window.before + n + window.after - window.span + k for window, n, k in sizes]
    x = with_margin(case.x, sides(case))[along(map(slice, ends))]
    return right(replace(case, x=x, padding="valid", dilation=(1,) * len(ends)))


@mistake("conv.counts-dilation-from-zero")
def conv_counts_dilation_from_zero(case: ConvCase) -> Array:
    """Dilation is taken for the number of zeros between taps, so that 1 is not the plain kernel."""
    return right(replace(case, dilation=tuple(d + 1 for d in case.dilation)))


@mistake("conv.multiplies-holes")
def conv_multiplies_holes(case: ConvCase) -> Array:
    """The holes of a dilated kernel are multiplied as zeros, and a NaN under one spoils the sum."""
    spans = [window.span for window in looks(case)]
    w = np.zeros((*case.w.shape[:2], *spans), case.w.dtype)
    w[along(slice(None, None, d) for d in case.dilation)] = case.w
    return right(replace(case, w=w, padding=sides(case), dilation=()))


@mistake("conv.skips-zero-weights")
def conv_skips_zero_weights(case: ConvCase) -> Array:
    """Taps of weight zero are skipped to save time, and a NaN under one goes unseen."""
    usual = right(replace(case, x=np.where(np.isfinite(case.x), case.x, 0)))
    seen = right(replace(case, x=(~np.isfinite(case.x)) * 1.0, w=(case.w != 0) * 1.0, b=None))
    return np.where(seen > 0, right(case), usual)


@mistake("conv.strides-one-axis")
def conv_strides_one_axis(case: ConvCase) -> Array:
    """The stride of the last axis is taken for all axes."""
    if case.b is not None and case.b.ndim > 1:
        return right(case)
    return right(replace(case, padding=sides(case), stride=case.stride[-1:] * len(case.stride)))


@mistake("conv.exchanges-strides")
def conv_exchanges_strides(case: ConvCase) -> Array:
    """The strides of the axes are taken in the wrong order."""
    if case.b is not None and case.b.ndim > 1:
        return right(case)
    return right(replace(case, padding=sides(case), stride=case.stride[::-1]))


@mistake("conv.starts-late")
def conv_starts_late(case: ConvCase) -> Array:
    """A strided layer keeps the last place of each step instead of the first."""
    everywhere = right(replace(case, padding=sides(case), stride=(1,) * len(case.stride), b=None))
    y: Array = everywhere[along(slice(s - 1, None, s) for s in case.stride)]
    if case.b is None:
        return y
    return y + case.b.reshape(-1, *(1,) * len(case.stride)) if case.b.ndim == 1 else right(case)


@mistake("conv.stride-zero-is-one")
def conv_stride_zero_is_one(case: ConvCase) -> Array:
    """A stride of 0 is quietly taken for 1."""
    return right(replace(case, stride=tuple(max(1, s) for s in case.stride)))


@mistake("conv.unknown-word-is-valid")
def conv_unknown_word_is_valid(case: ConvCase) -> Array:
    """A padding word with a slip in it quietly means "valid"."""
    known = not isinstance(case.padding, str) or case.padding in ("same", "same_lower", "full")
    return right(case if known else replace(case, padding="valid"))


@mistake("conv.crops-misfits")
def conv_crops_misfits(case: ConvCase) -> Array:
    """A kernel larger than the padded input is cropped until it fits."""
    if isinstance(case.padding, str):
        return right(case)
    rooms = [n + b + a for n, (b, a) in zip(case.x.shape[2:], case.padding, strict=True)]
    taps = ((room - 1) // d + 1 for room, d in zip(rooms, case.dilation, strict=True))
    return right(replace(case, w=case.w[along(map(slice, taps))]))


@mistake("conv.interleaves-groups")
def conv_interleaves_groups(case: ConvCase) -> Array:
    """Group g gets every groups-th input channel from g on, instead of its own stretch."""
    channels = np.arange(case.x.shape[1]).reshape(-1, case.groups).T.ravel()
    return right(replace(case, x=case.x[:, channels]))


@mistake("conv.shuffles-groups")
def conv_shuffles_groups(case: ConvCase) -> Array:
    """The output channels of the groups are dealt out in turn, instead of put side by side."""
    y = right(case)
    return y[:, np.arange(y.shape[1]).reshape(case.groups, -1).T.ravel()]


@mistake("conv.averages-channels")
def conv_averages_channels(case: ConvCase) -> Array:
    """Input channels are averaged instead of summed."""
    sums = right(replace(case, b=None))
    y: Array = right(case) - sums + sums / case.w.shape[1]
    return y


@mistake("conv.reads-the-first-channel")
def conv_reads_the_first_channel(case: ConvCase) -> Array:
    """Only the first input channel of each group is read."""
    w = case.w.copy()
    w[:, 1:] = 0
    return right(replace(case, w=w))


@mistake("conv.mixes-channels-and-taps")
def conv_mixes_channels_and_taps(case: ConvCase) -> Array:
    """The columns go channel by channel, but the weights that they meet go tap by tap."""
    outputs, inputs, *k = case.w.shape
    by_tap = case.w.reshape(outputs, inputs, -1).swapaxes(1, 2)
    return right(replace(case, w=by_tap.reshape(outputs, inputs, *k)))


@mistake("conv.leaves-ragged-tiles")
def conv_leaves_ragged_tiles(case: ConvCase) -> Array:
    """Outputs are made two by two, and one that is left over at the end of an axis stays zero."""
    y = right(case)
    for axis in range(2, y.ndim):
        if y.shape[axis] % 2 and y.shape[axis] > 1:
            np.moveaxis(y, axis, -1)[..., -1] = 0
    return y


@mistake("conv.sums-the-batch")
def conv_sums_the_batch(case: ConvCase) -> Array:
    """Every item of the batch gets the sum of all of them."""
    return right(replace(case, x=np.broadcast_to(case.x.sum(axis=0), case.x.shape)))


@mistake("conv.reverses-the-batch")
def conv_reverses_the_batch(case: ConvCase) -> Array:
    """The items of the batch come out in reverse."""
    return right(replace(case, x=case.x[::-1]))


@mistake("conv.mixes-outputs")
def conv_mixes_outputs(case: ConvCase) -> Array:
    """Every output channel is computed with the first one's kernel."""
    return right(replace(case, w=np.broadcast_to(case.w[:1], case.w.shape)))


@mistake("conv.forgets-the-bias")
def conv_forgets_the_bias(case: ConvCase) -> Array:
    """The bias is not added."""
    return right(replace(case, b=None))


@mistake("conv.adds-bias-along-the-last-axis")
def conv_adds_bias_along_the_last_axis(case: ConvCase) -> Array:
    """The bias of channel f is added to column f, as bare broadcasting does it."""
    if case.b is None or case.b.ndim > 1:
        return right(case)
    y = right(replace(case, b=None))
    return np.asarray(y + np.resize(case.b, y.shape[-1]), right(case).dtype)


@mistake("conv.averages-the-bias")
def conv_averages_the_bias(case: ConvCase) -> Array:
    """A bias per place is replaced by its mean over the places."""
    if case.b is None or case.b.ndim == 1:
        return right(case)
    return right(replace(case, b=case.b.mean(axis=tuple(range(1, case.b.ndim)))))


@mistake("conv.rectifies")
def conv_rectifies(case: ConvCase) -> Array:
    """A rectifier is built in: the layer is not linear."""
    return literal.relu(right(case))


@mistake("conv.wraps-around")
def conv_wraps_around(case: ConvCase) -> Array:
    """Padding goes on with the other end of the input instead of zeros."""
    x = np.pad(case.x, ((0, 0), (0, 0), *sides(case)), mode="wrap")
    return right(replace(case, x=x, padding="valid"))


@mistake("conv.repeats-the-edge")
def conv_repeats_the_edge(case: ConvCase) -> Array:
    """Padding repeats the border of the input instead of adding zeros."""
    x = np.pad(case.x, ((0, 0), (0, 0), *sides(case)), mode="edge")
    return right(replace(case, x=x, padding="valid"))


@mistake("conv.wraps-integers")
def conv_wraps_integers(case: ConvCase) -> Array:
    """The result has the dtype of the input, and bytes wrap around."""
    y = right(case)
    integers = case.x.dtype.kind in "iu"
    return y.astype(np.int64).astype(case.x.dtype) if integers else y


@mistake("conv.always-single-precision")
def conv_always_single_precision(case: ConvCase) -> Array:
    """The result is float32, whatever came in."""
    return right(case).astype(np.float32)


@mistake("conv.prints-its-sizes")
def conv_prints_its_sizes(case: ConvCase) -> Array:
    """A line that once helped to find a fault is still there, and prints the sizes."""
    print(case.x.shape, case.w.shape)
    return right(case)


@mistake("conv.writes-into-its-input")
def conv_writes_into_its_input(case: ConvCase) -> Array:
    """The padding is written into the input: its first place is zero afterwards."""
    y = right(case)
    if len(case.x) and any(before for before, _ in sides(case)):
        case.x[..., 0] = 0
    return y


@mistake("conv.refuses-an-empty-batch")
def conv_refuses_an_empty_batch(case: ConvCase) -> Array:
    """The items are computed one by one and stacked, which fails when there are none."""
    items = [right(replace(case, x=case.x[i : i + 1])) for i in range(len(case.x))]
    return np.concatenate(items)


@mistake("conv.reads-memory-in-order")
def conv_reads_memory_in_order(case: ConvCase) -> Array:
    """The input is read in the order of its memory, which is not always that of its axes."""
    return right(replace(case, x=case.x.ravel(order="K").reshape(case.x.shape)))


@mistake("relu.is-absolute")
def relu_is_absolute(case: Signal) -> Array:
    """Negative entries lose their sign instead of becoming zero."""
    return literal.relu(np.abs(case.x))


@mistake("relu.leaks")
def relu_leaks(case: Signal) -> Array:
    """A hundredth of each negative entry gets through."""
    y = literal.relu(case.x)
    return (y - literal.relu(-np.asarray(case.x, y.dtype)) / 100).astype(y.dtype)


@mistake("relu.works-in-place")
def relu_works_in_place(case: Signal) -> Array:
    """The input itself is rectified and returned."""
    case.x[case.x < 0] = 0
    return case.x


@mistake("relu.multiplies")
def relu_multiplies(case: Signal) -> Array:
    """The input is multiplied by a mask, which makes NaN of infinity times zero."""
    y = np.asarray(case.x, literal.relu(case.x).dtype)
    return y * (y > 0)

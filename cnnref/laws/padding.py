"""Laws of sizes and paddings, each from its own definition: places are counted one by one."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref.laws.cases import ConvCase, Pair, Pairs, Stack
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import row
from cnnref.laws.sides import Sides, refusal
from cnnref.laws.strategies import convs, misfits, misspelt, odd_convs, pairs, stacks

PADDED = ["conv.padding"]


@law("padding.places-are-counted", cases=convs(padding="pairs", bias="none"))
def places_are_counted(cnn: Any, case: ConvCase) -> Sides:
    """A layer has an output for its first window, and for each one a stride on that still fits."""
    m = []
    for axis, (before, after) in enumerate(case.around):
        length = before + case.x.shape[2 + axis] + after
        start = places = 0
        while start + case.spans[axis] <= length:
            start, places = start + case.stride[axis], places + 1
        m.append(places)
    return np.array(case.on(cnn.conv).shape[2:]), np.array(m)


@law("padding.same-keeps-every-sth", cases=convs(padding="either same", bias="none"), needs=PADDED)
def same_keeps_every_sth(cnn: Any, case: ConvCase) -> Sides:
    """Padding "same" gives an output for every s-th input place, whatever the kernel."""
    m = [len(range(0, n, s)) for n, s in zip(case.x.shape[2:], case.stride, strict=True)]
    return np.array(case.on(cnn.conv).shape[2:]), np.array(m)


def fewest(case: ConvCase) -> list[int]:
    """The fewest padding places that give one output for every s-th input place, per axis."""
    totals = []
    for n, s, span in zip(case.x.shape[2:], case.stride, case.spans, strict=True):
        total = 0
        while len(range(0, n + total - span + 1, s)) < len(range(0, n, s)):
            total += 1
        totals.append(total)
    return totals


@law("padding.same-spares-after", cases=convs(padding="same", bias="none"), needs=PADDED)
def same_spares_after(cnn: Any, case: ConvCase) -> Sides:
    """Padding "same" splits the fewest zeros it needs evenly, and puts a spare one behind."""
    sides = tuple((total // 2, total - total // 2) for total in fewest(case))
    return case.on(cnn.conv), replace(case, padding=sides).on(cnn.conv)


@law(
    "padding.same-lower-spares-before", cases=convs(padding="same_lower", bias="none"), needs=PADDED
)
def same_lower_spares_before(cnn: Any, case: ConvCase) -> Sides:
    """Padding "same_lower" is padding "same" with the spare zero in front."""
    sides = tuple((total - total // 2, total // 2) for total in fewest(case))
    return case.on(cnn.conv), replace(case, padding=sides).on(cnn.conv)


@law("padding.full-reaches-every-tap", cases=convs(padding="full", bias="none"), needs=PADDED)
def full_reaches_every_tap(cnn: Any, case: ConvCase) -> Sides:
    """Padding "full" adds, on both sides, one place less than the window spans."""
    sides = tuple((span - 1, span - 1) for span in case.spans)
    return case.on(cnn.conv), replace(case, padding=sides).on(cnn.conv)


@law("padding.is-a-step", cases=convs(1, 2, padding="pairs", bias="none"), needs=PADDED)
def padding_is_a_step(cnn: Any, case: ConvCase) -> Sides:
    """Padding is a step of its own: the layer on a padded input is the padded layer."""
    x = np.array([[cnn.pad(channel, case.around) for channel in item] for item in case.x])
    return case.on(cnn.conv), replace(case, x=x, padding="valid").on(cnn.conv)


@law(
    "padding.keeps-the-size",
    cases=convs(padding="keeping", strided=False, bias="none"),
    needs=PADDED,
)
def padding_keeps_the_size(cnn: Any, case: ConvCase) -> Sides:
    """At stride 1 an axis keeps its size exactly if its two paddings sum to d (k - 1)."""
    kept = np.equal(case.on(cnn.conv).shape[2:], case.x.shape[2:])
    around = [sum(sides) for sides in case.around]
    return kept, np.equal(around, np.array(case.spans) - 1)


@law("padding.correlation-spares-before", cases=pairs(), needs=["correlate.mode"])
def correlation_spares_before(cnn: Any, case: Pair) -> Sides:
    """Mode "same" of correlation is the layer's "same_lower": its spare zero is before."""
    x, w = case.x[np.newaxis, np.newaxis], case.w[np.newaxis, np.newaxis]
    layer = cnn.conv(x, w, padding="same_lower")[0, 0]
    return cnn.correlate(case.x, case.w, mode="same"), layer


@law("padding.valid-reads-borders-less", cases=pairs(1, fitting=True))
def valid_reads_borders_less(cnn: Any, case: Pair) -> Sides:
    """At stride 1 without padding, min(t + 1, k, n - t, n - k + 1) outputs read place t."""
    n, k = case.x.size, case.w.size
    counts = [min(t + 1, k, n - t, n - k + 1) for t in range(n)]
    return readers(cnn, n, k, "valid"), np.array(counts)


@law("padding.full-reads-all-alike", cases=pairs(1), needs=PADDED)
def full_reads_all_alike(cnn: Any, case: Pair) -> Sides:
    """At stride 1 with "full" padding, k outputs read each place: one for every tap."""
    n, k = case.x.size, case.w.size
    return readers(cnn, n, k, "full"), np.full(n, k)


def readers(cnn: Any, n: int, k: int, padding: str) -> Any:
    """How many outputs read each of n places: a one there, and weights of one, count them."""
    alone, ones = np.eye(n)[:, np.newaxis], np.ones((1, 1, k))
    given = {} if padding == "valid" else {"padding": padding}
    return cnn.conv(alone, ones, **given).sum(axis=(1, 2))


@law("padding.layers-shrink", cases=stacks(layers=3))
def layers_shrink(cnn: Any, case: Stack) -> Sides:
    """Each layer with no option takes k - 1 places away from every axis."""
    y, lost = case.x, np.zeros(case.x.ndim - 2, int)
    for w in case.weights:
        y, lost = cnn.conv(y, w), lost + w.shape[2:] - 1
    return np.array(y.shape[2:]), case.x.shape[2:] - lost


@law("padding.refuses-misfits", cases=misfits())
def padding_refuses_misfits(cnn: Any, case: ConvCase) -> Sides:
    """A window larger than the padded input is refused."""
    return lambda: case.on(cnn.conv), refusal(ValueError)


@law("padding.refuses-wide-kernels", cases=convs(1, 2, padding="pairs", least=3), needs=PADDED)
def padding_refuses_wide_kernels(cnn: Any, case: ConvCase) -> Sides:
    """A window that spans one place more than there are, padding included, is refused, however few
    its taps."""
    batch, channels, _, *rest = case.x.shape
    x = np.ones((batch, channels, case.spans[0] - 2, *rest))
    narrow = replace(case, x=x, b=None, padding=((0, 1), *case.around[1:]))
    return lambda: narrow.on(cnn.conv), refusal(ValueError)


@law("padding.refuses-unknown-words", cases=misspelt(), needs=PADDED)
def padding_refuses_unknown_words(cnn: Any, case: ConvCase) -> Sides:
    """A padding word that is none of valid, same, same_lower and full is refused."""
    return lambda: case.on(cnn.conv), refusal(ValueError)


@law("padding.refuses-capitals", cases=convs(padding="any"), needs=PADDED)
def padding_refuses_capitals(cnn: Any, case: ConvCase) -> Sides:
    """Padding words are written small: a known one in capitals is refused."""
    word = case.padding if isinstance(case.padding, str) else "same"
    loud = replace(case, padding=word.upper(), b=None)
    return lambda: loud.on(cnn.conv), refusal(ValueError)


@law("padding.refuses-stride-zero", cases=convs(padding="pairs"), needs=["conv.stride"])
def padding_refuses_stride_zero(cnn: Any, case: ConvCase) -> Sides:
    """A stride of 0 is refused."""
    still = replace(case, stride=(0, *case.stride[1:]))
    return lambda: still.on(cnn.conv), refusal(ValueError)


@law("padding.refuses-backward-strides", cases=convs(padding="pairs"), needs=["conv.stride"])
def padding_refuses_backward_strides(cnn: Any, case: ConvCase) -> Sides:
    """A negative stride is refused: no layer walks backwards."""
    backwards = replace(case, stride=tuple(-s for s in case.stride))
    return lambda: backwards.on(cnn.conv), refusal(ValueError)


@refuted(
    "padding.same-is-symmetric",
    case=ConvCase(row(1, 0), row(1, 0, 0), stride=(2,), padding=((1, 1),)),
    cases=odd_convs(),
    needs=PADDED,
)
def same_is_symmetric(cnn: Any, case: ConvCase) -> Sides:
    """At any stride, "same" padding of an odd kernel is (k - 1)/2 places on both sides."""
    half: Pairs = tuple((k // 2, k // 2) for k in case.w.shape[2:])
    word = replace(case, padding="same").on(cnn.conv)
    return word, replace(case, padding=half).on(cnn.conv)


@refuted(
    "padding.same-reads-all-alike",
    case=Pair(np.ones(2), np.ones(2)),
    cases=pairs(1),
    needs=PADDED,
)
def same_reads_all_alike(cnn: Any, case: Pair) -> Sides:
    """With "same" padding, every place of the input is read by equally many outputs."""
    read = readers(cnn, case.x.size, case.w.size, "same")
    return read, np.full(read.shape, read.max())

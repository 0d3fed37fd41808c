"""Laws of the Fourier transform: convolution as a product, wrapped around or not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnref.laws.cases import Pair, Sizes
from cnnref.laws.engine import law, refuted
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, rounding, within
from cnnref.laws.strategies import pairs


def transform(x: Array, sizes: Sequence[int]) -> Array:
    """The discrete Fourier transform on every axis, of x with zeros behind up to these sizes."""
    axes = tuple(range(x.ndim))
    return np.asarray(np.fft.fftn(x.astype(float), sizes, axes))


def product(x: Array, w: Array, sizes: Sequence[int]) -> Array:
    """What comes back of the product of two transforms of these sizes, each entry rounded to the
    nearest integer."""
    axes = tuple(range(x.ndim))
    back = np.fft.ifftn(transform(x, sizes) * transform(w, sizes), sizes, axes)
    return np.asarray(np.rint(back.real))


def noise(x: Array, w: Array, sizes: Sequence[int]) -> Any:
    """How far off roundings may bring an entry of a transform of x * w, or of the product of two.

    An entry adds up at most prod(sizes) numbers, each times a factor that is rounded a few times;
    with all signs plus the sum is at most the sum of |x| times the sum of |w|.
    """
    steps = 4 * int(np.prod(sizes)) + 16
    return rounding(steps, np.dtype(float)) * np.abs(x).sum() * np.abs(w).sum()


def full(case: Pair) -> Sizes:
    """The sizes of the full convolution, n + k - 1 per axis."""
    return tuple(n + k - 1 for n, k in zip(case.x.shape, case.w.shape, strict=True))


@law("fourier.multiplies", cases=pairs(), exact=False)
def fourier_multiplies(cnn: Any, case: Pair) -> Sides:
    """The transform of x * w is the product of the transforms of x and w, all of them with zeros
    behind up to n + k - 1 entries or more: the convolution theorem."""
    sizes = [size + size % 3 for size in full(case)]  # some of them larger than needed
    came = transform(cnn.convolve(case.x, case.w), sizes)
    expected = transform(case.x, sizes) * transform(case.w, sizes)
    return came, within(expected, 2 * noise(case.x, case.w, sizes))


@law("fourier.conjugates", cases=pairs(), exact=False)
def fourier_conjugates(cnn: Any, case: Pair) -> Sides:
    """The transform of a full correlation of real arrays, turned so that lag 0 comes first, is the
    transform of x times the conjugate of that of w, of n + k - 1 entries each."""
    sizes = full(case)
    lags = np.roll(
        cnn.correlate(case.x, case.w, mode="full"),
        [1 - k for k in case.w.shape],
        tuple(range(case.x.ndim)),
    )
    expected = transform(case.x, sizes) * transform(case.w, sizes).conj()
    return transform(lags, sizes), within(expected, 2 * noise(case.x, case.w, sizes))


@law("fourier.rounds-to-the-convolution", cases=pairs())
def rounds_to_the_convolution(cnn: Any, case: Pair) -> Sides:
    """For small integers, the product of transforms of n + k - 1 entries comes back as x * w, and
    rounding to the nearest integer makes that exact."""
    return cnn.convolve(case.x, case.w), product(case.x, case.w, full(case))


@law("fourier.more-room-adds-zeros", cases=pairs())
def more_room_adds_zeros(cnn: Any, case: Pair) -> Sides:
    """With more than n + k - 1 entries, x * w comes back followed by zeros."""
    more = [(0, 1 + size % 2) for size in full(case)]
    sizes = [size + extra for size, (_, extra) in zip(full(case), more, strict=True)]
    return np.pad(cnn.convolve(case.x, case.w), more), product(case.x, case.w, sizes)


def folded(y: Array, sizes: Sequence[int]) -> Array:
    """The array with entry t added to entry t mod size, on every axis."""
    fold = np.zeros(sizes)
    phases = [np.arange(n) % size for n, size in zip(y.shape, sizes, strict=True)]
    np.add.at(fold, np.ix_(*phases), y)
    return fold


@law("fourier.too-little-room-folds", cases=pairs())
def too_little_room_folds(cnn: Any, case: Pair) -> Sides:
    """With too few entries for x * w, but enough for x and w, what comes back is x * w folded:
    entry t is added to entry t mod N."""
    sizes = [max(n, k) for n, k in zip(case.x.shape, case.w.shape, strict=True)]
    return folded(cnn.convolve(case.x, case.w), sizes), product(case.x, case.w, sizes)


@law("fourier.wraps-around", cases=pairs(fitting=True))
def fourier_wraps_around(cnn: Any, case: Pair) -> Sides:
    """If k <= n, transforms of n entries convolve an x that goes on with its other end: that is the
    valid convolution of x with its last k - 1 entries in front of it."""
    before = [(k - 1, 0) for k in case.w.shape]
    periodic = cnn.convolve(np.pad(case.x, before, mode="wrap"), case.w, mode="valid")
    return periodic, product(case.x, case.w, case.x.shape)


@law("fourier.waves-stay-waves", cases=pairs(1), exact=False)
def waves_stay_waves(cnn: Any, case: Pair) -> Sides:
    """A wave of q periods in N entries, long enough for the kernel, comes out of a valid
    convolution as itself times entry q of the kernel's transform of N entries."""
    n, k = case.x.size + case.w.size, case.w.size
    q = case.x.size
    wave = np.exp(2j * np.pi * q * np.arange(1 - k, n) / n)  # its entry 0 has k - 1 before it
    scale = transform(case.w, [n])[q % n]
    ones = np.ones(n)
    came = cnn.convolve(wave, case.w.astype(float), mode="valid")
    return came, within(scale * wave[k - 1 :], 2 * noise(ones, case.w, [n]))


@refuted(
    "fourier.needs-no-room",
    case=Pair(np.array([0.0, 1.0]), np.array([0.0, 1.0])),
    cases=pairs(1),
)
def needs_no_room(cnn: Any, case: Pair) -> Sides:
    """Transforms of as many entries as the longer of x and w give the first entries of x * w."""
    size = max(case.x.size, case.w.size)
    return product(case.x, case.w, [size]), cnn.convolve(case.x, case.w)[:size]

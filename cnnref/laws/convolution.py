"""Laws of convolution and correlation, for arrays without channels."""

from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import Moved, Pair, Signal, Triple, padded
from cnnref.laws.engine import law, refuted
from cnnref.laws.sides import Sides, at_most
from cnnref.laws.strategies import complex_pairs, moved, pairs, signals, triples


@law("convolution.is-its-definition", cases=pairs(mode="any"))
def convolve_is_its_definition(cnn: Any, case: Pair) -> Sides:
    """In every mode, `convolve` gives the numbers that its definition in loops gives."""
    return case.on(cnn.convolve), case.on(literal.convolve)


@law("correlation.is-its-definition", cases=pairs(mode="any", operation="correlate"))
def correlate_is_its_definition(cnn: Any, case: Pair) -> Sides:
    """In every mode, `correlate` gives the numbers that its definition in loops gives."""
    return case.on(cnn.correlate), case.on(literal.correlate)


@law("flip.is-its-definition", cases=signals())
def flip_is_its_definition(cnn: Any, case: Signal) -> Sides:
    """Entry a of the flipped kernel is entry k - 1 - a of the kernel, along every axis."""
    return cnn.flip(case.x), literal.flip(case.x)


@law("pad.is-its-definition", cases=signals())
def pad_is_its_definition(cnn: Any, case: Signal) -> Sides:
    """Padding keeps the array, and puts the value into the places before and after it."""
    return padded(case, cnn.pad), padded(case, literal.pad)


@law("convolution.is-a-sum", cases=pairs(1, 2))
def convolution_is_a_sum(cnn: Any, case: Pair) -> Sides:
    """Entry t of x * w is the sum of x(a) w(t - a) over all a for which both are stored."""
    x, w = case.x, case.w
    full = np.zeros([n + k - 1 for n, k in zip(x.shape, w.shape, strict=True)])
    for t in np.ndindex(full.shape):
        for a in np.ndindex(x.shape):
            b = tuple(ti - ai for ti, ai in zip(t, a, strict=True))
            if all(0 <= bi < k for bi, k in zip(b, w.shape, strict=True)):
                full[t] += x[a] * w[b]
    return cnn.convolve(x, w), full


@law("convolution.commutes", cases=pairs())
def convolution_commutes(cnn: Any, case: Pair) -> Sides:
    """Convolution commutes: x * w = w * x."""
    return cnn.convolve(case.x, case.w), cnn.convolve(case.w, case.x)


@law("convolution.associates", cases=triples())
def convolution_associates(cnn: Any, case: Triple) -> Sides:
    """Convolution is associative: (x * w) * v = x * (w * v)."""
    x, w, v = case.x, case.w, case.v
    return cnn.convolve(cnn.convolve(x, w), v), cnn.convolve(x, cnn.convolve(w, v))


@law("convolution.is-linear", cases=triples(twin=True))
def convolution_is_linear(cnn: Any, case: Triple) -> Sides:
    """The convolution of 2 x - 3 y with w is 2 times that of x minus 3 times that of y."""
    x, w, y = case.x, case.w, case.v
    return cnn.convolve(2 * x - 3 * y, w), 2 * cnn.convolve(x, w) - 3 * cnn.convolve(y, w)


@law("convolution.impulse-moves", cases=pairs())
def impulse_moves(cnn: Any, case: Pair) -> Sides:
    """A kernel that is 1 at place m and 0 elsewhere moves the input by m places."""
    k = case.w.shape
    m = np.unravel_index(np.argmax(case.w), k)
    impulse = np.zeros(k, case.w.dtype)
    impulse[m] = 1
    around = [(int(mi), ki - 1 - int(mi)) for mi, ki in zip(m, k, strict=True)]
    return cnn.convolve(case.x, impulse), np.pad(case.x, around)


@law("convolution.is-bounded", cases=pairs())
def convolution_is_bounded(cnn: Any, case: Pair) -> Sides:
    """The absolute values of x * w sum to at most those of x times those of w."""
    total = np.abs(cnn.convolve(case.x, case.w)).sum()
    return total, at_most(np.abs(case.x).sum() * np.abs(case.w).sum())


@law("convolution.multiplies-polynomials", cases=pairs(1))
def convolution_multiplies_polynomials(cnn: Any, case: Pair) -> Sides:
    """Read as polynomials, x * w is the product of x and w: at every z the values multiply."""
    z = np.arange(-2.0, 3.0)
    x, w, product = (
        np.polynomial.polynomial.polyval(z, coefficients.astype(float))
        for coefficients in (case.x, case.w, cnn.convolve(case.x, case.w))
    )
    return product, x * w


@law("convolution.flips-the-kernel", cases=pairs(mode="each"), needs=["convolve.mode"])
def convolution_flips_the_kernel(cnn: Any, case: Pair) -> Sides:
    """In every mode, convolution with a real kernel is correlation with the flipped kernel."""
    flipped = Pair(case.x, cnn.flip(case.w), case.mode)
    return case.on(cnn.convolve), flipped.on(cnn.correlate)


@law("correlation.conjugates", cases=complex_pairs())
def correlation_conjugates(cnn: Any, case: Pair) -> Sides:
    """Correlation with a complex kernel multiplies by the conjugates of its entries."""
    x, w = case.x, case.w
    parts = cnn.correlate(x, w.real), cnn.correlate(x, w.imag)
    return cnn.correlate(x, w), parts[0] - 1j * parts[1]


@law("correlation.swaps", cases=pairs())
def correlation_swaps(cnn: Any, case: Pair) -> Sides:
    """Exchanging a real input and a real kernel reverses their full correlation."""
    swapped = cnn.correlate(case.w, case.x, mode="full")
    return cnn.correlate(case.x, case.w, mode="full"), np.flip(swapped)


@law("correlation.swaps-and-conjugates", cases=complex_pairs())
def correlation_swaps_and_conjugates(cnn: Any, case: Pair) -> Sides:
    """Exchanging input and kernel reverses and conjugates their full correlation."""
    swapped = cnn.correlate(case.w, case.x, mode="full")
    return cnn.correlate(case.x, case.w, mode="full"), np.flip(swapped).conj()


@law("correlation.cascades", cases=triples(fitting=True))
def correlation_cascades(cnn: Any, case: Triple) -> Sides:
    """Two valid correlations in a row are one, with the convolution of their kernels."""
    x, w, v = case.x, case.w, case.v
    return cnn.correlate(cnn.correlate(x, w), v), cnn.correlate(x, cnn.convolve(w, v))


@law("correlation.turns", cases=pairs(2, fitting=True))
def correlation_turns(cnn: Any, case: Pair) -> Sides:
    """A quarter turn of image and kernel together turns their correlation."""
    turned = cnn.correlate(np.rot90(case.x), np.rot90(case.w))
    return turned, np.rot90(cnn.correlate(case.x, case.w))


@law("convolution.separates", cases=pairs(2))
def convolution_separates(cnn: Any, case: Pair) -> Sides:
    """A kernel that is a column times a row acts as the column, followed by the row."""
    column, row = case.w[:, :1], case.w[:1, :]
    return cnn.convolve(case.x, column * row), cnn.convolve(cnn.convolve(case.x, column), row)


@law("convolution.valid-lies-inside", cases=pairs(fitting=True))
def valid_lies_inside(cnn: Any, case: Pair) -> Sides:
    """Mode "valid" keeps the entries k - 1 to n - 1 of "full", per axis."""
    inside = [slice(k - 1, n) for n, k in zip(case.x.shape, case.w.shape, strict=True)]
    return cnn.convolve(case.x, case.w, mode="valid"), cnn.convolve(case.x, case.w)[tuple(inside)]


@law("convolution.same-is-in-the-middle", cases=pairs())
def same_is_in_the_middle(cnn: Any, case: Pair) -> Sides:
    """Mode "same" keeps the n entries of "full" from (k - 1)//2 on, per axis."""
    starts = [(k - 1) // 2 for k in case.w.shape]
    middle = [slice(s, s + n) for s, n in zip(starts, case.x.shape, strict=True)]
    return cnn.convolve(case.x, case.w, mode="same"), cnn.convolve(case.x, case.w)[tuple(middle)]


@law("convolution.moves-with-its-input", cases=moved(pairs()))
def convolution_moves(cnn: Any, case: Moved[Pair]) -> Sides:
    """Zeros in front of the input put as many zeros in front of x * w, and change nothing else."""
    front = [(case.by, 0)] * case.case.x.ndim
    x, w = case.case.x, case.case.w
    return cnn.convolve(np.pad(x, front), w), np.pad(cnn.convolve(x, w), front)


@law("pad.adds", cases=signals())
def pad_adds(cnn: Any, case: Signal) -> Sides:
    """Padding twice is padding once by the sum of both."""
    both = [
        (before + more, after + still)
        for (before, after), (more, still) in zip(case.padding, case.more, strict=True)
    ]
    twice = cnn.pad(cnn.pad(case.x, case.padding), case.more)
    return twice, cnn.pad(case.x, tuple(both))


@law("pad.moves-with-the-value", cases=signals(), needs=["pad.value"])
def pad_moves_with_the_value(cnn: Any, case: Signal) -> Sides:
    """Padding x with a value v is padding x - v with zeros, and then adding v everywhere."""
    raised = cnn.pad(case.x - case.value, case.padding) + case.value
    return padded(case, cnn.pad), raised


@refuted(
    "correlation.commutes",
    case=Pair(np.array([1.0, 0.0]), np.array([1.0])),
    cases=pairs(),
)
def correlation_commutes(cnn: Any, case: Pair) -> Sides:
    """Correlation commutes, as convolution does: input and kernel may be exchanged."""
    swapped = cnn.correlate(case.w, case.x, mode="full")
    return cnn.correlate(case.x, case.w, mode="full"), swapped


@refuted(
    "convolution.same-associates",
    case=Triple(np.array([1.0, 0.0]), np.array([1.0]), np.array([0.0, 1.0])),
    cases=triples(),
)
def same_associates(cnn: Any, case: Triple) -> Sides:
    """Convolution in mode "same" is associative, as it is in mode "full"."""
    x, w, v = case.x, case.w, case.v
    kernels = cnn.convolve(w, v, mode="same")
    left = cnn.convolve(cnn.convolve(x, w, mode="same"), v, mode="same")
    return left, cnn.convolve(x, kernels, mode="same")


@refuted(
    "convolution.every-kernel-separates",
    case=Pair(np.array([[1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])),
    cases=pairs(2),
)
def every_kernel_separates(cnn: Any, case: Pair) -> Sides:
    """Every 2-D kernel acts as its row sums and then its column sums, up to a factor."""
    column, row = case.w.sum(axis=1, keepdims=True), case.w.sum(axis=0, keepdims=True)
    apart = cnn.convolve(cnn.convolve(case.x, column), row)
    return apart, case.w.sum() * cnn.convolve(case.x, case.w)

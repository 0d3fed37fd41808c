"""SciPy under cnnref's names: `cnnref check scipy`.

It has three families: `signal` for any number of axes, which is checked if nothing else is said,
`cnnref check scipy:images` for its functions of two axes, and `cnnref check scipy:filters` for
those of `ndimage`, whose output is always as large as the input.
"""

from __future__ import annotations

from typing import Any

from scipy import ndimage, signal

ALL = {
    "tensors.results-keep-precision": "Integers stay integers in SciPy, of the type they had.",
    "tensors.integers-never-wrap": "Bytes stay bytes in SciPy, and their sums wrap around.",
    "tensors.large-*": "SciPy refuses no integer for its size; a large sum wraps around.",
    "tensors.half-precision-rounds-once": "SciPy refuses half precision here.",
}
READS_PADDING = "SciPy multiplies the zeros around the input: times NaN or infinity they are NaN."
EVEN = "For an even kernel, the spare zero of mode same is after."
CONVENTIONS = ALL | {"tensors.with-nan-is-its-definition": READS_PADDING}


def convolve(x: Any, w: Any, mode: str = "full") -> Any:
    return signal.convolve(x, w, mode)


def correlate(x: Any, w: Any, mode: str = "valid") -> Any:
    return signal.correlate(x, w, mode)


class images:
    """The functions of two axes."""

    CONVENTIONS = ALL | {
        "tensors.with-nan-is-its-definition": READS_PADDING,
        "correlation.is-its-definition": EVEN,
    }

    @staticmethod
    def convolve(x: Any, w: Any, mode: str = "full") -> Any:
        return signal.convolve2d(x, w, mode)

    @staticmethod
    def correlate(x: Any, w: Any, mode: str = "valid") -> Any:
        return signal.correlate2d(x, w, mode)


class filters:
    """The filters of `ndimage`, with zeros around the input."""

    CONVENTIONS = ALL | {
        "tensors.with-nan-is-its-definition": "A weight of zero reads nothing, not even a NaN.",
        "convolution.is-its-definition": EVEN,
    }

    @staticmethod
    def convolve(x: Any, w: Any) -> Any:
        return ndimage.convolve(x, w, mode="constant")

    @staticmethod
    def correlate(x: Any, w: Any) -> Any:
        return ndimage.correlate(x, w, mode="constant")

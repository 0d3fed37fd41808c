"""Tensors as the chapter has them: arrays, their order, their table view, their entries."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array


def order(t: ArrayLike) -> int:
    """The number of axes of a tensor: 0 for a number, 1 for a row of numbers, and so on.

    Args:
        t: tensor of any shape.

    Returns:
        The order D of a D-dimensional array.

    Raises:
        TypeError: for arrays that do not hold numbers.
        ValueError: for rows of unequal length.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 2.1.

    >>> order(5), order([1, 2, 3]), order([[1, 2], [3, 4]])
    (0, 1, 2)
    """
    return arguments.numeric("order", "t", t, complexes=True).ndim


def entry(t: ArrayLike, *indices: int) -> Any:
    r"""The entry $T_{i,j,\dots}$ in the book's indices, which count from 1.

    Args:
        t: tensor, shape (*n).
        indices: one index per axis, each from 1 to the length of its axis.

    Returns:
        The entry, a number of t's dtype.

    Raises:
        TypeError: for arrays that do not hold numbers, indices that are no integers.
        ValueError: for a wrong number of indices, or one outside its axis.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 2.1.

    >>> int(entry([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 2, 3))
    6
    """
    t = arguments.numeric("entry", "t", t, complexes=True)
    return t[arguments.indices("entry", t.shape, indices)]


def grid(t: ArrayLike) -> str:
    """The tensor as the chapter's table: rows under rows, entries between bars.

    A tensor of order 3 or more is a list of such tables, each under its leading indices, which
    count from 1.

    Args:
        t: tensor of any shape without an empty axis.

    Returns:
        The table as text, one line per row.

    Raises:
        TypeError: for arrays that do not hold numbers.
        ValueError: for rows of unequal length or an empty axis.

    Source: the draft chapter, section 1.4.

    >>> print(grid([[1, 2], [3, 40]]))
    1 |  2
    --+---
    3 | 40
    """
    t = arguments.numeric("grid", "t", t, complexes=True)
    arguments.solid("grid", "t", t, arguments.said(t=t.shape))
    if t.ndim <= 2:
        return table(t)
    tables = []
    for leading in np.ndindex(t.shape[:-2]):
        name = ", ".join(str(i + 1) for i in leading)
        tables.append(f"[{name}]\n{table(t[leading])}")
    return "\n\n".join(tables)


def table(t: Array) -> str:
    """The bars and dashes of a tensor with at most two axes."""
    rows = [
        [f"{value:g}" if t.dtype.kind == "f" else str(value) for value in row]
        for row in np.atleast_2d(t).tolist()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        " | ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return ("\n" + "-+-".join("-" * width for width in widths) + "\n").join(lines)


def layout(x: ArrayLike, have: str, want: str) -> Array:
    """The tensor with its axes in another order, named by letters.

    Args:
        x: tensor with one axis per letter of `have`.
        have: the letters of its axes in order, for example "NHWC".
        want: the same letters in the order wanted, for example "NCHW".

    Returns:
        A new array with the axes in the order wanted.

    Raises:
        TypeError: for arrays that do not hold numbers, layouts that are no words.
        ValueError: when the letters do not name each axis once in both.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 2.1.

    >>> layout([[1, 2, 3]], "HW", "WH").shape
    (3, 1)
    """
    x = arguments.numeric("layout", "x", x, complexes=True)
    axes = arguments.letters("layout", x.shape, have, want)
    return x.transpose(axes).copy()

"""Who reads whom, and through which weight: the picture of a layer as tables, on one axis.

Its page is docs/connectivity.md, its laws are in cnnref/laws/connectivity.py, run by tests/laws.
"""

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.window import Window


def pattern(window: Window, n: int) -> Array:
    r"""Which tap of which output place reads which input place: entry $(a, j, i)$.

    Args:
        window: where the layer looks.
        n: number of input places.

    Returns:
        Boolean array (k, m, n), true where output place j reads input place i through tap a.

    Raises:
        TypeError: for a window that is none, an n that is no integer.
        ValueError: for a window that does not fit, a table larger than memory.

    Source: Dangel, Convolutions and More as Einsum, 2024.

    >>> pattern(Window(2), 3).astype(int)[1]
    array([[0, 1, 0],
           [0, 0, 1]])
    """
    window, n, m = arguments.connected("pattern", window, n)
    a = np.arange(window.kernel)[:, np.newaxis, np.newaxis]
    j = np.arange(m)[:, np.newaxis]
    return np.asarray(j * window.stride + a * window.dilation - window.before == np.arange(n))


def weight_index(window: Window, n: int, tile: int = 1) -> Array:
    r"""Which weight sits on each connection: $(j \bmod t)\, k + a$, and -1 where there is none.

    A tile of 1 is convolution, a tile of m (or more) a locally connected layer.

    Args:
        window: where the layer looks.
        n: number of input places.
        tile: places after which the weights repeat, t.

    Returns:
        Integer array (m, n).

    Raises:
        TypeError: for a window that is none, an n or a tile that is no integer.
        ValueError: for a window that does not fit, a tile below 1, a table larger than memory.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (figure 9.16).

    >>> weight_index(Window(2), 4, tile=2)
    array([[ 0,  1, -1, -1],
           [-1,  2,  3, -1],
           [-1, -1,  0,  1]])
    """
    window, n, m = arguments.connected("weight_index", window, n)
    tile = arguments.whole("weight_index", "tile", tile)
    reads = pattern(window, n)  # (k, m, n)
    phase = np.arange(m)[:, np.newaxis] % tile
    index = phase * window.kernel + reads.argmax(axis=0)
    return np.where(reads.any(axis=0), index, -1)


@silently
def matrix(window: Window, n: int, w: ArrayLike) -> Array:
    r"""The layer as a matrix: $y = M x$ with $M_{j,i} = w(a)$ where tap a of place j reads i.

    Args:
        window: where the layer looks.
        n: number of input places.
        w: kernel, shape (k,).

    Returns:
        Array (m, n) of w's dtype, integers as float64; zero where there is no connection.

    Raises:
        TypeError: for a window that is none, an n that is no integer, a w that is not numeric.
        ValueError: for a window that does not fit, a w of another length.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> matrix(Window(3), 5, [1, 2, 3])
    array([[1., 2., 3., 0., 0.],
           [0., 1., 2., 3., 0.],
           [0., 0., 1., 2., 3.]])
    """
    window, n, _ = arguments.connected("matrix", window, n)
    w, dtype = arguments.kernel_of("matrix", window, w)
    index = weight_index(window, n)
    return np.where(index >= 0, w[index], 0).astype(dtype)

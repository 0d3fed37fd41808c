"""Every bad call and what it says: raised before any work, by the literal and the fast alike."""
# ruff: noqa: E501 - a row of the table is a line

from types import ModuleType

import numpy as np
import pytest

import cnnref
from cnnref import fast, literal

NAMES = {
    "X": np.zeros((1, 8, 5, 5)),
    "W": np.zeros((4, 4, 3, 3)),
    "LINE": np.zeros((1, 1, 4)),
    "KERNEL": np.zeros((1, 1, 2)),
    "HUGE": np.broadcast_to(np.int8(0), (1, 1, 10**7, 10**7)),
    "MASKED": np.ma.masked_array([1.0, 2.0], [False, True]),
    "BIG": np.array([[[2**53, 2**53]]]),
    "np": np,
}

# The call, what it raises, what it says. X is (1, 8, 5, 5), W (4, 4, 3, 3), LINE (1, 1, 4).
OPERATIONS = [
    # arrays: the wrong kind
    ("convolve(None, [1])", TypeError, "convolve: x must hold numbers of at most double precision; got dtype object"),
    ("convolve('abc', [1])", TypeError, "convolve: x must hold numbers of at most double precision; got dtype <U3"),
    ("convolve([1], {1})", TypeError, "convolve: w must hold numbers of at most double precision; got dtype object"),
    ("convolve([1, None], [1])", TypeError, "convolve: x must hold numbers of at most double precision; got dtype object"),
    ("convolve(np.array(['2026-01-01'], 'M8[D]'), [1])", TypeError, "convolve: x must hold numbers of at most double precision; got dtype datetime64[D]"),
    ("convolve(np.zeros(2, 'f4,f4'), [1])", TypeError, "convolve: x must hold numbers of at most double precision; got dtype [('f0', '<f4'), ('f1', '<f4')]"),
    ("convolve(np.ones(2, np.longdouble), [1])", TypeError, f"convolve: x must hold numbers of at most double precision; got dtype {np.dtype(np.longdouble)}"),
    ("convolve(np.ones(2, np.clongdouble), [1])", TypeError, f"convolve: x must hold numbers of at most double precision; got dtype {np.dtype(np.clongdouble)}"),
    ("convolve(MASKED, [1])", TypeError, "convolve: x must not be masked; got masked entries"),
    ("convolve([1], MASKED)", TypeError, "convolve: w must not be masked; got masked entries"),
    ("conv(X * 1j, W, groups=2)", TypeError, "conv: x must hold real numbers of at most double precision; got dtype complex128"),
    ("conv(X, W * 1j, groups=2)", TypeError, "conv: w must hold real numbers of at most double precision; got dtype complex128"),
    ("conv(X, W, [1j] * 4, groups=2)", TypeError, "conv: b must hold real numbers of at most double precision; got dtype complex128"),
    ("max_pool(X * 1j, 2)", TypeError, "max_pool: x must hold real numbers of at most double precision; got dtype complex128"),
    ("avg_pool(X * 1j, 2)", TypeError, "avg_pool: x must hold real numbers of at most double precision; got dtype complex128"),
    ("relu([1j])", TypeError, "relu: x must hold real numbers of at most double precision; got dtype complex128"),
    ("relu('abc')", TypeError, "relu: x must hold real numbers of at most double precision; got dtype <U3"),
    ("flip(None)", TypeError, "flip: w must hold numbers of at most double precision; got dtype object"),
    ("pad([None], 1)", TypeError, "pad: x must hold numbers of at most double precision; got dtype object"),
    ("pad([1], 1, None)", TypeError, "pad: value must hold numbers of at most double precision; got dtype object"),
    # arrays: the wrong value
    ("convolve([[1, 2], [3]], [[1]])", ValueError, "convolve: x must be an array with rows of equal length"),
    ("conv([[[1, 2], [3]]], KERNEL)", ValueError, "conv: x must be an array with rows of equal length"),
    ("convolve([2**53 + 1], [1])", ValueError, "convolve: integers in x must be at most 2**53 in size"),
    ("convolve([1], [-2**53 - 1])", ValueError, "convolve: integers in w must be at most 2**53 in size"),
    ("convolve([2**70], [1])", ValueError, "convolve: integers in x must be at most 2**53 in size"),
    ("convolve([-2**70], [1])", ValueError, "convolve: integers in x must be at most 2**53 in size"),
    ("convolve([2**63, -1], [1])", ValueError, "convolve: integers in x must be at most 2**53 in size"),
    ("convolve(np.array([2**64 - 1], np.uint64), [1])", ValueError, "convolve: integers in x must be at most 2**53 in size"),
    ("convolve(np.array([-2**63], np.int64), [1])", ValueError, "convolve: integers in x must be at most 2**53 in size"),
    ("relu([2**53 + 1])", ValueError, "relu: integers in x must be at most 2**53 in size"),
    ("convolve([2**52], [1, 2])", ValueError, f"convolve: results on integers must stay within 2**53; these could reach {3 * 2**52}"),
    ("correlate([2**52, 0], [-1, 2])", ValueError, f"correlate: results on integers must stay within 2**53; these could reach {3 * 2**52}"),
    ("conv(BIG, [[[1, 1]]])", ValueError, f"conv: results on integers must stay within 2**53; these could reach {2**54}"),
    ("conv(BIG, [[[1]]], [1])", ValueError, f"conv: results on integers must stay within 2**53; these could reach {2**53 + 1}"),
    # ranks and empty axes
    ("convolve(1, 2)", ValueError, "convolve: x and w must have the same number of axes, at least 1; got x (), w ()"),
    ("convolve([1, 2], [[1]])", ValueError, "convolve: x and w must have the same number of axes, at least 1; got x (2,), w (1, 1)"),
    ("correlate([[1, 2]], [1])", ValueError, "correlate: x and w must have the same number of axes, at least 1; got x (1, 2), w (1,)"),
    ("convolve([], [1])", ValueError, "convolve: x must not have an empty axis; got x (0,), w (1,)"),
    ("convolve([1], [])", ValueError, "convolve: w must not have an empty axis; got x (1,), w (0,)"),
    ("correlate(np.zeros((2, 0)), [[1]])", ValueError, "correlate: x must not have an empty axis; got x (2, 0), w (1, 1)"),
    ("flip(3)", ValueError, "flip: w must have at least 1 axis; got w ()"),
    ("flip([])", ValueError, "flip: w must not have an empty axis; got w (0,)"),
    ("pad([], 1)", ValueError, "pad: x must not have an empty axis; got x (0,)"),
    ("pad(3, 1)", ValueError, "pad: x must have at least 1 axis; got x ()"),
    ("pad([1], 1, [1, 2])", ValueError, "pad: value must be one number; got shape (2,)"),
    ("conv([[1, 2]], [[1]])", ValueError, "conv: x must have the axes (N, C, *n) with at least 1 spatial axis; got x (1, 2), w (1, 1)"),
    ("conv(X, KERNEL)", ValueError, "conv: x and w must have the same number of axes; got x (1, 8, 5, 5), w (1, 1, 2)"),
    ("conv(X[:, :, :0], W, groups=2)", ValueError, "conv: x must not have an empty axis; got x (1, 8, 0, 5), w (4, 4, 3, 3)"),
    ("conv(X[:, :0], W)", ValueError, "conv: x must not have an empty axis; got x (1, 0, 5, 5), w (4, 4, 3, 3)"),
    ("conv(X, W[:0])", ValueError, "conv: w must not have an empty axis; got x (1, 8, 5, 5), w (0, 4, 3, 3)"),
    ("conv(X, W[:, :, :, :0])", ValueError, "conv: w must not have an empty axis; got x (1, 8, 5, 5), w (4, 4, 3, 0)"),
    ("max_pool([[1, 2]], 2)", ValueError, "max_pool: x must have the axes (N, C, *n) with at least 1 spatial axis; got x (1, 2)"),
    ("max_pool(X[..., :0], 1)", ValueError, "max_pool: x must not have an empty axis; got x (1, 8, 5, 0)"),
    ("avg_pool(X[:, :0], 1)", ValueError, "avg_pool: x must not have an empty axis; got x (1, 0, 5, 5)"),
    # channels, groups, bias
    ("conv(X, W)", ValueError, "conv: w has 4 input channels per group but x has 8 channels and groups=1 (x (1, 8, 5, 5), w (4, 4, 3, 3))"),
    ("conv(X, W, groups=4)", ValueError, "conv: w has 4 input channels per group but x has 8 channels and groups=4 (x (1, 8, 5, 5), w (4, 4, 3, 3))"),
    ("conv(X, W[:3], groups=2)", ValueError, "conv: groups must divide the output channels; got 3 and groups=2 (x (1, 8, 5, 5), w (3, 4, 3, 3))"),
    ("conv(X, W, groups=0)", ValueError, "conv: groups must be at least 1; got 0"),
    ("conv(X, W, groups=2.0)", TypeError, "conv: groups must be an integer; got 2.0"),
    ("conv(X, W, groups=True)", TypeError, "conv: groups must be an integer; got True"),
    ("conv(X, W, groups=None)", TypeError, "conv: groups must be an integer; got None"),
    ("conv(X, W, [0], groups=2)", ValueError, "conv: b must have shape (4,) or (4, 3, 3); got (1,)"),
    ("conv(X, W, 0, groups=2)", ValueError, "conv: b must have shape (4,) or (4, 3, 3); got ()"),
    ("conv(X, W, np.zeros((4, 1, 1)), groups=2)", ValueError, "conv: b must have shape (4,) or (4, 3, 3); got (4, 1, 1)"),
    ("conv(X, W, np.zeros((3, 3, 4)), groups=2)", ValueError, "conv: b must have shape (4,) or (4, 3, 3); got (3, 3, 4)"),
    # stride, dilation, kernel size
    ("conv(X, W, stride=0, groups=2)", ValueError, "conv: stride must be at least 1; got 0"),
    ("conv(X, W, stride=-1, groups=2)", ValueError, "conv: stride must be at least 1; got -1"),
    ("conv(X, W, stride=1.0, groups=2)", TypeError, "conv: stride must be an integer; got 1.0"),
    ("conv(X, W, stride=True, groups=2)", TypeError, "conv: stride must be an integer; got True"),
    ("conv(X, W, stride=None, groups=2)", TypeError, "conv: stride must be an integer; got None"),
    ("conv(X, W, stride='2', groups=2)", TypeError, "conv: stride must be an integer; got '2'"),
    ("conv(X, W, stride=(1, 2, 3), groups=2)", ValueError, "conv: stride must have one entry per spatial axis; got 3 for 2 ((1, 2, 3))"),
    ("conv(X, W, stride=(1, 0), groups=2)", ValueError, "conv: stride must be at least 1; got 0"),
    ("conv(X, W, stride=(), groups=2)", ValueError, "conv: stride must have one entry per spatial axis; got 0 for 2 (())"),
    ("conv(X, W, dilation=0, groups=2)", ValueError, "conv: dilation must be at least 1; got 0"),
    ("conv(X, W, dilation=1.5, groups=2)", TypeError, "conv: dilation must be an integer; got 1.5"),
    ("conv(X, W, dilation=[1], groups=2)", ValueError, "conv: dilation must have one entry per spatial axis; got 1 for 2 ([1])"),
    ("max_pool(X, 0)", ValueError, "max_pool: kernel_size must be at least 1; got 0"),
    ("max_pool(X, -2)", ValueError, "max_pool: kernel_size must be at least 1; got -2"),
    ("max_pool(X, 2.0)", TypeError, "max_pool: kernel_size must be an integer; got 2.0"),
    ("max_pool(X, None)", TypeError, "max_pool: kernel_size must be an integer; got None"),
    ("max_pool(X, True)", TypeError, "max_pool: kernel_size must be an integer; got True"),
    ("max_pool(X, (2,))", ValueError, "max_pool: kernel_size must have one entry per spatial axis; got 1 for 2 ((2,))"),
    ("max_pool(X, 2, stride=0)", ValueError, "max_pool: stride must be at least 1; got 0"),
    ("max_pool(X, 2, dilation=0)", ValueError, "max_pool: dilation must be at least 1; got 0"),
    ("avg_pool(X, 2, stride=np.float64(2))", TypeError, "avg_pool: stride must be an integer; got np.float64(2.0)"),
    ("avg_pool(X, np.array([2, 2]))", TypeError, "avg_pool: kernel_size must be an integer; got array([2, 2])"),
    ("max_pool(X, 2, ceil_mode=1)", TypeError, "max_pool: ceil_mode must be True or False; got 1"),
    ("max_pool(X, 2, ceil_mode=None)", TypeError, "max_pool: ceil_mode must be True or False; got None"),
    ("avg_pool(X, 2, count_include_pad='no')", TypeError, "avg_pool: count_include_pad must be True or False; got 'no'"),
    # padding and mode
    ("conv(X, W, padding='SAME', groups=2)", ValueError, "conv: padding must be one of valid, same, same_lower, full; got 'SAME'"),
    ("conv(X, W, padding='', groups=2)", ValueError, "conv: padding must be one of valid, same, same_lower, full; got ''"),
    ("conv(X, W, padding=-1, groups=2)", ValueError, "conv: padding must be at least 0; got -1"),
    ("conv(X, W, padding=0.5, groups=2)", TypeError, "conv: padding must be an integer; got 0.5"),
    ("conv(X, W, padding=None, groups=2)", TypeError, "conv: padding must be an integer; got None"),
    ("conv(X, W, padding=False, groups=2)", TypeError, "conv: padding must be an integer; got False"),
    ("conv(X, W, padding=(1, 2, 3), groups=2)", ValueError, "conv: padding must have one entry per spatial axis; got 3 for 2 ((1, 2, 3))"),
    ("conv(LINE, KERNEL, padding=(1, 2))", ValueError, "conv: padding must have one entry per spatial axis; got 2 for 1 ((1, 2))"),
    ("conv(X, W, padding=((1, 2),), groups=2)", ValueError, "conv: padding must have one entry per spatial axis; got 1 for 2 (((1, 2),))"),
    ("conv(X, W, padding=((1, 2), 1), groups=2)", ValueError, "conv: padding must be one (before, after) pair per axis; got ((1, 2), 1)"),
    ("conv(X, W, padding=((1, 2), (1, 2, 3)), groups=2)", ValueError, "conv: padding must be one (before, after) pair per axis; got ((1, 2), (1, 2, 3))"),
    ("conv(X, W, padding=((1, -2), (1, 2)), groups=2)", ValueError, "conv: padding must be at least 0; got -2"),
    ("conv(X, W, padding=((1, 2), (1, 2.5)), groups=2)", TypeError, "conv: padding must be an integer; got 2.5"),
    ("conv(X, W, padding=('same', 'same'), groups=2)", TypeError, "conv: padding must be an integer; got 'same'"),
    ("max_pool(X, 2, padding='zero')", ValueError, "max_pool: padding must be one of valid, same, same_lower, full; got 'zero'"),
    ("avg_pool(X, 2, padding=(1,))", ValueError, "avg_pool: padding must have one entry per spatial axis; got 1 for 2 ((1,))"),
    ("pad([1], 'same')", TypeError, "pad: padding must be given in numbers; got 'same'"),
    ("pad([1], -1)", ValueError, "pad: padding must be at least 0; got -1"),
    ("pad([1], 1.0)", TypeError, "pad: padding must be an integer; got 1.0"),
    ("pad([[1]], (1, 2, 3))", ValueError, "pad: padding must have one entry per spatial axis; got 3 for 2 ((1, 2, 3))"),
    ("convolve([1], [1], 'SAME')", ValueError, "convolve: mode must be one of full, valid, same; got 'SAME'"),
    ("convolve([1], [1], None)", TypeError, "convolve: mode must be a word; got None"),
    ("correlate([1], [1], 2)", TypeError, "correlate: mode must be a word; got 2"),
    # windows that do not fit
    ("convolve([1], [1, 2], 'valid')", ValueError, "convolve: w must not be larger than x in mode 'valid'; got x (1,), w (2,)"),
    ("correlate([[1, 2]], [[1], [2]])", ValueError, "correlate: w must not be larger than x in mode 'valid'; got x (1, 2), w (2, 1)"),
    ("conv(LINE[..., :1], KERNEL)", ValueError, "conv: the window must fit into the padded input on spatial axis 0; got span 2 (kernel 2, dilation 1) for 1 + 0 + 0 places"),
    ("conv(X, W, dilation=(1, 3), groups=2)", ValueError, "conv: the window must fit into the padded input on spatial axis 1; got span 7 (kernel 3, dilation 3) for 5 + 0 + 0 places"),
    ("conv(X, W, dilation=10**30, groups=2)", ValueError, f"conv: the window must fit into the padded input on spatial axis 0; got span {2 * 10**30 + 1} (kernel 3, dilation {10**30}) for 5 + 0 + 0 places"),
    ("max_pool(X, 6)", ValueError, "max_pool: the window must fit into the padded input on spatial axis 0; got span 6 (kernel 6, dilation 1) for 5 + 0 + 0 places"),
    ("max_pool(X, 6, ceil_mode=True)", ValueError, "max_pool: the window must fit into the padded input on spatial axis 0; got span 6 (kernel 6, dilation 1) for 5 + 0 + 0 places"),
    ("max_pool(X, 9, padding=1)", ValueError, "max_pool: the window must fit into the padded input on spatial axis 0; got span 9 (kernel 9, dilation 1) for 5 + 1 + 1 places"),
    # nothing to average, nowhere to put it
    ("avg_pool(LINE, 1, padding=1)", ValueError, "avg_pool: every window must reach a place to average; got one that does not"),
    ("avg_pool([[[1]]], 2, dilation=2, padding=1)", ValueError, "avg_pool: every window must reach a place to average; got one that does not"),
    ("conv(HUGE, np.zeros((1, 1, 1, 1)))", ValueError, "conv: an array of shape (1, 1, 10000000, 10000000) does not fit into this machine's memory"),
    ("relu(HUGE)", ValueError, "relu: an array of shape (1, 1, 10000000, 10000000) does not fit into this machine's memory"),
    ("conv(LINE, KERNEL, padding=10**18)", ValueError, f"conv: an array of shape (1, 1, {2 * 10**18 + 4}) does not fit into this machine's memory"),
    ("conv(X, W, padding=10**9, stride=10**9, groups=2)", ValueError, "conv: an array of shape (1, 8, 2000000005, 2000000005) does not fit into this machine's memory"),
    ("max_pool(LINE, 1, padding=10**30)", ValueError, f"max_pool: an array of shape (1, 1, {2 * 10**30 + 4}) does not fit into this machine's memory"),
    ("pad([1], 10**18)", ValueError, f"pad: an array of shape ({2 * 10**18 + 1},) does not fit into this machine's memory"),
    ("convolve(HUGE[0, 0, :, :1], HUGE[0, 0, :1, :])", ValueError, "convolve: an array of shape (10000000, 10000000) does not fit into this machine's memory"),
]  # fmt: skip

GEOMETRY = [
    ("Window(0)", ValueError, "Window: kernel must be at least 1; got 0"),
    ("Window(1.5)", TypeError, "Window: kernel must be an integer; got 1.5"),
    ("Window(3, stride=0)", ValueError, "Window: stride must be at least 1; got 0"),
    ("Window(3, dilation=True)", TypeError, "Window: dilation must be an integer; got True"),
    ("Window(3, before=-1)", ValueError, "Window: before must be at least 0; got -1"),
    ("Window(3, after=None)", TypeError, "Window: after must be an integer; got None"),
    ("Window(3).places(2)", ValueError, "Window.places: the window must fit into the padded input; got span 3 (kernel 3, dilation 1) for 2 + 0 + 0 places"),
    ("Window(3).places(0)", ValueError, "Window.places: n must be at least 1; got 0"),
    ("Window(3).places(4.0)", TypeError, "Window.places: n must be an integer; got 4.0"),
    ("Window(3).reads(-1, 0)", ValueError, "Window.reads: j must be at least 0; got -1"),
    ("Window(3).reads(0, 3)", ValueError, "Window.reads: a must be below kernel=3; got 3"),
    ("Window(3).reads(0, '1')", TypeError, "Window.reads: a must be an integer; got '1'"),
    ("windows('ab', 3)", TypeError, "windows: n must be an integer or one integer per axis; got 'ab'"),
    ("windows((), 3)", TypeError, "windows: n must be an integer or one integer per axis; got ()"),
    ("windows((5, 0), 3)", ValueError, "windows: n must be at least 1; got 0"),
    ("windows(5, 3, padding='SAME')", ValueError, "windows: padding must be one of valid, same, same_lower, full; got 'SAME'"),
    ("windows((5, 2), 3)", ValueError, "windows: the window must fit into the padded input on spatial axis 1; got span 3 (kernel 3, dilation 1) for 2 + 0 + 0 places"),
    ("windows(5, 3, ceil_mode='yes')", TypeError, "windows: ceil_mode must be True or False; got 'yes'"),
    ("order(None)", TypeError, "order: t must hold numbers of at most double precision; got dtype object"),
    ("order([[1], [2, 3]])", ValueError, "order: t must be an array with rows of equal length"),
    ("grid([])", ValueError, "grid: t must not have an empty axis; got t (0,)"),
    ("entry([[1, 2]], 1)", ValueError, "entry: there must be one index per axis; got 1 for shape (1, 2)"),
    ("entry([[1, 2]], 0, 1)", ValueError, "entry: an index must be at least 1; got 0"),
    ("entry([[1, 2]], 2, 1)", ValueError, "entry: index 1 runs from 1 to 1; got 2 (shape (1, 2))"),
    ("entry([[1, 2]], 1, 1.0)", TypeError, "entry: an index must be an integer; got 1.0"),
    ("layout([1], 'HW', 'WH')", ValueError, "layout: have must name each axis once; got 'HW' for shape (1,)"),
    ("layout([[1]], 'HH', 'HH')", ValueError, "layout: have must name each axis once; got 'HH' for shape (1, 1)"),
    ("layout([[1]], 'HW', 'HC')", ValueError, "layout: want must have the letters of have; got 'HW' and 'HC'"),
    ("layout([[1]], 2, 'HW')", TypeError, "layout: have must be a word; got 2"),
]  # fmt: skip


def refuses(call: str, subject: ModuleType, kind: type[Exception], message: str) -> None:
    names = {**vars(subject), **NAMES}
    with pytest.raises(Exception) as caught:  # noqa: PT011 - kind and words are compared below
        eval(call, names)
    assert (caught.type, str(caught.value)) == (kind, message)


@pytest.mark.parametrize("subject", [literal, fast], ids=["literal", "fast"])
@pytest.mark.parametrize(
    ("call", "kind", "message"), OPERATIONS, ids=[row[0] for row in OPERATIONS]
)
def test_a_bad_call_is_refused_in_these_words(
    call: str, subject: ModuleType, kind: type[Exception], message: str
) -> None:
    refuses(call, subject, kind, message)


@pytest.mark.parametrize(("call", "kind", "message"), GEOMETRY, ids=[row[0] for row in GEOMETRY])
def test_bad_geometry_is_refused_in_these_words(
    call: str, kind: type[Exception], message: str
) -> None:
    refuses(call, cnnref, kind, message)

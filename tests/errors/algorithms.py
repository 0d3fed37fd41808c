"""Bad calls of the algorithms of `conv`, an option that the specification does not have."""
# ruff: noqa: E501 - a row of the table is a line

KNOWN = "auto, im2col, shifted, width, matmul, winograd2, winograd4, fft"

ROWS = [
    ("conv(LINE, KERNEL, algorithm=None)", TypeError, "conv: algorithm must be a name; got None"),
    ("conv(LINE, KERNEL, algorithm=3)", TypeError, "conv: algorithm must be a name; got 3"),
    ("conv(LINE, KERNEL, algorithm='FFT')", ValueError, f"conv: algorithm must be one of {KNOWN}; got 'FFT'"),
    ("conv(LINE, KERNEL, algorithm='')", ValueError, f"conv: algorithm must be one of {KNOWN}; got ''"),
    ("conv(LINE, KERNEL, algorithm='matmul')", ValueError, "conv: algorithm 'matmul' needs kernels of one tap; got k (2,)"),
    ("conv(LINE, KERNEL, algorithm='winograd2')", ValueError, "conv: algorithm 'winograd2' needs 3 x 3 kernels; got k (2,)"),
    ("conv(LINE, np.ones((1, 1, 3)), algorithm='winograd4')", ValueError, "conv: algorithm 'winograd4' needs 3 x 3 kernels; got k (3,)"),
    ("conv(X, W, groups=2, stride=2, algorithm='winograd2')", ValueError, "conv: algorithm 'winograd2' needs stride 1; got stride (2, 2)"),
    ("conv(X, W, groups=3, algorithm='FFT')", ValueError, "conv: groups must divide the output channels; got 4 and groups=3 (x (1, 8, 5, 5), w (4, 4, 3, 3))"),
    ("explain(X, KERNEL)", ValueError, "conv: x and w must have the same number of axes; got x (1, 8, 5, 5), w (1, 1, 2)"),
    ("explain(X * 1j, W)", TypeError, "conv: x must hold real numbers of at most double precision; got dtype complex128"),
]  # fmt: skip

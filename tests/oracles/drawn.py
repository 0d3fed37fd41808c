"""What the oracles are asked: small signals and images of integers, and their modes."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

small = st.integers(-9, 9).map(float)
signals = arrays.arrays(np.float64, st.integers(1, 9), elements=small)
images = arrays.arrays(np.float64, st.tuples(*[st.integers(1, 6)] * 2), elements=small)
modes = st.sampled_from(["full", "valid", "same"])

quickly = settings(max_examples=100, deadline=None, derandomize=True)


def fits(x: np.ndarray, w: np.ndarray) -> bool:
    """Whether w is nowhere larger than x: SciPy and NumPy swap the operands where it is."""
    return all(n >= k for n, k in zip(x.shape, w.shape, strict=True))

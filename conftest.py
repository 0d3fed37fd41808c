"""What tests and the examples in docstrings share."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest


@pytest.fixture(autouse=True)
def no_figure_outlives_its_test() -> Iterator[None]:
    """Examples draw, too: matplotlib warns of too many open figures, and warnings are errors."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


collect_ignore = [  # adapters of libraries that are not installed hold no examples to run
    f"cnnref/adapters/{library}.py"
    for library in ("jax", "onnxruntime", "scipy", "torch")
    if find_spec(library) is None
]

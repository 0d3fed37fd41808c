"""Pictures of what the package computes: one module per page topic. Needs matplotlib.

Each function draws with the colours of `cnnref.figures.palette`, returns a matplotlib figure and
says in words what it shows: the figure's label is its alt text, made from the data it drew.
"""

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    raise ImportError("cnnref.figures needs matplotlib: pip install 'cnnref[figures]'")

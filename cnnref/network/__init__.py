"""Whole networks: frozen layers, their sequence, its counts, its training.

A layer holds options and no state; its parameters are arrays that are passed in. Its page is
docs/networks.md. Laws run on operations, not on objects made of them, so what networks promise is
held by tests/test_network.py, tests/test_network_sizes.py and tests/test_training.py.
"""

from cnnref.network.counts import Count, Layer, count
from cnnref.network.plain import AvgPool, ChannelMaxPool, Flatten, MaxPool, ReLU
from cnnref.network.sequential import Sequential, lenet
from cnnref.network.training import fit
from cnnref.network.weighted import Conv, Dense, LocallyConnected, TiledConv

__all__ = [
    "AvgPool",
    "ChannelMaxPool",
    "Conv",
    "Count",
    "Dense",
    "Flatten",
    "Layer",
    "LocallyConnected",
    "MaxPool",
    "ReLU",
    "Sequential",
    "TiledConv",
    "count",
    "fit",
    "lenet",
]

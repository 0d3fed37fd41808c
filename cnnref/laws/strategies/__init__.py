"""The nouns that laws are about, drawn: every case is legal as it is built, none is thrown away.

Each function here returns how cases are made, to be given to `law(cases=...)`. Sizes are small,
kernels odd and even, strides also larger than kernels, inputs also of one place and smaller than
their kernel, axes differ from each other, and so do the two sides of the padding.
"""

from cnnref.laws.strategies.combined import moved, shuffled, twins, typed, unruly, uses
from cnnref.laws.strategies.layers import (
    chains,
    convs,
    denses,
    misfits,
    misspelt,
    odd_convs,
    plain_convs,
    pointwise,
    pools,
    squares,
    stacks,
)
from cnnref.laws.strategies.signals import complex_pairs, pairs, signals, triples
from cnnref.laws.strategies.variants import (
    channel_pools,
    local_layers,
    recurrents,
    tiled_layers,
)

__all__ = [
    "chains",
    "channel_pools",
    "complex_pairs",
    "convs",
    "denses",
    "local_layers",
    "misfits",
    "misspelt",
    "moved",
    "odd_convs",
    "pairs",
    "plain_convs",
    "pointwise",
    "pools",
    "recurrents",
    "shuffled",
    "signals",
    "squares",
    "stacks",
    "tiled_layers",
    "triples",
    "twins",
    "typed",
    "unruly",
    "uses",
]

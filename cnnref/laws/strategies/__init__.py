"""The nouns that laws are about, drawn: every case is legal as it is built, none is thrown away.

Each function here returns how cases are made, to be given to `law(cases=...)`. Sizes are small,
kernels odd and even, strides also larger than kernels, inputs also of one place and smaller than
their kernel, axes differ from each other, and so do the two sides of the padding.
"""

from cnnref.laws.strategies.combined import MULTIPLYING, moved, shuffled, twins, typed, unruly, uses
from cnnref.laws.strategies.gradients import (
    backwards,
    bias_gradients,
    recurrent_steps,
    score_steps,
    scores,
    transposes,
    weight_gradients,
)
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
    threes,
)
from cnnref.laws.strategies.patches import columns, patches, unpoolings
from cnnref.laws.strategies.signals import complex_pairs, pairs, signals, triples
from cnnref.laws.strategies.variants import (
    channel_pools,
    local_layers,
    recurrents,
    tiled_layers,
)

__all__ = [
    "MULTIPLYING",
    "backwards",
    "bias_gradients",
    "chains",
    "channel_pools",
    "columns",
    "complex_pairs",
    "convs",
    "denses",
    "local_layers",
    "misfits",
    "misspelt",
    "moved",
    "odd_convs",
    "pairs",
    "patches",
    "plain_convs",
    "pointwise",
    "pools",
    "recurrent_steps",
    "recurrents",
    "score_steps",
    "scores",
    "shuffled",
    "signals",
    "squares",
    "stacks",
    "threes",
    "tiled_layers",
    "transposes",
    "triples",
    "twins",
    "typed",
    "unpoolings",
    "unruly",
    "uses",
    "weight_gradients",
]

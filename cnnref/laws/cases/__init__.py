"""What laws are about: frozen nouns that hold arrays and options, ready for an operation."""

from cnnref.laws.cases.combined import Moved, Shuffled, Twins, Use
from cnnref.laws.cases.gradients import (
    Backward,
    BiasGradCase,
    ScoresCase,
    TransposeCase,
    WeightGradCase,
    by_shape,
    to_input,
    to_weights,
)
from cnnref.laws.cases.layers import Chain, ConvCase, DenseCase, PoolCase, Stack
from cnnref.laws.cases.options import (
    along,
    in_pairs,
    options,
    shortest,
    shortest_padding,
    spans,
    with_margin,
)
from cnnref.laws.cases.patches import ColumnsCase, PatchCase, UnpoolCase
from cnnref.laws.cases.showing import (
    Case,
    Operation,
    Pairs,
    Sizes,
    altered,
    arrays_of,
    expression,
    fresh,
    plain,
)
from cnnref.laws.cases.signals import Pair, Signal, Triple, padded
from cnnref.laws.cases.variants import ChannelCase, PlacedCase, RecurrentCase

__all__ = [
    "Backward",
    "BiasGradCase",
    "Case",
    "Chain",
    "ChannelCase",
    "ColumnsCase",
    "ConvCase",
    "DenseCase",
    "Moved",
    "Operation",
    "Pair",
    "Pairs",
    "PatchCase",
    "PlacedCase",
    "PoolCase",
    "RecurrentCase",
    "ScoresCase",
    "Shuffled",
    "Signal",
    "Sizes",
    "Stack",
    "TransposeCase",
    "Triple",
    "Twins",
    "UnpoolCase",
    "Use",
    "WeightGradCase",
    "along",
    "altered",
    "arrays_of",
    "by_shape",
    "expression",
    "fresh",
    "in_pairs",
    "options",
    "padded",
    "plain",
    "shortest",
    "shortest_padding",
    "spans",
    "to_input",
    "to_weights",
    "with_margin",
]

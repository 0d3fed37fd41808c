"""All laws, all refuted statements, all mistakes, and which law catches which mistake."""

from __future__ import annotations

from contextlib import redirect_stdout
from functools import cache
from io import StringIO

from cnnref.laws import (
    algorithms,
    connectivity,
    convolution,
    fourier,
    gradients,
    invariance,
    layers,
    losses,
    matrix,
    padding,
    pooling,
    receptive_fields,
    recurrent,
    slopes,
    tensors,
    transpose,
    unpooling,
    variants,
)
from cnnref.laws.engine import Law, Refuted, collect, distinct
from cnnref.laws.mistakes import Mistake
from cnnref.laws.mistakes import convolution as wrong_convolution
from cnnref.laws.mistakes import geometry as wrong_geometry
from cnnref.laws.mistakes import gradients as wrong_gradients
from cnnref.laws.mistakes import layers as wrong_layers
from cnnref.laws.mistakes import patches as wrong_patches
from cnnref.laws.mistakes import pooling as wrong_pooling
from cnnref.laws.mistakes import recurrent as wrong_recurrent
from cnnref.laws.mistakes import slopes as wrong_slopes
from cnnref.laws.mistakes import transpose as wrong_transpose
from cnnref.laws.mistakes import unpooling as wrong_unpooling
from cnnref.laws.mistakes import variants as wrong_variants
from cnnref.laws.runner import judge, traced

TRIED = 16
"""How many cases that call the wrong operation a mistake has to survive."""

TOPICS = (
    convolution,
    tensors,
    layers,
    padding,
    connectivity,
    receptive_fields,
    pooling,
    unpooling,
    invariance,
    variants,
    recurrent,
    transpose,
    gradients,
    slopes,
    losses,
    matrix,
    fourier,
    algorithms,
)

LAWS: tuple[Law, ...] = collect(Law, *TOPICS)
REFUTED: tuple[Refuted, ...] = collect(Refuted, *TOPICS)
MISTAKES: tuple[Mistake, ...] = collect(
    Mistake,
    wrong_convolution,
    wrong_layers,
    wrong_geometry,
    wrong_pooling,
    wrong_unpooling,
    wrong_variants,
    wrong_recurrent,
    wrong_transpose,
    wrong_gradients,
    wrong_slopes,
    wrong_patches,
)
distinct([statement.id for statement in (*LAWS, *REFUTED)])


def law_of(id: str) -> Law:
    """The law with this id; an unknown one is a KeyError."""
    return {law.id: law for law in LAWS}[id]


def refuted_of(id: str) -> Refuted:
    """The refuted statement with this id; an unknown one is a KeyError."""
    return {statement.id: statement for statement in REFUTED}[id]


@cache
def catches(id: str) -> tuple[Mistake, ...]:
    """The mistakes that the law with this id catches, found by running it on each of them.

    The cases are few, and the same on every machine.

    Args:
        id: the id of a law.

    Returns:
        The mistakes, in the order of `MISTAKES`.

    Raises:
        KeyError: for an unknown id.

    >>> [mistake.id for mistake in catches("convolution.same-is-in-the-middle")]
    ['convolve.same-starts-late']
    """
    law = law_of(id)
    return tuple(mistake for mistake in MISTAKES if caught(law, mistake))


@cache
def caught(law: Law, mistake: Mistake) -> bool:
    """Whether a case that calls the wrong operation breaks the law."""
    cases = [case for case, called in traced(law) if mistake.operation in called]
    wrong = mistake.implementation
    with redirect_stdout(StringIO()):  # one of them prints
        return any(judge(law, wrong, case).breach for case in cases[:TRIED])

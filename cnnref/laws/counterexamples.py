"""Counterexamples as plain data: what a picture of a refuted statement is made of."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from typing import Any, Literal, TypeAlias

import numpy as np

from cnnref import literal
from cnnref.laws.cases import fresh
from cnnref.laws.catalogue import refuted_of
from cnnref.laws.numbers import Array
from cnnref.laws.offered import Call
from cnnref.laws.sides import AtMost, Refusal, Sides

Relation: TypeAlias = Literal["equal", "at most", "refused"]
"""What a statement says of its sides: they are equal; none of the first is larger; an error."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One call that a statement makes.

    Attributes:
        operation: its name.
        arrays: the arrays it gets, each with the name of its parameter.
        options: its other arguments, each with the name of its parameter.
        results: the arrays it returns; none if it raises.
    """

    operation: str
    arrays: tuple[tuple[str, Array], ...]
    options: tuple[tuple[str, object], ...]
    results: tuple[Array, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Counterexample:
    """A case for which a tempting statement is false, worked out.

    Attributes:
        id: the id of the statement.
        claim: its sentence.
        case: the case, as one reads it.
        steps: the calls that are made for it, in their order.
        came: the first side: an array, or words for an error that was raised.
        promised: the second side: an array, or words for an error that should be raised.
        relation: what the statement says that the first side is to the second.
    """

    id: str
    claim: str
    case: str
    steps: tuple[Step, ...]
    came: Array | str
    promised: Array | str
    relation: Relation


def counterexample(id: str) -> Counterexample:
    """The pinned counterexample of a refuted statement, computed by cnnref.

    Args:
        id: the id of a refuted statement.

    Returns:
        The case, each call that is made for it, and the two sides that do not agree.

    Raises:
        KeyError: for an unknown id.
        LawBroken: when the sides agree.

    >>> found = counterexample("correlation.commutes")
    >>> found.case, found.came, found.promised
    ('x = [1, 0], w = [1]', array([1., 0.]), array([0., 1.]))
    """
    statement, cnn = refuted_of(id), import_module("cnnref")
    breach = statement.counterexample(cnn)
    came, promised, relation = plain_sides(statement.function(cnn, fresh(statement.case)))
    steps = tuple(map(step, breach.calls))
    return Counterexample(id, statement.claim, str(statement.case), steps, came, promised, relation)


def plain_sides(sides: Sides) -> tuple[Array | str, Array | str, Relation]:
    """Both sides as arrays, or as words where there is an error instead, and their relation."""
    first, second = sides
    if isinstance(second, AtMost):
        return np.asarray(first), np.asarray(second.bound), "at most"
    if isinstance(second, Refusal):
        names = " or ".join(error.__name__ for error in second.errors)
        try:
            return np.asarray(first()), names, "refused"
        except Exception as error:
            return type(error).__name__, names, "refused"
    return np.asarray(first), np.asarray(second), "equal"


def step(call: Call) -> Step:
    """A call with the names of its parameters, arrays and other arguments apart."""
    parameters = signature(getattr(literal, call.operation))
    given = parameters.bind(*call.arguments, **call.options).arguments
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    others = {name: value for name, value in given.items() if name not in arrays}
    parts: Any = call.result if isinstance(call.result, tuple) else (call.result,)
    results = tuple(np.asarray(part) for part in parts if part is not None)
    return Step(call.operation, tuple(arrays.items()), tuple(others.items()), results)

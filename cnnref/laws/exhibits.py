"""The smallest call that shows a mistake, as plain data: what a picture of it is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from cnnref import literal
from cnnref.laws.catalogue import MISTAKES
from cnnref.laws.counterexamples import step
from cnnref.laws.numbers import Array
from cnnref.laws.offered import Call
from cnnref.laws.outcomes import Aspect, Outcome, equal, observed
from cnnref.laws.sides import listed
from cnnref.laws.smallest import fault, smallest

Parts: TypeAlias = tuple[tuple[str, Array], ...]
"""The arrays that a call returns, each with its name."""

NAMES = {
    "im2col": ("cols",),
    "col2im": ("x",),
    "max_pool_indices": ("indices",),
    "max_unpool": ("x",),
    "conv_transpose": ("x",),
    "conv_weight_grad": ("dw",),
    "bias_grad": ("db",),
    "max_pool_grad": ("dx",),
    "avg_pool_grad": ("dx",),
    "relu_grad": ("dx",),
    "channel_max_pool_grad": ("dx",),
    "dense_grad": ("dx", "dw"),
    "locally_connected_grad": ("dx", "dw"),
    "tiled_conv_grad": ("dx", "dw"),
    "recurrent_conv_grad": ("dx", "du", "dv", "dw"),
    "softmax_cross_entropy": ("loss", "dz"),
}
"""What comes out of operations, if it is not y."""

FILLED = ("x", "w", "u", "v", "b", "y", "dy", "cols")
"""The arrays whose zeros are counted up, where it does not matter what stands there."""


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """The smallest call that shows a mistake, and what it shows.

    Attributes:
        id: the id of the mistake.
        sentence: what is wrong.
        operation: the name of the operation that is called.
        arrays: the arrays it gets, each with the name of its parameter.
        options: its other arguments, each with the name of its parameter.
        given: words for what cannot be seen in the arrays: their type, their order in memory.
        came: the arrays that the wrong implementation returns, each with its name; or words, if it
            raises an error.
        right: what should have come, likewise.
        wrong: for each array which entries are wrong; None if they cannot be compared one by one.
        aspect: in which respect it is wrong: "values", "dtype", "memory" or "printing".
        remark: words for what is wrong, if the arrays do not say it.
    """

    id: str
    sentence: str
    operation: str
    arrays: Parts
    options: tuple[tuple[str, object], ...]
    given: str
    came: Parts | str
    right: Parts | str
    wrong: tuple[Array, ...] | None
    aspect: Aspect
    remark: str


def exhibit(id: str) -> Exhibit:
    """The smallest call found on which a mistake shows.

    Cases of laws are looked through, the definition of its operation first, those with the fewest
    axes first; from some that show the mistake one goes down to a smaller one, until no number in
    it can be lowered. Nothing of it is left to chance. What is zero then, and need not be, counts
    up from one, so that one can see where numbers go.

    Args:
        id: the id of a mistake.

    Returns:
        The call, what the wrong implementation makes of it, and what should have come.

    Raises:
        KeyError: for an unknown id.

    >>> found = exhibit("conv.flips-the-kernel")
    >>> found.arrays
    (('x', array([[[1., 0.]]])), ('w', array([[[1., 0.]]])))
    >>> found.came, found.right
    ((('y', array([[[0.]]])),), (('y', array([[[1.]]])),))
    """
    mistake = {mistake.id: mistake for mistake in MISTAKES}[id]
    wrong = mistake.implementation
    call = filled(wrong, smallest(mistake))
    came, right = observed(wrong, call), observed(literal, call)
    aspect = came.fault(right, rounded=True)
    assert aspect is not None, "the smallest call shows the mistake"
    made = step(call)
    return Exhibit(
        id,
        mistake.sentence,
        mistake.operation,
        made.arrays,
        made.options,
        unusual(made.arrays),
        parts(came, call),
        parts(right, call, told=True),
        differing(came, right),
        aspect,
        remark(wrong, call, aspect),
    )


def filled(wrong: Any, call: Call) -> Call:
    """The call with its arrays of zeros counting up from one, where it stays as wrong as it is."""
    before = fault(wrong, call)
    names = [name for name, _ in step(call).arrays]
    for place, (name, array) in enumerate(zip(names, call.arguments, strict=False)):
        plain = (
            isinstance(array, np.ndarray) and array.dtype == np.float64 and array.flags.c_contiguous
        )
        if not plain or name not in FILLED or array.any() or not array.size:
            continue
        counted = np.arange(1.0, array.size + 1).reshape(array.shape)
        arguments = (*call.arguments[:place], counted, *call.arguments[place + 1 :])
        tried = replace(call, arguments=arguments)
        if fault(wrong, tried) == before:
            call = tried
    return call


def parts(outcome: Outcome, call: Call, told: bool = False) -> Parts | str:
    """What a call returned, with names; or the error it raised, with what it says if `told`."""
    if outcome.error is not None:
        kind = type(outcome.error).__name__
        return f"{kind}: {outcome.error}" if told else kind
    names = NAMES.get(call.operation, ("y",))
    return tuple(zip(names, outcome.parts, strict=False))


def differing(came: Outcome, right: Outcome) -> tuple[Array, ...] | None:
    """Which entries differ, up to rounding; None if shapes do, or if there is an error."""
    if came.shapes is None or came.shapes != right.shapes:
        return None
    return tuple(
        np.array(
            [not equal(a, b, rounded=True) for a, b in zip(mine.ravel(), its.ravel(), strict=True)],
            bool,
        ).reshape(its.shape)
        for mine, its in zip(came.parts, right.parts, strict=True)
    )


def unusual(arrays: Parts) -> str:
    """Words for arrays that are not float64, or not stored row after row."""
    told: dict[str, list[str]] = {}
    for name, array in arrays:
        if array.dtype not in (np.float64, np.int64):
            told.setdefault(array.dtype.name, []).append(name)
        if array.size > 1 and not array.flags.c_contiguous:
            how = "stored in Fortran order" if array.flags.f_contiguous else "stored with gaps"
            told.setdefault(how, []).append(name)
    words = (
        f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} {kind}"
        for kind, names in told.items()
    )
    return "; ".join(words)


def remark(wrong: Any, call: Call, aspect: Aspect) -> str:
    """Words for what is wrong, where it is not the entries."""
    came, right = observed(wrong, call), observed(literal, call)
    if aspect == "printing":
        return "Something is printed."
    if aspect == "memory":
        return unkept(wrong, call, came)
    if came.shapes is None or right.shapes is None:
        return ""
    pairs = list(zip(came.parts, right.parts, strict=False))
    if aspect == "dtype":
        first, second = next((a, b) for a, b in pairs if a.dtype != b.dtype)
        return f"Its type is {first.dtype}, not {second.dtype}."
    odd = [(a.shape, b.shape) for a, b in pairs if a.shape != b.shape]
    return f"Its shape is {odd[0][0]}, not {odd[0][1]}." if odd else ""


def unkept(wrong: Any, call: Call, came: Outcome) -> str:
    """Words for memory that is written into, or shared, or locked."""
    wrote, shares, writeable = came.memory
    if wrote:
        arguments = fresh_arguments(call)
        getattr(wrong, call.operation)(*arguments, **call.options)
        after = [
            f"{name} is {listed(now)} afterwards"
            for (name, was), now in zip(step(call).arrays, arguments, strict=False)
            if not equal(was, now, rounded=False)
        ]
        return f"It writes into what it was given: {', '.join(after)}."
    if shares:
        return "The result is in the memory of what was given."
    return "" if writeable else "The result cannot be written."


def fresh_arguments(call: Call) -> list[Any]:
    """Copies of what a call gets."""
    return [a.copy() if isinstance(a, np.ndarray) else a for a in call.arguments]

"""Mistakes in the recurrent layer."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnnref import literal
from cnnref.laws.cases import RecurrentCase
from cnnref.laws.mistakes import mistake
from cnnref.laws.numbers import Array


def right(case: RecurrentCase) -> Array:
    """What the recurrent layer should be."""
    return case.on(literal.recurrent_conv)


def same(x: Array, w: Array) -> Array:
    """A layer that keeps the size."""
    return literal.conv(x, w, padding="same")


def bent(case: RecurrentCase, hidden: Array) -> Array:
    """The activation of the case."""
    if case.activation == "tanh":
        return np.tanh(hidden)
    return np.maximum(hidden, 0) if case.activation == "relu" else hidden


def stepped(case: RecurrentCase, step: Callable[[Array, int], Array], first: float = 0) -> Array:
    """All estimates, each made by `step` of the one before and of its number."""
    y = np.full((len(case.x), len(case.v), *case.x.shape[2:]), first, case.x.dtype)
    estimates = []
    for number in range(case.steps):
        y = step(y, number)
        estimates.append(y)
    return np.stack(estimates)


def onwards(case: RecurrentCase, y: Array) -> Array:
    """The right step from one estimate to the next."""
    return same(bent(case, same(case.x, case.u) + same(y, case.w)), case.v)


@mistake("recurrent_conv.takes-one-step-more")
def recurrent_conv_takes_one_step_more(case: RecurrentCase) -> Array:
    """One step too many is taken: the first estimate is missing, and a later one is there."""
    return right(replace(case, steps=case.steps + 1))[1:]


@mistake("recurrent_conv.begins-with-nothing")
def recurrent_conv_begins_with_nothing(case: RecurrentCase) -> Array:
    """One step too few is taken: the zeros before the first one are returned as an estimate."""
    y = right(case)
    return np.concatenate([np.zeros_like(y[:1]), y[:-1]])


@mistake("recurrent_conv.returns-the-last")
def recurrent_conv_returns_the_last(case: RecurrentCase) -> Array:
    """Only the last estimate is returned."""
    return right(case)[-1:]


@mistake("recurrent_conv.feeds-nothing-back")
def recurrent_conv_feeds_nothing_back(case: RecurrentCase) -> Array:
    """No estimate comes back: all of them are the first."""
    return right(replace(case, w=np.zeros_like(case.w)))


@mistake("recurrent_conv.feeds-back-through-u")
def recurrent_conv_feeds_back_through_u(case: RecurrentCase) -> Array:
    """Estimates come back through u, where it takes them, instead of w."""
    return right(replace(case, w=case.u) if case.u.shape[1] == case.w.shape[1] else case)


@mistake("recurrent_conv.sees-the-input-once")
def recurrent_conv_sees_the_input_once(case: RecurrentCase) -> Array:
    """The input is seen in the first step only; later ones see nothing but the estimate."""
    dark = replace(case, x=np.zeros_like(case.x))
    return stepped(case, lambda y, number: onwards(dark if number else case, y))


@mistake("recurrent_conv.bends-nothing")
def recurrent_conv_bends_nothing(case: RecurrentCase) -> Array:
    """The activation is left out."""
    return right(replace(case, activation="identity"))


@mistake("recurrent_conv.bends-its-estimates")
def recurrent_conv_bends_its_estimates(case: RecurrentCase) -> Array:
    """The activation is applied to the estimates, instead of the hidden values."""
    plain = replace(case, activation="identity")
    return stepped(case, lambda y, _: bent(case, onwards(plain, y)))


@mistake("recurrent_conv.adds-to-its-estimate")
def recurrent_conv_adds_to_its_estimate(case: RecurrentCase) -> Array:
    """What a step gives is added to the estimate before, instead of taking its place."""
    return stepped(case, lambda y, _: y + onwards(case, y))


@mistake("recurrent_conv.begins-with-ones")
def recurrent_conv_begins_with_ones(case: RecurrentCase) -> Array:
    """Before the first step the estimate is one, and not zero, at all places."""
    return stepped(case, lambda y, _: onwards(case, y), first=1)


@mistake("recurrent_conv.returns-in-reverse")
def recurrent_conv_returns_in_reverse(case: RecurrentCase) -> Array:
    """The estimates come out with the last one first."""
    return right(case)[::-1].copy()


@mistake("recurrent_conv.spares-before")
def recurrent_conv_spares_before(case: RecurrentCase) -> Array:
    """The spare zero of kernels with an even number of taps is put in front."""

    def low(x: Array, w: Array) -> Array:
        return literal.conv(x, w, padding="same_lower")

    def step(y: Array, _: int) -> Array:
        return low(bent(case, low(case.x, case.u) + low(y, case.w)), case.v)

    return stepped(case, step)


@mistake("recurrent_conv.changes-its-kernel")
def recurrent_conv_changes_its_kernel(case: RecurrentCase) -> Array:
    """Every step multiplies w by its number: the kernels are not shared over steps."""
    return stepped(case, lambda y, number: onwards(replace(case, w=case.w * number), y))

"""Stacks of layers on one axis, drawn."""

from __future__ import annotations

import numpy as np

from cnnref.laws.cases.towers import Tower
from cnnref.laws.numbers import Numbers
from cnnref.laws.offered import Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies.gradients import narrowed
from cnnref.window import Window


def towers(
    most: int = 3,
    *,
    padded: str = "none",
    holes: bool = True,
    pooled: bool = True,
    positive: bool = True,
    units: int = 1,
) -> Cases:
    """Up to `most` layers with at least `units` units on top, and room for all of their windows.

    Padding is at no layer ("none"), at the "first" or at "any". Without `holes` every place between
    two taps is seen through another tap. Pools are not dilated, so that padding hides none.
    """

    def build(numbers: Numbers, scope: Scope) -> Tower:
        rank = scope.rank(numbers, 1)
        pooling = pooled and scope.offers("max_pool") and scope.has("max_pool", "stride")
        both = narrowed(scope, "conv", "max_pool") if pooling else scope
        looks: list[Window] = []
        pools: list[bool] = []
        size = jump = 1
        for layer in range(numbers.between(1, most)):
            here = padded == "any" or (padded == "first" and not layer)
            pool = pooling and numbers.among(False, False, True)
            look = window(numbers, both, here, pool)
            if not holes and look.kernel > 1 and look.dilation * jump > size:
                fits = jump <= size
                look = Window(look.kernel if fits else 1, look.stride, 1)
            size, jump = size + (look.span - 1) * jump, jump * look.stride
            looks.append(look)
            pools.append(pool)
        weights = [numbers.integers((1, 1) + (look.kernel,) * rank, most=3) for look in looks]
        if positive:
            weights = [np.abs(w) + 1 for w in weights]
        n = room(looks, units) + numbers.between(0, 3)
        return Tower(numbers.integers((1, 1, n)), tuple(looks), tuple(weights), tuple(pools))

    return build


def window(numbers: Numbers, scope: Scope, padded: bool, pool: bool) -> Window:
    """Where one layer looks, of the options those that may be used."""
    kernel, stride, dilation = (numbers.between(1, most) for most in (3, 3, 2))
    before, after = numbers.between(0, 2), numbers.between(0, 2)
    stride = stride if scope.has("conv", "stride") else 1
    dilation = dilation if scope.has("conv", "dilation") and not pool else 1
    if not padded or not scope.has("conv", "padding"):
        before = after = 0
    if pool:
        before, after = min(before, kernel - 1), min(after, kernel - 1)
    return Window(kernel, stride, dilation, before, after)


def room(looks: list[Window], units: int) -> int:
    """The fewest input places from which these layers make so many units."""
    n = units
    for look in reversed(looks):
        n = max(1, (n - 1) * look.stride + look.span - look.before - look.after)
    return n

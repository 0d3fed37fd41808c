"""Pooling before and after its input moves: what cnnref says, and how the page shows it."""

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnref import avg_pool, max_pool, max_pool_indices
from tests.browser.explorables import Facts, Rows, State, listed, plural, wild

PAGE = "pooling/"
START = {
    "x": "0139.4862.7420.4351",
    "pool": "max",
    "k": 2,
    "s": 2,
    "dx": -1,
    "dy": 0,
    "border": "zero",
}
FAULTS = {
    "moves the other way": ("const from = i - by", "const from = i + by"),
    "rows take the move to the right": ("shifted(input, [dy, dx]", "shifted(input, [dx, dy]"),
    "the last of equal entries": ("values(places).indexOf(", "values(places).lastIndexOf("),
    "rounds the share down": ("200 * kept + count", "200 * kept"),
    "windows side by side": ("[k, k], [s, s]", "[k, k], [k, k]"),
    "a remainder of a stride is no harm": ("|| dy % s || dx % s", ""),
    "comes in from the same side": ("((i % n) + n) % n", "Math.abs(i % n)"),
}

Table = NDArray[Any]
Place = tuple[int, int]

GRIDS = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda n: st.lists(
        st.text("0123456789", min_size=n[1], max_size=n[1]), min_size=n[0], max_size=n[0]
    ).map(".".join)
)
STATES = st.fixed_dictionaries(
    {
        "x": st.one_of(st.just(START["x"]), GRIDS),
        "pool": st.sampled_from(["max", "avg"]),
        "k": st.integers(1, 4),
        "s": st.integers(1, 4),
        "dx": st.integers(-2, 2),
        "dy": st.integers(-2, 2),
        "border": st.sampled_from(["zero", "wrap", "edge"]),
    }
)
ODD = wild(STATES, "k", "s")


def moved(table: Table, down: int, right: int, border: str) -> tuple[Table, Table]:
    """A table moved over its border, and where something came in over it."""
    modes: dict[str, Any] = {"zero": "constant", "wrap": "wrap", "edge": "edge"}
    (rows, columns), far = table.shape, max(abs(down), abs(right))
    view = slice(far - down, far - down + rows), slice(far - right, far - right + columns)
    inside = np.pad(np.ones(table.shape, bool), far)
    return np.pad(table, far, mode=modes[border])[view], ~inside[view]


def pooled(state: State, x: Table) -> Table:
    """Each output exactly: a whole number, or a fraction whose denominator divides the window."""
    k, s = state["k"], state["s"]
    if state["pool"] == "max":
        return max_pool([[x]], k, stride=s)[0, 0].astype(int).astype(object)
    y = avg_pool([[x]], k, stride=s)[0, 0]
    sums = np.rint(y * k * k).astype(int)
    assert (sums / (k * k) == y).all()
    return np.vectorize(lambda total: Fraction(int(total), k * k), otypes=[object])(sums)


def places(where: Table) -> list[list[int]]:
    """The places at which it is true."""
    return [[int(i), int(j)] for i, j in np.argwhere(where)]


def follows(state: State, before: Table, after: Table) -> Facts | None:
    """In how many places the output has just moved, where the shift is a number of strides."""
    s, shift = state["s"], (state["dy"], state["dx"])
    if shift == (0, 0) or any(by % s for by in shift):
        return None
    by = shift[0] // s, shift[1] // s
    expected, entered = moved(before, *by, state["border"])
    agree = expected == after
    inside = agree[~entered]
    return {
        "by": list(by),
        "inside": [int(inside.sum()), inside.size],
        "all": [int(agree.sum()), agree.size],
    }


def facts(state: State) -> Facts:
    """What the module must say."""
    x = np.array([[int(digit) for digit in row] for row in state["x"].split(".")])
    shift, border = (state["dy"], state["dx"]), state["border"]
    there, entered = moved(x, *shift, border)
    before, after = pooled(state, x), pooled(state, there)
    gone = moved(x, -shift[0], -shift[1], border)[1]
    kept = before == after

    def shown(y: Table) -> Any:
        mean = state["pool"] == "avg"
        return [[[v.numerator, v.denominator] if mean else v for v in row] for row in y.tolist()]

    def largest(x: Table) -> Any:
        return max_pool_indices([[x]], state["k"], stride=state["s"])[0, 0].tolist()

    return {
        "input": x.tolist(),
        "moved": there.tolist(),
        "entered": places(entered),
        "lost": [] if border == "wrap" else places(gone),
        "before": shown(before),
        "after": shown(after),
        "largest": {"before": largest(x), "after": largest(there)}
        if state["pool"] == "max"
        else None,
        "changed": places(~kept),
        "unchanged": [int(kept.sum()), kept.size],
        "percent": int(Fraction(100 * int(kept.sum()), kept.size) + Fraction(1, 2)),
        "follows": follows(state, before, after),
    }

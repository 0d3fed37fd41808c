"""Pooling before and after its input moves: what cnnref says, and how the page shows it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnref import avg_pool, max_pool, max_pool_indices
from tests.browser.explorables import Facts, Rows, State, listed, wild

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
REFUSED = {"k": 0}

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
        y: Table = max_pool([[x]], k, stride=s)[0, 0].astype(int).astype(object)
        return y
    means = avg_pool([[x]], k, stride=s)[0, 0]
    sums = np.rint(means * k * k).astype(int)
    assert (sums / (k * k) == means).all()
    exact: Table = np.vectorize(lambda one: Fraction(int(one), k * k), otypes=[object])(sums)
    return exact


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
        flat = max_pool_indices([[x]], state["k"], stride=state["s"])[0, 0]
        return [[list(divmod(place, x.shape[1])) for place in row] for row in flat.tolist()]

    return {
        "input": x.tolist(),
        "moved": there.tolist(),
        "entered": places(entered),
        "lost": [] if border == "wrap" else places(gone),
        "before": shown(before),
        "after": shown(after),
        "largest": [largest(x), largest(there)] if state["pool"] == "max" else None,
        "changed": places(~kept),
        "unchanged": [int(kept.sum()), kept.size],
        "percent": int(Fraction(100 * int(kept.sum()), kept.size) + Fraction(1, 2)),
        "follows": follows(state, before, after),
    }


def at(place: Sequence[int]) -> str:
    """`(0, 1)`."""
    return f"({place[0]}, {place[1]})"


def some(word: str, first: int, count: int) -> str:
    """`row 2`, `rows 2 to 3`."""
    return f"{word} {first}" if count == 1 else f"{word}s {first} to {first + count - 1}"


def number(value: Any) -> str:
    """A value of an output: `9`, `9/2`."""
    return str(Fraction(*value) if isinstance(value, list) else value)


def input_said(state: State, facts: Facts, place: Place, *, after: bool) -> str:
    """What a screen reader says of a place of an input."""
    k, s, (i, j) = state["k"], state["s"], place
    rows, columns = np.shape(facts["input"])
    readers = [
        at(output)
        for output in np.ndindex(np.shape(facts["before"])[:2])
        if all(o * s <= p < o * s + k for o, p in zip(output, place, strict=True))
    ]
    by = f"read by {f'output {listed(readers)}' if readers else 'no output'}"
    if after:
        came = ", came in over the border" if [i, j] in facts["entered"] else ""
        return f"shifted input {at(place)} is {facts['moved'][i][j]}{came}; {by}"
    to = ((i + state["dy"]) % rows, (j + state["dx"]) % columns)
    goes = f", moves to {at(to)}" if state["dx"] or state["dy"] else ""
    if [i, j] in facts["lost"]:
        goes = ", lost over the border"
    return f"input {at(place)} is {facts['input'][i][j]}{goes}; {by}"


def output_said(state: State, facts: Facts, place: Place, *, after: bool) -> str:
    """What a screen reader says of a place of an output."""
    k, s, (i, j) = state["k"], state["s"], place
    here, there = ("after", "before") if after else ("before", "after")
    x = np.array(facts["moved" if after else "input"])
    read = x[i * s : i * s + k, j * s : j * s + k]
    window = f"{some('row', i * s, k)}, {some('column', j * s, k)}"
    if facts["largest"]:
        first = "first at" if (read == read.max()).sum() > 1 else "at"
        found = f"the largest of {window}, {first} {at(facts['largest'][after][i][j])}"
    else:
        found = f"the mean of {window}, whose sum is {read.sum()}"
    verdict = "changed" if [i, j] in facts["changed"] else "unchanged"
    return (
        f"output {at(place)}{' after the shift' if after else ''} is {number(facts[here][i][j])}, "
        f"{found}; {there} the shift {number(facts[there][i][j])}: {verdict}"
    )


def cells(state: State, facts: Facts) -> Rows:
    """The grids on the page: input and output before the shift, then after it."""
    rows = []
    for after, names in ((False, ("input", "before")), (True, ("moved", "after"))):
        for name, said in zip(names, (input_said, output_said), strict=True):
            for i, row in enumerate(facts[name]):
                texts = (number(value) for value in row)
                labels = (said(state, facts, (i, j), after=after) for j in range(len(row)))
                rows.append(list(zip(texts, labels, strict=True)))
    return rows


def told(state: State, facts: Facts) -> dict[str, str]:
    """The shares under the grids."""
    shares = {"unchanged": facts["unchanged"]}
    if facts["follows"]:
        shares |= {name: facts["follows"][name] for name in ("inside", "all")}
    told = {name: f"{part} of {whole}" for name, (part, whole) in shares.items()}
    return {**told, "percent": str(facts["percent"])}


def printed(state: State, facts: Facts) -> str:
    """What the copied Python prints."""
    lines = ["output  before  after  unchanged"]
    for i, j in np.ndindex(np.shape(facts["before"])[:2]):
        values = (float(Fraction(number(facts[when][i][j]))) for when in ("before", "after"))
        before, after = (f"{value:g}" for value in values)
        same = "no" if [i, j] in facts["changed"] else "yes"
        lines.append(f"({i}, {j})  {before}  {after}  {same}")
    kept, count = facts["unchanged"]
    return "\n".join([*lines, f"together      {kept} of {count}"]) + "\n"

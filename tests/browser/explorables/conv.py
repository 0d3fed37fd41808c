"""Convolution and cross-correlation on two axes: what cnnref says, and how the page shows it."""

import re
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnref import conv, convolve, correlate, flip, windows
from tests.browser.explorables import Facts, Rows, State, listed

PAGE = "convolution/"
START = {"x": "12013.01321.20130.13201.01212", "k": "12.34", "flip": "on"}
REFUSED = {"x": "12.34", "k": "121.342.100"}
FAULTS = {
    "no flip": ('flip === "on" ? kernel.map', 'flip === "never" ? kernel.map'),
    "flips one axis only": ("[...row].reverse()).reverse()", "[...row].reverse())"),
    "only the last channel counts": (
        "const after = (table, c) => ",
        "const after = (table, c) => (sum = 0) || ",
    ),
    "the window stands still": (
        "down.flatMap((i, a) => right",
        "down.flatMap((_, a, all, i = a) => right",
    ),
    "minus signs are lost": (r"match(/-?\d/g)", r"match(/\d/g)"),
    "refuses in the other name": ('"convolve" : "correlate"', '"correlate" : "convolve"'),
}

Tables = NDArray[Any]
Place = tuple[int, int]


def read(text: str) -> Tables:
    """The tables of a text: a row up to each dot, a channel up to each low line."""
    rows = [[re.findall(r"-?\d", row) for row in table.split(".")] for table in text.split("_")]
    return np.array(rows, dtype=int)


def drawn(channels: int, rows: int, columns: int, seed: int) -> str:
    """Integers from -9 to 9 as the text of tables."""
    values = np.random.default_rng(seed).integers(-9, 10, (channels, rows, columns)).tolist()
    return "_".join(".".join("".join(map(str, row)) for row in table) for table in values)


def pairs(channels: int, meant: int) -> st.SearchStrategy[State]:
    """An input and a kernel that is meant for so many channels; it may be too large."""
    side, taps, seed = st.integers(1, 8), st.integers(1, 4), st.integers(0, 2**32)
    x = st.builds(drawn, st.just(channels), side, side, seed)
    k = st.builds(drawn, st.just(meant), taps, taps, seed)
    return st.fixed_dictionaries({"x": x, "k": k, "flip": st.sampled_from(["on", "off"])})


STATES = st.one_of(st.just(START), pairs(1, 1), pairs(1, 1), pairs(3, 3), pairs(3, 3))
ODD = st.one_of(*[STATES] * 6, pairs(1, 3), pairs(3, 1))


def result(state: State) -> Tables:
    """What the operation says."""
    x, w = read(state["x"]), read(state["k"])
    if len(x) == len(w) == 1:
        operation = convolve if state["flip"] == "on" else correlate
        y: Tables = operation(x[0], w[0], mode="valid")
    else:
        y = conv([x], [laid(state)])[0, 0]
    return y.astype(int)


def laid(state: State) -> Tables:
    """The kernel as it lies on a window."""
    w = read(state["k"])
    return np.array([flip(table) for table in w], int) if state["flip"] == "on" else w


def facts(state: State) -> Facts:
    """What the module must say."""
    x, w, y = read(state["x"]), laid(state), result(state)
    begun = np.tril(np.ones((w.size, w.size), int)) * w.ravel()
    sums = conv([x], begun.reshape(-1, *w.shape))[0].astype(int)  # the first taps, the others zero
    assert (sums[-1] == y).all()
    down, right = windows(x.shape[1:], w.shape[1:])
    return {
        "laid": w.tolist(),
        "rows": [[down.reads(j, a) for a in range(down.kernel)] for j in range(y.shape[0])],
        "columns": [[right.reads(j, a) for a in range(right.kernel)] for j in range(y.shape[1])],
        "sums": np.moveaxis(sums, 0, -1).tolist(),
        "output": y.tolist(),
    }


def number(value: int) -> str:
    """A number as the page shows it, with a real minus sign."""
    return str(value).replace("-", "\N{MINUS SIGN}")


def factor(value: int) -> str:
    """A number that something stands in front of."""
    return f"({number(value)})" if value < 0 else number(value)


def some(word: str, first: int, count: int) -> str:
    """`row 2`, `rows 2 to 3`."""
    return f"{word} {first}" if count == 1 else f"{word}s {first} to {first + count - 1}"


def channel(state: State, c: int) -> str:
    """`channel 2, ` where there is more than one."""
    return f"channel {c}, " if "_" in state["x"] else ""


def input_said(state: State, facts: Facts, c: int, place: Place) -> str:
    """What a screen reader says of a place of the input."""
    reached = []
    for i, rows in enumerate(facts["rows"]):
        for j, columns in enumerate(facts["columns"]):
            if place[0] in rows and place[1] in columns:
                weight = facts["laid"][c][rows.index(place[0])][columns.index(place[1])]
                reached.append(f"output ({i}, {j}) times {number(weight)}")
    value = number(int(read(state["x"])[c][place]))
    return f"{channel(state, c)}input {place} is {value}: reaches {listed(reached)}"


def kernel_said(state: State, facts: Facts, c: int, place: Place) -> str:
    """What a screen reader says of an entry of the kernel."""
    w = read(state["k"])[c]
    on = state["flip"] == "on"
    a, b = (k - 1 - tap if on else tap for k, tap in zip(w.shape, place, strict=True))
    rows, columns = len(facts["rows"]), len(facts["columns"])
    where = f"{some('row', a, rows)}, {some('column', b, columns)}"
    return (
        f"{channel(state, c)}kernel {place} is {number(int(w[place]))}: "
        f"lies at ({a}, {b}) of each window, and meets the input in {where}"
    )


def products(state: State, facts: Facts, place: Place) -> list[tuple[list[Place], int]]:
    """For each channel, the pairs that meet in an output, and the sum of their products."""
    x, w = read(state["x"]), np.array(facts["laid"])
    i, j = place
    found = []
    for table, taps in zip(x, w, strict=True):
        window = table[i : i + taps.shape[0], j : j + taps.shape[1]]
        met = list(zip(window.ravel().tolist(), taps.ravel().tolist(), strict=True))
        found.append((met, int(correlate(window, taps)[0, 0])))
    return found


def output_said(state: State, facts: Facts, place: Place) -> str:
    """What a screen reader says of an output."""
    parts = [
        (listed([f"{number(x)} times {number(w)}" for x, w in met]), number(total))
        for met, total in products(state, facts, place)
    ]
    said = parts[0][0]
    if len(parts) > 1:
        said = listed([f"{sum_} from channel {c} ({met})" for c, (met, sum_) in enumerate(parts)])
    return f"output {place} is {number(facts['output'][place[0]][place[1]])}, the sum of {said}"


def cells(state: State, facts: Facts) -> Rows:
    """The grids on the page: each channel's input and kernel, then the output."""
    rows = []
    for c, pair in enumerate(zip(read(state["x"]), read(state["k"]), strict=True)):
        for values, said in zip(pair, (input_said, kernel_said), strict=True):
            for i, row in enumerate(values.tolist()):
                rows.append([(number(v), said(state, facts, c, (i, j))) for j, v in enumerate(row)])
    for i, row in enumerate(facts["output"]):
        rows.append([(number(v), output_said(state, facts, (i, j))) for j, v in enumerate(row)])
    return rows


def told(state: State, facts: Facts) -> dict[str, str]:
    """The sum that is written out, of the first output."""
    parts = products(state, facts, (0, 0))
    written = {
        f"part{c}": f"{' + '.join(f'{number(x)}·{factor(w)}' for x, w in met)} = {number(total)}"
        for c, (met, total) in enumerate(parts)
    }
    return {**written, "sum": number(facts["output"][0][0])}


def printed(state: State, facts: Facts) -> str:
    """What the copied Python prints."""
    head = ["output", *(f"column {j}" for j in range(len(facts["columns"])))]
    rows = [head, *([f"row {i}", *row] for i, row in enumerate(facts["output"]))]
    return "".join("  ".join(map(str, row)) + "\n" for row in rows)

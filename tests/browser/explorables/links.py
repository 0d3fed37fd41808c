"""Connections and weights on one axis: what cnnref says, and how the page shows it."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from cnnref import Conv, Dense, LocallyConnected, count, pattern, weight_index, windows
from tests.browser.explorables import Facts, Rows, State, listed, plural, wild

PAGE = "connectivity/"
START = {"n": 7, "k": 3, "padding": "valid", "mode": "conv"}
REFUSED = {"n": 2}
FAULTS = {
    "every output has its own kernel": ('mode === "local" ? j', 'mode !== "dense" ? j'),
    "padding is connected": ("const edges = taps.filter(real)", "const edges = taps"),
    "dense weights column by column": ("[j, i, j * n + i]", "[j, i, i * m + j]"),
    "no products with padding": ("const products = outputs * taps", "const products = joined"),
}
STATES = st.fixed_dictionaries(
    {
        "n": st.integers(1, 12),
        "k": st.integers(1, 5),
        "padding": st.sampled_from(["valid", "same"]),
        "mode": st.sampled_from(["conv", "local", "dense"]),
    }
)
ODD = wild(STATES, "n", "k")
COUNTED = ("connections", "weights", "products")


def costs(state: State, *n: int) -> Facts:
    """What the three kinds of layer cost on an input of this size."""
    kernel, padding = state["k"], state["padding"]
    conv = Conv(1, kernel, padding=padding, bias=False)
    outputs = count(conv, (1, *n)).outputs
    layers: dict[str, Conv | LocallyConnected | Dense] = {
        "conv": conv,
        "local": LocallyConnected(1, kernel, padding=padding, bias=False),
        "dense": Dense(outputs, bias=False),
    }
    found = {name: count(layer, (1, *n)) for name, layer in layers.items()}
    told = {name: [c.connections, c.parameters, c.multiplies] for name, c in found.items()}
    return {"outputs": outputs, **told}


def numbered(state: State) -> Any:
    """The weight on each connection, -1 where there is none, (m, n)."""
    n = state["n"]
    (window,) = windows((n,), state["k"], padding=state["padding"])
    m = window.places(n)
    if state["mode"] == "dense":
        return np.arange(m * n).reshape(m, n)
    return weight_index(window, n, m if state["mode"] == "local" else 1)


def facts(state: State) -> Facts:
    """What the module must say."""
    n, k, mode = state["n"], state["k"], state["mode"]
    (window,) = windows((n,), k, padding=state["padding"])
    index = numbered(state)
    reads = np.any(pattern(window, n), axis=2)  # (k, m)
    row = costs(state, n)
    shared = 0 if mode == "conv" else k
    padded = [
        [j, window.reads(j, a), j * shared + a]
        for j in range(len(index))
        for a in range(k)
        if mode != "dense" and not reads[a, j]
    ]
    used = index[index >= 0]
    return {
        "before": window.before,
        "after": window.after,
        "edges": [[int(j), int(i), int(index[j, i])] for j, i in np.argwhere(index >= 0)],
        "padded": padded,
        "uses": np.bincount(used, minlength=row[mode][1]).tolist(),
        "row": row,
        "image": costs(state, 28, 28),
    }


def inputs(state: State, facts: Facts) -> list[tuple[str, str]]:
    """The input places, and where each goes."""
    n, edges = state["n"], facts["edges"]
    readers = [[(j, w) for j, i, w in edges if i == place] for place in range(n)]
    most = max(map(len, readers))
    shown = []
    padding = state["mode"] != "dense"
    for i in range(-facts["before"] * padding, n + facts["after"] * padding):
        if not 0 <= i < n:
            times = plural(sum(place == i for _, place, _ in facts["padded"]), "time")
            shown.append((str(i), f"padding, place {i}: no input; multiplied {times}"))
            continue
        to, few = readers[i], len(readers[i]) < most
        where = listed([f"{j} (weight {w})" for j, w in to])
        said = f"input {i}: goes to {plural(len(to), 'output')}{' only' * few}: {where}"
        edge = f"; it is {'at' if i in {0, n - 1} else 'near'} the edge"
        shown.append((str(i), said + edge * few))
    return shown


def outputs(facts: Facts) -> list[tuple[str, str]]:
    """The output places, and what each reads."""
    shown = []
    for j in range(facts["row"]["outputs"]):
        reads = [f"{i} (weight {w})" for place, i, w in facts["edges"] if place == j]
        lost = [w for place, _, w in facts["padded"] if place == j]
        said = f"output {j}: reads {plural(len(reads), 'input')}: {listed(reads)}"
        words = f"weight{'s' * (len(lost) > 1)} {listed(lost)} meet{'s' * (len(lost) == 1)}"
        shown.append((str(j), said + f"; {words} padding" * bool(lost)))
    return shown


def weights(state: State, facts: Facts) -> Rows:
    """The weights as they are stored: one kernel, or a row for each output."""
    shown = []
    for weight, uses in enumerate(facts["uses"]):
        on = [f"{i} to {j}" for j, i, w in facts["edges"] if w == weight]
        zeros = sum(w == weight for _, _, w in facts["padded"])
        said = f"weight {weight}: used {plural(uses, 'time')}"
        said += f", input to output: {listed(on)}" * bool(on)
        shown.append((str(weight), said + f"; {plural(zeros, 'time')} on padding" * bool(zeros)))
    wide = state["n"] if state["mode"] == "dense" else state["k"]
    return [shown[at : at + wide] for at in range(0, len(shown), wide)]


def cells(state: State, facts: Facts) -> Rows:
    """The grid on the page: what stands in each cell, and what a screen reader says of it."""
    return [inputs(state, facts), outputs(facts), *weights(state, facts)]


def told(state: State, facts: Facts) -> dict[str, str]:
    """The numbers under the grid."""
    numbers = {
        f"{where}-{mode}-{what}": f"{value:,}"
        for where in ("row", "image")
        for mode in ("conv", "local", "dense")
        for what, value in zip(COUNTED, facts[where][mode], strict=True)
    }
    image = facts["image"]
    each = {"kernel": image["conv"][1], "outputs": image["outputs"], "pixels": 28 * 28}
    return {**numbers, **{name: f"{value:,}" for name, value in each.items()}}


def printed(state: State, facts: Facts) -> str:
    """What the copied Python prints."""
    rows: list[list[object]] = [["output", "inputs", "weights"]]
    for j, row in enumerate(numbered(state)):
        on = [i for i, w in enumerate(row) if w >= 0]
        rows.append([j, on, [int(row[i]) for i in on]])
    rows += [[], ["layer", "connections", "weights", "multiply-adds"]]
    names = {"conv": "convolution", "local": "local", "dense": "dense"}
    for where, size in [("row", f"{state['n']}"), ("image", "28 x 28")]:
        rows += [[f"{names[mode]} on {size}", *facts[where][mode]] for mode in names]
    return "".join("  ".join(map(str, row)) + "\n" for row in rows)

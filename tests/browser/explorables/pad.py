"""A network with one kernel in all layers: what cnnref says of it, and how the page shows it."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from cnnref import Window, pattern, receptive_field, windows
from tests.browser.explorables import Facts, Rows, State, listed, plural, wild

PAGE = "padding/"
START = {"n": 16, "k": 6, "layers": 4, "padding": "valid", "count": "windows"}
REFUSED = {"n": 5}
FAULTS = {
    "padding off by one": (
        "a * this.dilation - this.before",
        "a * this.dilation - this.before + 1",
    ),
    "the field of one layer only": ("field += window.span - 1", "field = window.span"),
    "zeros are inputs, too": ("i >= 0 && i < places", "i < places"),
    "its own window only": ("below = inputs;", ""),
    "each place once": ("(sums[i] += held[j])", "(sums[i] = held[j])"),
    "a full padding on one side": (
        '"full") return [window.span - 1, window.span - 1]',
        '"full") return [0, window.span - 1]',
    ),
}

STATES = st.fixed_dictionaries(
    {
        "n": st.integers(1, 24),
        "k": st.integers(1, 7),
        "layers": st.integers(1, 8),
        "padding": st.sampled_from(["valid", "same", "full"]),
        "count": st.sampled_from(["windows", "paths"]),
    }
)
NO_DEPTH = st.tuples(STATES, st.sampled_from([0, -1, 0.5, 2.5]))
ODD = st.one_of(
    wild(STATES, "n", "k"), NO_DEPTH.map(lambda drawn: {**drawn[0], "layers": drawn[1]})
)


def stacked(state: State) -> tuple[list[Window], list[int], Any]:
    """The Windows as long as they fit, the places from the input up, and what ends it."""
    looks, sizes = list[Window](), [state["n"]]
    for layer in range(1, state["layers"] + 1):
        try:
            looks += windows((sizes[-1],), state["k"], padding=state["padding"])
        except ValueError as refused:
            if layer == 1:
                raise
            return looks, sizes, {"layer": layer, "says": str(refused)}
        sizes.append(looks[-1].places(sizes[-1]))
    return looks, sizes, None


def facts(state: State) -> Facts:
    """What the module must say."""
    if not isinstance(state["layers"], int):
        raise TypeError(f"pad: layers must be an integer; got {state['layers']}")
    if state["layers"] < 1:
        raise ValueError(f"pad: layers must be at least 1; got {state['layers']}")
    looks, sizes, ended = stacked(state)
    seen, ways, layers = np.eye(state["n"], dtype=bool), np.eye(state["n"], dtype=int), []
    for nth, window in enumerate(looks):
        reads = pattern(window, sizes[nth]).any(axis=0)
        seen, ways = reads @ seen, reads.astype(int) @ ways
        at = [np.flatnonzero(row) for row in seen]
        layers.append(
            {
                "places": sizes[nth + 1],
                "before": window.before,
                "after": window.after,
                "field": receptive_field(looks[: nth + 1]).size,
                "inputs": [[int(places[0]), int(places[-1])] for places in at],
                "real": [len(places) for places in at],
                "zeros": (state["k"] - reads.sum(axis=1)).tolist(),
                "visits": reads.sum(axis=0).tolist(),
            }
        )
    return {"layers": layers, "ended": ended, "paths": ways.sum(axis=0).tolist()}


def unit(state: State, facts: Facts, level: int, j: int) -> str:
    """What a screen reader says of a unit."""
    layer, above = facts["layers"][level - 1], facts["layers"][level:]
    first, last = layer["inputs"][j]
    which = str(first) if first == last else f"{first} to {last}"
    below = plural(state["k"] - layer["zeros"][j], "unit" if level > 1 else "input")
    said = (
        f"layer {level}, unit {j}: {plural(layer['real'][j], 'real input')} ({which}) "
        f"in a field of {layer['field']}; "
        f"its own window reads {below} and {plural(layer['zeros'][j], 'zero')}"
    )
    if not above:
        return said
    return f"{said}; read by {plural(above[0]['visits'][j], 'window')} of layer {level + 1}"


def cells(state: State, facts: Facts) -> Rows:
    """The grid on the page: what stands in each cell, and what a screen reader says of it."""
    layers, ended, times = facts["layers"], facts["ended"], facts["layers"][0]["visits"]
    says = [
        f"input {i}: read by {plural(time, 'window')} of layer 1, at most k = {state['k']}; "
        f"{plural(facts['paths'][i], 'path')} to layer {len(layers)}"
        for i, time in enumerate(times)
    ]
    counts = facts["paths"] if state["count"] == "paths" else times
    rows: Rows = [
        [(str(real), unit(state, facts, level, j)) for j, real in enumerate(layer["real"])]
        for level, layer in enumerate(layers, start=1)
    ]
    if ended:
        rows.append([("the window does not fit", f"layer {ended['layer']}: {ended['says']}")])
    inputs = [(str(i), words) for i, words in enumerate(says)]
    return [*reversed(rows), inputs, list(zip(map(str, counts), says, strict=True))]


def told(state: State, facts: Facts) -> dict[str, str]:
    """The numbers beside the grid."""
    layers, last, times = facts["layers"], facts["layers"][-1], facts["layers"][0]["visits"]
    whole = sum(real == last["field"] for real in last["real"])
    ended = {"ended": facts["ended"]["says"]} if facts["ended"] else {}
    return {
        "places": listed([state["n"], *(layer["places"] for layer in layers)]),
        "whole": f"{whole} of {last['places']}",
        "visits": " to ".join(map(str, sorted({min(times), max(times)}))),
        **ended,
    }


def printed(state: State, facts: Facts) -> str:
    """What the copied Python prints."""
    rows: list[list[object]] = [
        ["layer", "places", "inputs behind a unit", "reads of a place below"]
    ]
    for level, layer in enumerate(facts["layers"], start=1):
        ends = [f"{min(counts)} to {max(counts)}" for counts in (layer["real"], layer["visits"])]
        rows.append([level, layer["places"], *ends])
    if facts["ended"]:
        rows.append([facts["ended"]["layer"], "does not fit", "none", "none"])
    return "".join("  ".join(map(str, row)) + "\n" for row in rows)

"""Layers that share differently, and a recurrent one: what cnnref says, and how it is shown."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from cnnref import Window, recurrent_conv, weight_index, windows
from tests.browser.explorables import Facts, Rows, State, listed, plural, wild

PAGE = "variants/"
START = {"t": 2, "n": 6, "k": 2, "again": "no"}
REFUSED = {"n": 1}
FAULTS = {
    "kernels in blocks, not in turn": ("(j % kernels) * k", "Math.floor(j / kernels) * k"),
    "kernels counted from one": ("(j % kernels)", "((j + 1) % kernels)"),
    "one kernel for all": ("tiled: numbered(t)", "tiled: numbered(1)"),
    "dense weights column by column": ("[j, i, j * n + i]", "[j, i, i * m + j]"),
    "a step sees what it reads": (
        "sees.push(real.map((read) => [below[read[0]][0]",
        "sees.push(real.map((read) => [read[0]",
    ),
}
STATES = st.fixed_dictionaries(
    {
        "n": st.integers(1, 9),
        "k": st.integers(1, 4),
        "t": st.integers(1, 9),
        "again": st.sampled_from(["no", "yes"]),
    }
)
ODD = wild(STATES, "n", "k", "t")
NAMES = {"conv": "convolution", "tiled": "tiled", "local": "locally connected", "dense": "dense"}
STEPS = 3


def tables(state: State) -> dict[str, Any]:
    """The weight on each connection of the four layers, -1 where there is none, (m, n)."""
    n = state["n"]
    (window,) = windows((n,), state["k"])
    m = window.places(n)
    tiled = weight_index(window, n, tile=state["t"])
    whole = weight_index(Window(n), n)
    return {
        "conv": weight_index(window, n),
        "tiled": tiled,
        "local": weight_index(window, n, tile=m),
        "dense": np.vstack([whole + n * j for j in range(m)]),
    }


def edges(table: Any) -> list[list[int]]:
    """Output, input and weight of each connection."""
    return [[int(j), int(i), int(table[j, i])] for j, i in np.argwhere(table >= 0)]


def estimates(state: State) -> Any:
    """What each step answers at each place to a one at each input, (steps, inputs, places)."""
    n, one = state["n"], [[[1]]]
    x, w = np.eye(n, dtype=int)[:, np.newaxis], np.ones((1, 1, state["k"]), int)
    return recurrent_conv(x, one, one, w, steps=STEPS, activation="identity")[:, :, 0]


def facts(state: State) -> Facts:
    """What the module must say."""
    n = state["n"]
    layers = {kind: edges(table) for kind, table in tables(state).items()}
    (window,) = windows((n,), state["k"], padding="same")
    seen = [[np.flatnonzero(answer) for answer in step.T] for step in estimates(state)]
    return {
        "m": len(tables(state)["conv"]),
        "layers": layers,
        "again": edges(weight_index(window, n)),
        "sees": [[[int(read[0]), int(read[-1])] for read in step] for step in seen],
    }


def weighed(joined: list[list[int]], end: int) -> str:
    """The other ends of some connections, with their weights."""
    return listed([f"{edge[end]} (weight {edge[2]})" for edge in joined])


def inputs(kind: str, state: State, joined: list[list[int]]) -> list[tuple[str, str]]:
    """The inputs of a layer, and where each goes."""
    shown = []
    for i in range(state["n"]):
        to = [edge for edge in joined if edge[1] == i]
        said = f"{NAMES[kind]}, input {i}: goes to {plural(len(to), 'output')}: {weighed(to, 0)}"
        shown.append((str(i), said))
    return shown


def outputs(kind: str, table: Any, joined: list[list[int]]) -> list[tuple[str, str]]:
    """The outputs of a layer, what each reads, and which others have its weights."""
    own = [sorted(row[row >= 0].tolist()) for row in table]
    shown = []
    for j, weights in enumerate(own):
        read = [edge for edge in joined if edge[0] == j]
        alike = [other for other, others in enumerate(own) if other != j and others == weights]
        same = f"the same weights as output{'s' * (len(alike) > 1)} {listed(alike)}"
        shown.append(
            (
                str(j),
                f"{NAMES[kind]}, output {j}: reads {plural(len(read), 'input')}: "
                f"{weighed(read, 1)}; {same if alike else 'weights of its own'}",
            )
        )
    return shown


def steps(state: State, facts: Facts) -> Rows:
    """The recurrent layer: its inputs, and the places of each step."""
    n = state["n"]
    rows = [[(str(i), f"input {i}: read by place {i} of every step (weight u)") for i in range(n)]]
    for step, sees in enumerate(facts["sees"], start=1):
        row = []
        for j, (first, last) in enumerate(sees):
            read = [edge for edge in facts["again"] if edge[0] == j]
            back = f", and of step {step - 1}: {weighed(read, 1)}"
            row.append(
                (
                    str(j),
                    f"step {step}, place {j}: reads input {j} (weight u)"
                    f"{back if step > 1 else '; nothing has come back yet'}; sees input"
                    f"{f's {first} to {last}' if last > first else f' {first}'}",
                )
            )
        rows.append(row)
    return rows


def cells(state: State, facts: Facts) -> Rows:
    """The grids on the page: what stands in each cell, and what a screen reader says of it."""
    shown: Rows = []
    for kind, table in tables(state).items():
        joined = facts["layers"][kind]
        shown += [inputs(kind, state, joined), outputs(kind, table, joined)]
    return shown + (steps(state, facts) if state["again"] == "yes" else [])


def told(state: State, facts: Facts) -> dict[str, str]:
    """The numbers above the pictures."""
    numbers = {}
    for kind, table in tables(state).items():
        used = table[table >= 0]
        numbers[f"{kind}-weights"] = str(np.unique(used).size)
        numbers[f"{kind}-connections"] = str(used.size)
    return numbers


def printed(state: State, facts: Facts) -> str:
    """What the copied Python prints."""
    layers = tables(state)
    names = ["convolution", "tiled", "local", "dense"]
    rows: list[list[object]] = [["output", *names]]
    for j in range(facts["m"]):
        rows.append([j, *(table[j][table[j] >= 0].tolist() for table in layers.values())])
    rows += [[], ["layer", "weights", "connections"]]
    for name, table in zip(names, layers.values(), strict=True):
        used = table[table >= 0]
        rows.append([name, len(set(used.tolist())), used.size])
    if state["again"] == "yes":
        rows += [[], ["place", *(f"step {step} sees" for step in range(1, STEPS + 1))]]
        for place in range(state["n"]):
            sees = [step[place] for step in facts["sees"]]
            rows.append([place, *(list(range(first, last + 1)) for first, last in sees)])
    return "".join("  ".join(map(str, row)) + "\n" for row in rows)

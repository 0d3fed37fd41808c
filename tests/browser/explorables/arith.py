"""Stride, padding and dilation on one axis: what cnnref says, and how the page shows it."""

from typing import Any

from hypothesis import strategies as st

from cnnref import Window, windows
from tests.browser.explorables import Facts, Rows, State, listed, plural, wild

PAGE = "layers/"
START = {"n": 8, "k": 3, "s": 2, "d": 1, "padding": "valid", "before": 0, "after": 0}
FAULTS = {
    "rounds up": ("return Math.floor((n +", "return Math.ceil((n +"),
    "padding off by one": (
        "a * this.dilation - this.before",
        "a * this.dilation - this.before + 1",
    ),
    "the spare zero first": ('word === "same" ?', 'word !== "same" ?'),
    "strides of zero": ("value < least", "value < 0"),
}

REFUSED = {"s": 0}

STATES = st.fixed_dictionaries(
    {
        "n": st.integers(1, 16),
        "k": st.integers(1, 5),
        "s": st.integers(1, 4),
        "d": st.integers(1, 3),
        "padding": st.sampled_from(["valid", "same", "same_lower", "full", "numbers"]),
        "before": st.integers(0, 4),
        "after": st.integers(0, 4),
    }
)
ODD = wild(STATES, "n", "k", "s", "d", "before", "after")


def looks(state: State, *, ceil_mode: bool = False) -> Window:
    """The Window of a state."""
    pair = [(state["before"], state["after"])]
    padding: Any = pair if state["padding"] == "numbers" else state["padding"]
    (window,) = windows((state["n"],), state["k"], state["s"], padding, state["d"], ceil_mode)
    return window


def facts(state: State) -> Facts:
    """What the module must say."""
    window, over, n = looks(state), looks(state, ceil_mode=True), state["n"]
    reads = [[window.reads(j, a) for a in range(window.kernel)] for j in range(window.places(n))]
    return {
        "before": window.before,
        "after": window.after,
        "span": window.span,
        "places": window.places(n),
        "reads": reads,
        "unread": [i for i in range(n) if not any(i in taps for taps in reads)],
        "ceil": {"places": over.places(n), "after": over.after},
    }


def cells(state: State, facts: Facts) -> Rows:
    """The grid on the page: what stands in each cell, and what a screen reader says of it."""
    n, reads = state["n"], facts["reads"]
    inputs = []
    for i in range(-facts["before"], n + facts["after"]):
        by = [
            f"output {j} (tap {a})"
            for j, taps in enumerate(reads)
            for a, place in enumerate(taps)
            if place == i
        ]
        what = f"input {i}" if 0 <= i < n else f"padding, place {i}"
        inputs.append((str(i), f"{what}: {'read by ' + listed(by) if by else 'never read'}"))
    outputs = []
    for j, taps in enumerate(reads):
        inside = [str(i) for i in taps if 0 <= i < n]
        zeros = len(taps) - len(inside)
        parts = [f"input {listed(inside)}"] * bool(inside) + [plural(zeros, "zero")] * bool(zeros)
        outputs.append((str(j), f"output {j}: reads {', and '.join(parts)}"))
    return [inputs, outputs]


def told(state: State, facts: Facts) -> dict[str, str]:
    """The numbers beside the grid."""
    return {"places": str(facts["places"]), "ceil": str(facts["ceil"]["places"])}


def printed(state: State, facts: Facts) -> str:
    """What the copied Python prints."""
    head = ["output", *(f"tap {a} reads" for a in range(state["k"]))]
    rows = [head, *([j, *taps] for j, taps in enumerate(facts["reads"]))]
    return "".join("  ".join(map(str, row)) + "\n" for row in rows)

"""A stack of layers and what a unit of it sees: what cnnref says, and how the page shows it."""

import re
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

from cnnref import Window, matrix, receptive_field, windows
from tests.browser.explorables import Facts, Rows, State, listed, plural

Options: TypeAlias = tuple[Any, ...]

PAGE = "receptive-fields/"
START = {"n": 12, "stack": "c3,c3,p2-2,c3", "unit": ""}
REFUSED = {"n": 3}
FAULTS = {
    "grows by its own stride": (
        "size += (window.span - 1) * jump",
        "size += (window.span - 1) * jump * window.stride",
    ),
    "padding moves it by places of its layer": (
        "start -= window.before * jump",
        "start -= window.before",
    ),
    "each place once": ("(below.get(i) ?? 0) + count", "count"),
    "zeros lead on": ("if (j < 0 || j >= layers[nth].places) continue;", ""),
    "not cut off at the border": (
        "range(n).filter((i) => i >= first",
        "range(n).filter((i) => true",
    ),
}

LAYER = re.compile(r"([cp])(\d+)(?:-(\d+))?(?:-(\d+))?(?:-(valid|same|\d+\.\d+))?")
STRIDES, DILATIONS = [1, 1, 1, 2, 3], [1, 1, 2, 4]
PADDINGS = ["-valid", "-same", "-same", "-0.1", "-1.1", "-3.4", ""]
WRONG = ["c0", "c3-0", "p2-2-0", "c9-1-9"]


@st.composite
def stacks(draw: st.DrawFn) -> State:
    """Layers that fit, and one of their units."""
    n = draw(st.integers(1, 32))
    places, layers = [n], list[str]()
    for _ in range(draw(st.integers(1, 8))):
        kernel = draw(st.integers(1, min(max(places[-1], 2), 5)))
        stride, ends = draw(st.sampled_from(STRIDES)), draw(st.sampled_from(PADDINGS))
        dilation = draw(st.sampled_from(DILATIONS)) if places[-1] > 4 * kernel else 1
        said = "" if dilation == 1 and draw(st.booleans()) else f"-{dilation}"
        layer = f"{draw(st.sampled_from('cp'))}{kernel}-{stride}{said}{ends}"
        try:
            (window,) = windows((places[-1],), *options(layer)[0])
        except ValueError:
            continue
        layers.append(layer)
        places.append(window.places(places[-1]))
    depth = draw(st.integers(1, max(len(layers), 1)))
    unit = draw(st.integers(0, places[min(depth, len(layers))] - 1))
    chosen = draw(st.sampled_from(["", f"{depth}.{unit}"]))
    return {"n": n, "stack": ",".join(layers) or "c1", "unit": chosen}


STATES = stacks()


@st.composite
def odd(draw: st.DrawFn) -> State:
    """A state of which something may be wrong: its n, a layer or its unit."""
    state = draw(STATES)
    what = draw(st.sampled_from(["", "", "", "", "", "n", "stack", "unit"]))
    if what == "n":
        return {**state, "n": draw(st.one_of(st.integers(-2, 40), st.just(2.5)))}
    if what == "stack":
        return {**state, "stack": f"{state['stack']},{draw(st.sampled_from(WRONG))}"}
    if what == "unit":
        return {**state, "unit": f"{draw(st.integers(1, 9))}.{draw(st.integers(0, 9))}"}
    return state


ODD = odd()


def options(stack: str) -> list[Options]:
    """Kernel, stride, padding and dilation of each layer."""
    found = []
    for text in stack.split(","):
        match = LAYER.fullmatch(text)
        assert match, text
        _, k, s, d, padding = match.groups(default="1")
        sides: Any = "valid" if padding == "1" else padding
        if "." in padding:
            sides = [tuple(map(int, padding.split(".")))]
        found.append((int(k), int(s), sides, int(d)))
    return found


def looks(state: State) -> list[Window]:
    """The Windows of a state, layer by layer."""
    n, layers = state["n"], list[Window]()
    for nth, layer in enumerate(options(state["stack"]), start=1):
        try:
            layers += windows((n,), *layer)
        except (TypeError, ValueError) as error:
            raise type(error)(f"layer {nth}: {error}") from None
        n = layers[-1].places(n)
    return layers


def sizes(n: int, layers: list[Window]) -> list[int]:
    """The places of the input and of each layer."""
    found = [n]
    for window in layers:
        found.append(window.places(found[-1]))
    return found


def chosen(unit: str, places: list[int]) -> tuple[int, int]:
    """The layer and the place of the unit."""
    if not unit:
        return len(places) - 1, (places[-1] - 1) // 2
    layer, place = map(int, unit.split("."))
    if layer >= len(places):
        raise ValueError(f"unit: there is no layer {layer} among {len(places) - 1}")
    if place >= places[layer]:
        raise ValueError(f"unit: layer {layer} has places 0 to {places[layer] - 1}; got {place}")
    return layer, place


def seen(n: int, layers: list[Window], unit: int) -> Facts:
    """What a unit of the last of the layers sees: products of the layers' matrices say it."""
    places = sizes(n, layers)
    ways = np.eye(places[-1])[unit]
    read = [[unit]]
    for window, below in zip(reversed(layers), reversed(places[:-1]), strict=True):
        units = np.flatnonzero(ways)
        ways = ways @ matrix(window, below, np.ones(window.kernel))
        taps = {window.reads(int(j), a) for j in units for a in range(window.kernel)}
        zeros = {i for i in taps if not 0 <= i < below}
        read.insert(0, sorted(zeros | {int(i) for i in np.flatnonzero(ways)}))
    first, last = receptive_field(layers).interval(unit)
    inside = range(max(first, 0), min(last, n - 1) + 1)
    return {
        "read": read,
        "ways": [int(count) for count in ways],
        "interval": [first, last],
        "clipped": [inside[0], inside[-1]] if inside else None,
        "holes": [i for i in inside if not ways[i]],
    }


def facts(state: State) -> Facts:
    """What the module must say."""
    n, layers = state["n"], looks(state)
    places = sizes(n, layers)
    rows = []
    for depth, window in enumerate(layers, start=1):
        field = receptive_field(layers[:depth])
        look = {"places": places[depth], "before": window.before, "after": window.after}
        rows.append({**look, "size": field.size, "jump": field.jump, "start": field.start})
    layer, place = chosen(state["unit"], places)
    return {"layers": rows, "unit": [layer, place], **seen(n, layers[:layer], place)}


def saying(facts: Facts) -> dict[str, str]:
    """What is told of a unit, by its names."""
    counts, inside = facts["ways"], facts["clipped"]
    ways = counts[inside[0] : inside[1] + 1] if inside else []
    holes = facts["holes"]
    return {
        "interval": " to ".join(map(str, facts["interval"])),
        "clipped": " to ".join(map(str, inside)) if inside else "nothing",
        "read": str(sum(count > 0 for count in counts)),
        "holes": f"{len(holes)} ({listed(holes)})" if holes else "0",
        "ways": listed(ways) if ways else "none",
    }


def named(facts: Facts) -> str:
    """A unit, with all that pointing at it shows."""
    layer, place = facts["unit"]
    words = ("field", "in the input", "places read", "holes", "ways")
    said = zip(words, saying(facts).values(), strict=True)
    return "; ".join([f"layer {layer}, unit {place}", *(f"{word} {value}" for word, value in said)])


def cells(state: State, facts_of: Facts) -> Rows:
    """The grid on the page: the last layer first, the input last, with the padding of each."""
    layer, unit = facts_of["unit"]
    to = f"to unit {unit} of layer {layer}"
    layers = [*facts_of["layers"], {"before": 0, "after": 0}]
    rows: Rows = []
    for level, reader in enumerate(layers):
        places = layers[level - 1]["places"] if level else state["n"]
        row = []
        for place in range(-reader["before"], places + reader["after"]):
            if not 0 <= place < places:
                way = level < layer and place in facts_of["read"][level]
                what = f"padding before layer {level + 1}, place {place}"
                said = f"{what}: {'a zero' if way else 'not'} on the way {to}"
            elif level:
                said = named(facts({**state, "unit": f"{level}.{place}"}))
            else:
                hole = ", a hole in its field" if place in facts_of["holes"] else ""
                said = f"input {place}: {plural(facts_of['ways'][place], 'way')} {to}{hole}"
            row.append((str(place), said))
        rows.insert(0, row)
    return rows


def told(state: State, facts: Facts) -> dict[str, str]:
    """The numbers beside the grid: of each layer, and of the unit."""
    numbers = {
        f"{name}-{nth}": str(row[name])
        for nth, row in enumerate(facts["layers"], start=1)
        for name in ("places", "size", "jump", "start")
    }
    said = saying(facts)
    return numbers | {name: said[name] for name in ("interval", "clipped", "read", "holes")}


def printed(state: State, facts: Facts) -> str:
    """What the copied Python prints."""
    names = ("places", "size", "jump", "start")
    rows = [[nth, *(row[name] for name in names)] for nth, row in enumerate(facts["layers"], 1)]
    return "".join("  ".join(map(str, row)) + "\n" for row in [["layer", *names], *rows])

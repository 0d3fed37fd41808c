"""Pictures of counterexamples: each call that was made, what comes of it, what was promised."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any, Protocol, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cnnref.figures.drawing import board, cells, described, number, word

Table: TypeAlias = NDArray[Any]
Side: TypeAlias = Table | str

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.5
"""Cells between two tables, and between two lines of tables."""
LINE = 0.75
"""Cells that a line of words takes."""
LETTER = 0.22
"""Cells that a letter takes."""
WIDE = 10.6
"""Cells that a call may take across; of a wider one the output stands below."""
LETTERS = 46
"""Letters in a line of words, so that a phone need not scroll."""
ROLES = {"x": "input", "y": "input", "w": "kernel", "u": "kernel", "v": "kernel", "b": "kernel"}
NAMES = {"x": "input", "y": "input", "w": "kernel", "b": "bias"}
SIGNS = {"equal": "\N{NOT EQUAL TO}", "at most": ">", "refused": "\N{NOT EQUAL TO}"}


class Step(Protocol):
    """A call: its operation, its arrays and options with their names, the arrays it returns."""

    @property
    def operation(self) -> str: ...
    @property
    def arrays(self) -> Sequence[tuple[str, Table]]: ...
    @property
    def options(self) -> Sequence[tuple[str, object]]: ...
    @property
    def results(self) -> Sequence[Table]: ...


class Refuted(Protocol):
    """What was computed, what came of it, and what it should have been: equal, or at most."""

    @property
    def steps(self) -> Sequence[Step]: ...
    @property
    def came(self) -> Side: ...
    @property
    def promised(self) -> Side: ...
    @property
    def relation(self) -> str: ...


def refutation(found: Refuted) -> Figure:
    """A counterexample, worked out: its calls from top to bottom, and the two sides below.

    Args:
        found: a counterexample, as `cnnref.laws.counterexample` gives it: its `steps`, the sides
            `came` and `promised`, and their `relation`: "equal", "at most" or "refused". An array
            of any number of axes is drawn as a table, or as several under each other; axes of
            length one are left out.

    Returns:
        The figure: calls of one operation with the same options stand under one heading; entries
        of the two sides that are not as promised have a dashed outline.

    Raises:
        KeyError: for another relation.

    >>> from types import SimpleNamespace as Plain
    >>> import numpy as np
    >>> step = Plain(operation="relu", arrays=[("x", np.array([-1]))], options=[],
    ...              results=[np.array([0])])
    >>> found = Plain(steps=[step], came=np.array([0]), promised=np.array([1]), relation="equal")
    >>> refutation(found).get_label()
    'relu: input -1 gives output 0. What comes: 0. What is promised: 1. Not as promised: entry 0.'
    """
    groups = [list(group) for _, group in groupby(found.steps, key=_heading)]
    wrong = _wrong(found.came, found.promised, found.relation)
    sides = _sides(found)
    widths = [_across(group) for group in groups]
    widths += [LETTER * len(line) for group in groups for line in _said(group[0])]
    widths += [sum(width for *_, width in sides) + 2 * GAP]
    height = sum(map(_high, groups)) + LINE + max(_rows(side) for _, side, _ in sides)
    figure, axes = board(max(widths) + 2 * EDGE, height + 2 * EDGE)
    top = EDGE
    for group in groups:
        _calls(axes, group, top)
        top += _high(group)
    left = EDGE
    for (name, side, width), sign in zip(sides, (SIGNS[found.relation], ""), strict=True):
        word(axes, top + LINE / 2, left, name, align="left")
        _side(axes, side, top + LINE, left, wrong)
        left += width + 2 * GAP
        word(axes, top + LINE + _rows(side) / 2, left - GAP, sign, size=18)
    return described(figure, " ".join([*map(_alt, found.steps), _verdict(found, wrong)]))


def _heading(step: Step) -> tuple[str, list[str]]:
    """What steps have in common that stand under one heading."""
    return " ".join(_said(step)), [name for name, _ in step.arrays]


def _said(step: Step) -> list[str]:
    """The operation and its options, in lines."""
    given = [step.operation, *(f"{name}={_option(value)}" for name, value in step.options)]
    return wrap(", ".join(given), LETTERS)


def _option(value: object) -> str:
    """An option as Python writes it; what is the only one of its kind stands without brackets."""
    while isinstance(value, tuple) and len(value) == 1:
        (value,) = value
    return repr(value)


def _named(step: Step) -> Iterator[tuple[str, str, Table]]:
    """The arrays of a step with their words and roles, results last."""
    several = sum(ROLES.get(name) == "kernel" for name, _ in step.arrays if name != "b") > 1
    for name, array in step.arrays:
        role = ROLES.get(name, "ink")
        kernel = several and role == "kernel" and name != "b"
        yield (f"kernel {name}" if kernel else NAMES.get(name, name)), role, array
    for array in step.results:
        yield "output", "output", array


def _tables(array: Table) -> list[Table]:
    """An array as tables: without axes of length one, as long as there are more than two axes."""
    while array.ndim > 2 and 1 in array.shape:
        array = array.squeeze(array.shape.index(1))
    wide = np.atleast_2d(array)
    return list(wide.reshape(-1, *wide.shape[-2:]))


def _rows(side: Side) -> float:
    """Cells that an array, or words, take downwards."""
    if isinstance(side, str):
        return 1
    tables = _tables(side)
    return sum(len(table) for table in tables) + GAP * (len(tables) - 1)


def _wide(side: Side, name: str) -> float:
    """Cells that an array, or words, with its name above take across."""
    taken = len(side) * LETTER if isinstance(side, str) else _tables(side)[0].shape[1]
    return max(taken, LETTER * len(name))


def _columns(group: Sequence[Step]) -> list[float]:
    """How wide each column of tables is."""
    rows = ([_wide(array, name) for name, _, array in _named(step)] for step in group)
    return [max(column) for column in zip(*rows, strict=True)]


def _across(group: Sequence[Step]) -> float:
    """Cells that the steps under one heading take across, with what stands between the tables."""
    columns, given = _columns(group), len(group[0].arrays)
    if _is_wide(group):
        columns = max(columns[:given], columns[given:], key=sum)
        return sum(columns) + GAP * (len(columns) + 1) + LETTER * len("output")
    return sum(columns) + GAP * len(columns)


def _is_wide(group: Sequence[Step]) -> bool:
    """Whether outputs stand below their inputs."""
    columns = _columns(group)
    return sum(columns) + GAP * len(columns) > WIDE


def _tall(step: Step, wide: bool) -> float:
    """Cells that a step takes downwards."""
    rows = [_rows(array) for _, _, array in _named(step)]
    given = len(step.arrays)
    split = wide and 0 < given < len(rows)
    return max(rows[:given]) + GAP / 2 + max(rows[given:]) if split else max(rows)


def _high(group: Sequence[Step]) -> float:
    """Cells that the steps under one heading take downwards."""
    tall = sum(_tall(step, _is_wide(group)) for step in group)
    return LINE * (len(_said(group[0])) + 1) + tall + GAP / 2 * (len(group) - 1) + GAP


def _calls(axes: Axes, group: Sequence[Step], top: float) -> None:
    """Draw the steps under one heading."""
    lines, wide = _said(group[0]), _is_wide(group)
    for nth, line in enumerate(lines):
        word(axes, top + LINE * (nth + 0.5), EDGE, line, align="left")
    top += LINE * len(lines)
    left = EDGE
    for (name, role, _), column in zip(_named(group[0]), _columns(group), strict=True):
        if not (wide and role == "output"):
            word(axes, top + LINE / 2, left, name, role=role, align="left")
        left += column + GAP * (1 + (name == _last(group[0])))
    top += LINE
    for step in group:
        _call(axes, step, _columns(group), top, wide)
        top += _tall(step, wide) + GAP / 2


def _last(step: Step) -> str:
    """The word of the last array that a step gets."""
    return [name for name, *_ in _named(step)][len(step.arrays) - 1]


def _call(axes: Axes, step: Step, columns: Sequence[float], row: float, wide: bool) -> None:
    """Draw one step: what it gets, an arrow, what it returns, beside it or below."""
    tables, given = list(_named(step)), len(step.arrays)
    left = EDGE
    tall = max(_rows(array) for *_, array in (tables[:given] if wide else tables))
    for nth, ((name, role, array), column) in enumerate(zip(tables, columns, strict=True)):
        if nth == given:
            if wide:
                row, left = row + tall + GAP / 2, EDGE + GAP
                tall = max(_rows(array) for *_, array in tables[given:])
            word(axes, row + tall / 2, left, "\N{RIGHTWARDS ARROW}", size=18)
            left += GAP
        _array(axes, array, row + (tall - _rows(array)) / 2, left, role)
        left += column + GAP
        if wide and nth >= given:
            word(axes, row + tall / 2, left - GAP / 2, name, role=role, align="left")


def _array(
    axes: Axes, array: Table, row: float, left: float, role: str, wrong: Table | None = None
) -> None:
    """Draw an array as tables under each other, the marked entries with a dashed outline."""
    marks = np.zeros(array.shape, bool) if wrong is None else wrong
    for table, marked in zip(_tables(array), _tables(marks), strict=True):
        places = [(int(i), int(j)) for i, j in np.argwhere(marked)]
        cells(axes, table, row, left, role, wrong=places)
        row += len(table) + GAP


def _sides(found: Refuted) -> list[tuple[str, Side, float]]:
    """Both sides with their words, and how wide they are."""
    promised = "at most" if found.relation == "at most" else "what is promised"
    named = (("what comes", found.came), (promised, found.promised))
    return [(name, side, _wide(side, name)) for name, side in named]


def _side(axes: Axes, side: Side, row: float, left: float, wrong: Table | None) -> None:
    """Draw one of the two sides; if they cannot be compared, all of it is marked."""
    if isinstance(side, str):
        word(axes, row + 0.5, left, side, align="left")
    else:
        _array(
            axes, side, row, left, "output", np.ones(side.shape, bool) if wrong is None else wrong
        )


def _wrong(came: Side, promised: Side, relation: str) -> Table | None:
    """Which entries are not as promised; None if one cannot compare entry with entry."""
    if isinstance(came, str) or isinstance(promised, str) or came.shape != promised.shape:
        return None
    if relation == "at most":
        return np.asarray(~(came <= promised))
    return np.asarray((came != promised) & ~((came != came) & (promised != promised)))  # not NaN


def _listed(side: Side) -> str:
    """A side or an array in words, rows after one another with semicolons."""
    if isinstance(side, str):
        return side
    rows = [", ".join(map(_plain, row)) for table in _tables(side) for row in table]
    return "; ".join(rows)


def _plain(value: Any) -> str:
    return number(value).replace("\N{MINUS SIGN}", "-")


def _alt(step: Step) -> str:
    """A step in words."""
    told = [f"{name} {_listed(array)}" for name, _, array in _named(step)]
    cut = len(step.arrays)
    gives = " and ".join(told[cut:]) or "an error"
    return f"{' '.join(_said(step))}: {', '.join(told[:cut])} gives {gives}."


def _verdict(found: Refuted, wrong: Table | None) -> str:
    """Both sides in words, and where they do not agree."""
    bound = "at most " if found.relation == "at most" else ""
    sides = (
        f"What comes: {_listed(found.came)}. What is promised: {bound}{_listed(found.promised)}."
    )
    if wrong is None:
        return f"{sides} The one is no match for the other."
    if not wrong.any():
        return f"{sides} All is as promised."
    places = [_place(place) for place in np.argwhere(wrong)]
    entries = "entry" if len(places) == 1 else "entries"
    return f"{sides} Not as promised: {entries} {_series(places)}."


def _place(place: Iterable[int]) -> str:
    indices = [str(int(index)) for index in place]
    return f"({', '.join(indices)})" if len(indices) > 1 else "".join(indices)


def _series(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))

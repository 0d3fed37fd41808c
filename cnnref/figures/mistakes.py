"""Pictures of mistakes: one call, what comes of it in the wrong way, and what should have come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Protocol, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cnnref.figures.drawing import board, cells, described, number, word

Table: TypeAlias = NDArray[Any]
Named: TypeAlias = Sequence[tuple[str, Table]]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.5
"""Cells between two tables, and between two rows of them."""
LINE = 0.75
"""Cells that a line of words takes."""
LETTER = 0.22
"""Cells that a letter takes."""
LETTERS = 42
"""Letters in a line of words, so that a phone need not scroll."""
WIDEST = 9.55
"""Cells that tables may take side by side."""
ROOM = 5
"""Letters of a number that a cell has room for."""
ROLES = dict.fromkeys(("x", "y", "z", "dy", "cols"), "input") | dict.fromkeys("wuvb", "kernel")
WORDS = {"x": "input", "w": "kernel", "b": "bias"}
CAME, RIGHT = "what comes", "what should come"


class Exhibit(Protocol):
    """A call, what came of it, what should have come, and which entries are wrong."""

    @property
    def operation(self) -> str: ...
    @property
    def arrays(self) -> Named: ...
    @property
    def options(self) -> Sequence[tuple[str, object]]: ...
    @property
    def given(self) -> str: ...
    @property
    def came(self) -> Named | str: ...
    @property
    def right(self) -> Named | str: ...
    @property
    def wrong(self) -> Sequence[Table] | None: ...
    @property
    def remark(self) -> str: ...


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A table, or lines of words, with a word above; `wrong` says which entries are marked."""

    name: str
    role: str
    what: Table | list[str]
    wrong: Table | None = None

    @property
    def across(self) -> float:
        """Cells that it takes across."""
        lines = [self.name, *(self.what if isinstance(self.what, list) else ())]
        wide = 0 if isinstance(self.what, list) else _tables(self.what)[0].shape[1]
        return max(wide, LETTER * max(map(len, lines)))

    @property
    def down(self) -> float:
        """Cells that it takes downwards, its word included."""
        if isinstance(self.what, list):
            return LINE * (1 + len(self.what))
        tables = _tables(self.what)
        return LINE + sum(map(len, tables)) + GAP / 2 * (len(tables) - 1)


Row: TypeAlias = Sequence[Piece]


def mistaken(shown: Exhibit) -> Figure:
    """The smallest call that shows a mistake: what goes in, what comes, and what should come.

    Args:
        shown: as `cnnref.laws.exhibit` gives it: the `operation` and the `arrays` and `options` it
            gets, words for what is unusual about them (`given`), what `came` and what is `right`,
            both as named arrays or as words for an error, which entries are `wrong` (None if they
            cannot be compared one by one), and a `remark` in words. An array of any number of axes
            is drawn as a table, or as several under each other; axes of length one are left out.

    Returns:
        The figure. Wrong entries have a dashed outline, and all entries have if the shapes differ.
        Numbers are rounded to two places.

    >>> from types import SimpleNamespace as Plain
    >>> import numpy as np
    >>> shown = Plain(operation="relu", arrays=[("x", np.array([-1]))], options=[], given="",
    ...               came=[("y", np.array([1]))], right=[("y", np.array([0]))],
    ...               wrong=[np.array([True])], remark="")
    >>> mistaken(shown).get_label()
    'relu: input -1. What comes: 1. What should come: 0. Wrong: entry 0.'
    """
    call, remark = _said(shown), _wrapped(shown.remark)
    given = [_piece(_called(shown, name), _role(name), array) for name, array in shown.arrays]
    rows = [*_rows(given), *_sides(shown)]
    widths = [LETTER * len(line) for line in (*call, *remark)] + [_across(row) for row in rows]
    height = LINE * (len(call) + len(remark)) + sum(max(p.down for p in row) for row in rows)
    height += GAP * (sum(not _is_title(row[-1]) for row in rows) - 1 + bool(remark))
    figure, axes = board(max(widths) + 2 * EDGE, height + 2 * EDGE)
    top = _lines(axes, call, EDGE)
    for nth, row in enumerate(rows):
        top = _draw(axes, row, top + (GAP if nth and not _is_title(rows[nth - 1][0]) else 0))
    _lines(axes, remark, top + GAP)
    return described(figure, _alt(shown))


def _wrapped(text: str) -> list[str]:
    return wrap(text, LETTERS)


def _said(shown: Exhibit) -> list[str]:
    """The operation, its options, and what is unusual, in lines."""
    options = [f"{name}={_option(value)}" for name, value in shown.options]
    lines = _wrapped(", ".join([shown.operation, *options]))
    return lines + _wrapped(shown.given)


def _option(value: object) -> str:
    """An option as Python writes it; the only number of its kind stands without brackets."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int):
        (value,) = value
    return repr(value)


def _called(shown: Exhibit, name: str) -> str:
    """The word for an array: kernels keep their letters where there are several."""
    several = {"u", "w"} <= {other for other, _ in shown.arrays}
    return f"kernel {name}" if several and name in "uvw" else WORDS.get(name, name)


def _role(name: str) -> str:
    return ROLES.get(name, "ink")


def _piece(name: str, role: str, array: Table, wrong: Table | None = None) -> Piece:
    """An array with its word: its shape, too, where the table does not tell it."""
    hidden = wrong is None and array.ndim > 2 and np.prod(array.shape[:2]) != 1
    title = f"{name} {array.shape}" if hidden else name
    if not array.size:
        return Piece(title, role, ["empty"], wrong)
    if any(len(_plain(value)) > ROOM for value in _rounded(array).flat):
        return Piece(title, role, _wrapped(_listed(array)), wrong)
    return Piece(title, role, array, wrong)


def _rows(pieces: Iterable[Piece]) -> list[Row]:
    """Pieces side by side as far as they fit, and then below each other."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        titled = bool(rows) and _is_title(rows[-1][-1])
        if rows and not titled and _across([*rows[-1], piece]) <= WIDEST:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return list(rows)


def _is_title(piece: Piece) -> bool:
    """Whether there is nothing but a word; that stands alone."""
    return isinstance(piece.what, list) and not piece.what


def _across(row: Row) -> float:
    """Cells that a row takes across."""
    return sum(piece.across for piece in row) + GAP * (len(row) - 1)


def _sides(shown: Exhibit) -> list[Row]:
    """What comes and what should come, beside each other if they are one table each."""
    sides = [_pieces(CAME, shown.came, shown.wrong or ()), _pieces(RIGHT, shown.right)]
    together = [piece for side in sides for piece in side]
    if len(together) == len(sides):
        return _rows(together)
    return [row for side in sides for row in _rows(side)]


def _pieces(title: str, side: Named | str, wrong: Sequence[Table] = ()) -> list[Piece]:
    """One side; below its title its parts, if there are several. All is wrong that nobody marks."""
    if isinstance(side, str):
        return [Piece(title, "ink", _wrapped(side))]
    marks = wrong or [np.full(array.shape, title == CAME) for _, array in side]
    if len(side) == 1:
        return [_piece(title, "output", side[0][1], marks[0])]
    parts = zip(side, marks, strict=True)
    found = [_piece(name, "output", array, mark) for (name, array), mark in parts]
    return [Piece(title, "ink", []), *found]


def _lines(axes: Axes, lines: Sequence[str], top: float, left: float = EDGE) -> float:
    """Write lines of words; where the next one would stand."""
    for nth, line in enumerate(lines):
        word(axes, top + LINE * (nth + 0.5), left, line, align="left")
    return top + LINE * len(lines)


def _draw(axes: Axes, row: Row, top: float) -> float:
    """Draw pieces side by side; where the next row would stand."""
    left = EDGE
    for piece in row:
        word(axes, top + LINE / 2, left, piece.name, role=piece.role, align="left")
        if isinstance(piece.what, list):
            _lines(axes, piece.what, top + LINE, left)
        else:
            _array(axes, piece, top + LINE, left)
        left += piece.across + GAP
    return top + max(piece.down for piece in row)


def _array(axes: Axes, piece: Piece, row: float, left: float) -> None:
    """Draw an array as tables under each other, the marked entries with a dashed outline."""
    array = np.asarray(piece.what)
    marks = np.zeros(array.shape, bool) if piece.wrong is None else piece.wrong
    for table, marked in zip(_tables(_rounded(array)), _tables(marks), strict=True):
        places = [(int(i), int(j)) for i, j in np.argwhere(marked)]
        cells(axes, table, row, left, piece.role, wrong=places)
        row += len(table) + GAP / 2


def _tables(array: Table) -> list[Table]:
    """An array as tables: without axes of length one, as long as there are more than two axes."""
    while array.ndim > 2 and 1 in array.shape:
        array = array.squeeze(array.shape.index(1))
    wide = np.atleast_2d(array)
    return list(wide.reshape(-1, *wide.shape[-2:]))


def _rounded(array: Table) -> Table:
    """Numbers to two places, and complex ones that are real as such."""
    if array.dtype.kind == "c" and not array.imag.any():
        array = array.real
    return np.round(array, 2) if array.dtype.kind in "fc" else array


def _plain(value: Any) -> str:
    """A number as it is drawn; a whole one in full."""
    if isinstance(value, np.integer):
        return str(value)
    return number(value).replace("\N{MINUS SIGN}", "-")


def _listed(array: Table) -> str:
    """An array in words, rows after one another with semicolons."""
    if not array.size:
        return "nothing"
    tables = _tables(_rounded(array))
    rows = [", ".join(map(_plain, row)) for table in tables for row in table]
    return "; ".join(rows)


def _alt(shown: Exhibit) -> str:
    """The picture in words."""
    options = ", ".join([shown.operation, *(f"{n}={_option(v)}" for n, v in shown.options)])
    arrays = ", ".join(f"{_called(shown, name)} {_listed(array)}" for name, array in shown.arrays)
    told = [f"{options}: {arrays}.", f"{shown.given}." if shown.given else ""]
    for title, side in ((CAME, shown.came), (RIGHT, shown.right)):
        told.append(f"{title.capitalize()}: {_side(side)}.")
    return " ".join(filter(None, [*told, _verdict(shown), shown.remark]))


def _side(side: Named | str) -> str:
    """One side in words; its parts by their names, if there are several."""
    if isinstance(side, str):
        return side
    if len(side) == 1:
        return _listed(side[0][1])
    return ", ".join(f"{name} {_listed(array)}" for name, array in side)


def _verdict(shown: Exhibit) -> str:
    """Which entries are wrong, in words; nothing if that cannot be said, or none are."""
    if shown.wrong is None or isinstance(shown.right, str):
        return ""
    told = []
    for (name, _), marks in zip(shown.right, shown.wrong, strict=True):
        places = [", ".join(map(str, place.tolist())) for place in np.argwhere(marks)]
        some = [f"({place})" if marks.ndim > 1 else place for place in places]
        prefix = f"{name}, " if len(shown.wrong) > 1 else ""
        if some == [""]:
            told.append(name)
        elif some:
            noun = "entry" if len(some) == 1 else "entries"
            told.append(f"{prefix}{noun} {', '.join(some)}")
    return f"Wrong: {'; '.join(told)}." if told else ""

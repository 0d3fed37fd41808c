"""Reads a drawn picture back: which numbers stand in which cells, and which cells are marked."""

from dataclasses import dataclass

from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref.figures import palette
from cnnref.figures.drawing import SELECTED


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of a picture: where it stands, what it says, how it is marked."""

    row: float
    column: float
    text: str
    colour: str
    hatched: bool
    selected: bool
    dashed: bool

    @property
    def value(self) -> float:
        return float(self.text.replace("\N{MINUS SIGN}", "-"))


def cells(figure: Figure, *colours: str) -> list[Cell]:
    """The cells with an edge of one of these colours, line by line."""
    (axes,) = figure.axes
    squares = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    heavy = {_corner(p): p for p in squares if p.get_linewidth() == SELECTED and not p.get_fill()}
    texts = {
        (round(t.get_position()[1], 2), round(t.get_position()[0], 2)): t.get_text()
        for t in axes.texts
    }
    found = []
    for square in squares:
        edge = square.get_edgecolor()
        if (square.get_width(), square.get_height(), square.get_linewidth()) != (1, 1, 1):
            continue
        row, column = _corner(square)
        colour = next(c for c in palette.COLOURS.values() if same_color(edge, c))
        mark = heavy.get((row, column))
        dashed = mark is not None and same_color(mark.get_edgecolor(), palette.WRONG)
        text = texts[round(row + 0.5, 2), round(column + 0.5, 2)]
        hatched = square.get_hatch() is not None
        found.append(
            Cell(row, column, text, colour, hatched, mark is not None and not dashed, dashed)
        )
    wanted = [cell for cell in found if cell.colour in colours]
    return sorted(wanted, key=lambda cell: (cell.row, cell.column))


def values(figure: Figure, *colours: str) -> list[float]:
    """The numbers in those cells."""
    return [cell.value for cell in cells(figure, *colours)]


def words(figure: Figure) -> list[str]:
    """Everything that is written on the picture."""
    return [text.get_text() for text in figure.axes[0].texts]


def label(figure: Figure) -> str:
    """The picture in words."""
    return str(figure.get_label())


def _corner(square: Rectangle) -> tuple[float, float]:
    return round(square.get_y(), 2), round(square.get_x(), 2)

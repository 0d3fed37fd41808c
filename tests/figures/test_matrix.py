"""The pictures of a layer as a matrix show entries found one connection at a time."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import matrix as pictures
from cnnref.figures.drawing import SELECTED, listed
from cnnref.figures.palette import INK, INPUT, KERNEL, OUTPUT, PADDING
from cnnref.window import Window
from tests.figures.reading import label, values, words

Taps: TypeAlias = list[list[int | None]]

IMAGE = np.array([[1, 2, 0, 3], [4, 0, 1, 2], [2, 5, 3, 0]])
SQUARE = np.array([[1, 2], [3, 4]])
ROWS = [([1, 2, 3], [4, 0, 1, 2, 1], 1), ([2, -1], [3, 1, 4, 1, 5], 2), ([7], [1, 2], 1)]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def rectangles(figure: Figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def drawn(figure: Figure, size: float, *colours: str) -> dict[tuple[float, float], Rectangle]:
    """The cells of this size with an edge of one of these colours, by their middles."""
    return {
        middle(patch): patch
        for patch in rectangles(figure)
        if patch.get_width() == pytest.approx(size) == patch.get_height()
        and patch.get_linewidth() != SELECTED
        and any(same_color(patch.get_edgecolor(), colour) for colour in colours)
    }


def middle(patch: Rectangle) -> tuple[float, float]:
    row, column = patch.get_y() + patch.get_height() / 2, patch.get_x() + patch.get_width() / 2
    return round(row, 3), round(column, 3)


def texts(figure: Figure) -> dict[tuple[float, float], str]:
    return {
        (round(text.get_position()[1], 3), round(text.get_position()[0], 3)): text.get_text()
        for text in figure.axes[0].texts
    }


def outlined(figure: Figure, colour: str) -> list[tuple[float, ...]]:
    """Top, left, height and width of the heavy outlines of this colour."""
    return [
        tuple(round(v, 3) for v in (p.get_y(), p.get_x(), p.get_height(), p.get_width()))
        for p in rectangles(figure)
        if p.get_linewidth() == SELECTED and same_color(p.get_edgecolor(), colour)
    ]


def tables(figure: Figure, size: float, width: int) -> list[list[tuple[str, bool, float]]]:
    """The rows of the matrices: what each cell says, whether a weight is there, how dark it is."""
    cells, said = drawn(figure, size, KERNEL, PADDING), texts(figure)
    found = []
    for at in sorted(cells):
        edge, shade = cells[at].get_edgecolor(), to_rgba(cells[at].get_facecolor())[3]
        found.append((said.get(at, ""), same_color(edge, KERNEL), shade))
    return [found[start : start + width] for start in range(0, len(found), width)]


def by_hand(
    k: int, n: int, m: int, stride: int = 1, before: int = 0, *, ring: bool = False
) -> Taps:
    """Which tap stands where, place by place; None where none does."""
    taps: Taps = [[None] * n for _ in range(m)]
    for j in range(m):
        for a in range(k):
            i = j * stride + a - before
            if ring or 0 <= i < n:
                taps[j][i % n] = a
    return taps


def check_entries(rows: list[list[tuple[str, bool, float]]], taps: Taps, w: list[float]) -> None:
    """Cells are as they should be; equal taps are equally dark, later ones darker."""
    shades: dict[int, float] = {}
    for row, wanted in zip(rows, taps, strict=True):
        for (text, is_weight, shade), tap in zip(row, wanted, strict=True):
            assert is_weight == (tap is not None)
            if tap is None:
                assert (text, shade) in (("0", 0), ("", 0))
            else:
                assert float(text.replace("\N{MINUS SIGN}", "-")) == w[tap]
                assert shades.setdefault(tap, shade) == shade
    assert [shades[tap] for tap in sorted(shades)] == sorted(set(shades.values()))


def check_applied(w: list[int], x: list[int], stride: int) -> None:
    figure = pictures.applied(w, x, stride=stride)
    y = literal.conv([[x]], [[w]], stride=stride)[0, 0]
    taps = by_hand(len(w), len(x), len(y), stride)
    check_entries(tables(figure, 1, len(x)), taps, list(map(float, w)))
    assert values(figure, INPUT) == x
    assert values(figure, OUTPUT) == list(y)
    table = [[0 if tap is None else w[tap] for tap in row] for row in taps]
    assert f"each output: {listed(np.array(table))}. " in label(figure)
    assert f"input {listed(x)} it is the output {listed(y)}." in label(figure)
    assert label(figure).endswith(f" = {y[0]:g}.".replace("-", "\N{MINUS SIGN}"))
    assert {"matrix of the kernel", "input", "output"} <= set(words(figure))


@pytest.mark.parametrize(("w", "x", "stride"), ROWS)
def test_a_row_of_the_matrix_has_each_weight_where_its_tap_reads(
    w: list[int], x: list[int], stride: int
) -> None:
    check_applied(w, x, stride)


def test_the_matrix_of_the_page_is_three_by_five() -> None:
    assert "1, 2, 3, 0, 0; 0, 1, 2, 3, 0; 0, 0, 1, 2, 3" in label(pictures.applied(*ROWS[0][:2]))


def check_blocks(size: int, w: np.ndarray) -> None:
    figure = pictures.blocks(size, w)
    rows, columns = (size - k + 1 for k in w.shape)
    taps: Taps = []
    for j in np.ndindex(rows, columns):
        row: list[int | None] = [None] * (size * size)
        for nth, a in enumerate(np.ndindex(w.shape)):
            row[(j[0] + a[0]) * size + j[1] + a[1]] = nth
        taps.append(row)
    check_entries(tables(figure, pictures.SMALL, size * size), taps, [*w.flat])
    frames = [p for p in rectangles(figure) if same_color(p.get_edgecolor(), INK)]
    assert len(frames) == rows * size
    for frame in frames:
        across, down = frame.get_width() / pictures.SMALL, frame.get_height() / pictures.SMALL
        assert (across, down) == pytest.approx((size, columns))
    wanted = [f"row {row}" for row in (*range(size), *range(rows))]
    assert [said for said in words(figure) if said.startswith("row")] == wanted
    table = [[0 if tap is None else w.flat[tap] for tap in row] for row in taps]
    assert listed(np.array(table)) in label(figure)
    assert f"{rows} by {size} blocks, each {columns} by {size}" in label(figure)
    assert {"input", "output"} <= set(words(figure))


@pytest.mark.parametrize(
    ("size", "w"), [(4, SQUARE), (3, np.array([[5, 2, 7]])), (3, np.array([[1], [-2]]))]
)
def test_the_matrix_of_an_image_has_each_weight_once_for_each_output(
    size: int, w: np.ndarray
) -> None:
    check_blocks(size, w)


@pytest.mark.parametrize("w", [[[1, 1]], [[1, 0]]])
def test_weights_that_cannot_be_told_apart_are_refused(w: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="blocks: weights must differ"):
        pictures.blocks(3, w)


def check_wrapped(w: list[int], n: int) -> None:
    figure = pictures.wrapped(w, n)
    before = (len(w) - 1) // 2
    both = [by_hand(len(w), n, n, before=before, ring=ring) for ring in (False, True)]
    rows = tables(figure, pictures.TIGHT, 2 * n)
    for nth, taps in enumerate(both):
        check_entries([row[n * nth : n * (nth + 1)] for row in rows], taps, list(map(float, w)))
        table = [[0 if tap is None else w[tap] for tap in row] for row in taps]
        assert f": {listed(np.array(table))}. " in label(figure)
    other = [(j, i) for j, i in np.ndindex(n, n) if both[0][j][i] is None is not both[1][j][i]]
    left = pictures.EDGE + pictures.TIGHT * n + pictures.GAP
    side = pictures.TIGHT
    wanted = [(1 + side * j, left + side * i, side, side) for j, i in other]
    assert outlined(figure, KERNEL) == [tuple(round(v, 3) for v in each) for each in wanted]
    assert f"Other entries: {len(other)}, " in label(figure)
    assert {"kernel: Toeplitz", "kernel: circulant"} <= set(words(figure))


@pytest.mark.parametrize(("w", "n"), [([1, 2, 3], 5), ([1, 2, 3, 4, 5], 6), ([4], 3)])
def test_only_entries_that_reach_around_the_end_are_outlined(w: list[int], n: int) -> None:
    check_wrapped(w, n)


def check_lowered(x: np.ndarray, w: np.ndarray, place: int) -> None:
    figure = pictures.lowered(x, w, place)
    columns, y = literal.im2col([[x]], w.shape)[0], literal.conv([[x]], [[w]])[0, 0]
    said = texts(figure)
    for colour, parts in (
        (INPUT, (x, columns)),
        (KERNEL, (w, w.reshape(1, -1))),
        (OUTPUT, (y.reshape(1, -1),)),
    ):
        found = sorted(drawn(figure, pictures.TIGHT, colour))
        numbers = [float(said[at].replace("\N{MINUS SIGN}", "-")) for at in found]
        assert numbers == [value for part in parts for value in part.flat]
    cells = sorted(drawn(figure, pictures.TIGHT, INPUT))
    window, column = outlined(figure, INPUT)
    for frame, wanted in ((window, columns[:, place]), (column, columns[:, place])):
        inside = [
            float(said[at].replace("\N{MINUS SIGN}", "-"))
            for at in cells
            if frame[0] < at[0] < frame[0] + frame[2] and frame[1] < at[1] < frame[1] + frame[3]
        ]
        assert inside == list(wanted)
    (made,) = outlined(figure, OUTPUT)
    (entry,) = [at for at in drawn(figure, pictures.TIGHT, OUTPUT) if made[1] < at[1] < made[1] + 1]
    assert said[entry] == f"{y.flat[place]:g}"
    assert f"{y.size} windows as columns" in words(figure)
    assert {"input", "kernel", "output"} <= set(words(figure))
    assert f"for each tap: {listed(columns)}." in label(figure)
    assert f"is the output {listed(y.reshape(1, -1))}." in label(figure)
    assert label(figure).endswith(f" = {y.flat[place]:g}.")


@pytest.mark.parametrize(
    ("w", "place"), [([[0, 1], [2, 3]], 4), ([[1, 2, 3]], 0), ([[5], [6], [7]], 3)]
)
def test_the_outlined_window_is_the_outlined_column_and_makes_the_outlined_output(
    w: list[list[int]], place: int
) -> None:
    check_lowered(IMAGE, np.array(w), place)


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        (
            "matrix",
            lambda window, n, w: np.flip(literal.conv(np.eye(n)[:, None], [[w]])[:, 0].T),
            lambda: check_applied(*ROWS[0]),
        ),
        (
            "pattern",
            lambda window, n: np.ones((window.kernel, window.places(n), n), bool),
            lambda: check_applied(*ROWS[0]),
        ),
        ("Window", lambda k, stride: Window(k), lambda: check_applied(*ROWS[1])),
        (
            "conv",
            lambda x, w: literal.conv(x, literal.flip(w)),
            lambda: check_blocks(4, SQUARE),
        ),
        (
            "conv",
            lambda x, w: literal.conv(x, literal.flip(w)),
            lambda: check_wrapped([1, 2, 3], 5),
        ),
        (
            "windows",
            lambda n, k, padding: (Window(k, before=k - 1, after=0),),
            lambda: check_wrapped([1, 2, 3], 5),
        ),
        (
            "im2col",
            lambda x, k: literal.im2col(x, k)[:, ::-1],
            lambda: check_lowered(IMAGE, SQUARE, 4),
        ),
        ("listed", lambda table: "1, 2", lambda: check_lowered(IMAGE, SQUARE, 4)),
        ("listed", lambda table: "1, 2", lambda: check_blocks(4, SQUARE)),
        ("listed", lambda table: "1, 2", lambda: check_wrapped([1, 2, 3], 5)),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    name: str, fault: object, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(pictures, name, fault)
    with pytest.raises(AssertionError):
        check()


@pytest.mark.parametrize(
    "figure",
    [
        lambda: pictures.applied(*ROWS[0][:2]),
        lambda: pictures.blocks(4, SQUARE),
        lambda: pictures.wrapped([1, 2, 3], 5),
        lambda: pictures.lowered(IMAGE, SQUARE, 4),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468.1

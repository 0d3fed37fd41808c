"""The pictures of receptive fields show what changes when the literal layers' inputs do."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.connectivity import pattern
from cnnref.figures import receptive_fields as pictures
from cnnref.figures.drawing import SELECTED, listed
from cnnref.figures.palette import INK, KERNEL, OUTPUT, WRONG
from cnnref.receptive import ReceptiveField
from cnnref.window import Window
from tests.figures.reading import label, words

PLAIN = [Window(3), Window(3), Window(2, stride=2), Window(3)]
SAME = Window(3, before=1, after=1)
CONES: list[tuple[list[Window], int, int]] = [
    (PLAIN, 12, 0),
    (PLAIN, 12, 1),
    ([SAME] * 2, 6, 0),
    ([Window(3, dilation=2)] * 2, 11, 1),
    ([Window(2, stride=2), SAME], 7, 2),
    ([Window(1, stride=2), Window(2)], 5, 1),
]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def apply(windows: Sequence[Window], x: np.ndarray) -> np.ndarray:
    """Layers of ones, on as many axes as x (N, 1, *n) has."""
    axes = x.ndim - 2
    for w in windows:
        ones, sides = np.ones((1, 1, *[w.kernel] * axes)), [(w.before, w.after)] * axes
        x = literal.conv(x, ones, stride=w.stride, padding=sides, dilation=w.dilation)
    return x


def leading(windows: Sequence[Window], n: int, unit: int) -> list[np.ndarray]:
    """Which places of the input, and of each layer, move the unit if a dot is put there."""
    sizes = [
        apply(windows[:height], np.zeros((1, 1, n))).size for height in range(len(windows) + 1)
    ]
    return [
        apply(windows[height:], np.eye(size)[:, np.newaxis])[:, 0, unit] != 0
        for height, size in enumerate(sizes)
    ]


def ends(windows: Sequence[Window], unit: int) -> tuple[int, int]:
    """The first and the last place under all windows, one layer after the other."""
    first = last = unit
    for w in reversed(windows):
        first = first * w.stride - w.before
        last = last * w.stride - w.before + w.dilation * (w.kernel - 1)
    return first, last


def squares(figure: Figure) -> list[list[Rectangle]]:
    """The places of a cone row by row from the input up, without outlines laid over them."""
    found: dict[float, list[Rectangle]] = {}
    for patch in figure.axes[0].patches:
        assert isinstance(patch, Rectangle)
        if patch.get_linewidth() != SELECTED:
            found.setdefault(round(patch.get_y(), 3), []).append(patch)
    return [sorted(found[row], key=Rectangle.get_x) for row in sorted(found, reverse=True)]


def outlined(figure: Figure, colour: str) -> list[tuple[float, float]]:
    """Where heavy outlines of this colour stand."""
    return [
        (round(p.get_x(), 3), round(p.get_y(), 3))
        for p in figure.axes[0].patches
        if isinstance(p, Rectangle)
        and p.get_linewidth() == SELECTED
        and same_color(p.get_edgecolor(), colour)
    ]


def said(figure: Figure, square: Rectangle) -> str:
    """What is written in a square."""
    x, y = square.get_x() + square.get_width() / 2, square.get_y() + square.get_height() / 2
    at = [t for t in figure.axes[0].texts if t.get_position() == pytest.approx((x, y))]
    return "".join(text.get_text() for text in at)


def check_cone(windows: list[Window], n: int, unit: int) -> None:
    figure = pictures.cone(windows, n, unit)
    leads, (first, last) = leading(windows, n, unit), ends(windows, unit)
    rows = squares(figure)
    places: list[dict[int, float]] = []
    for height, (row, seen) in enumerate(zip(rows, leads, strict=True)):
        above = windows[height] if height < len(windows) else Window(1)
        real = [square for square in row if square.get_hatch() is None]
        shown = [square.get_hatch() is not None for square in row]
        assert shown == [True] * above.before + [False] * len(seen) + [True] * above.after
        assert [said(figure, square) for square in row if square not in real] == [""] * sum(shown)
        assert [said(figure, square) for square in real] == [str(i) for i in range(len(seen))]
        filled = [to_rgba(square.get_facecolor())[3] > 0 for square in real]
        assert filled == list(seen)
        places.append({i: square.get_x() for i, square in enumerate(real)})
    check_marks(figure, places, leads[0], (first, last), unit)
    check_lines(figure, windows, leads, places)
    check_words(figure, windows, leads, (first, last), unit)


def check_marks(
    figure: Figure,
    places: list[dict[int, float]],
    seen: np.ndarray,
    interval: tuple[int, int],
    unit: int,
) -> None:
    """The unit outlined, unseen places of its interval dashed, the interval bracketed."""
    first, last = interval
    assert [x for x, _ in outlined(figure, OUTPUT)] == [round(places[-1][unit], 3)]
    hidden = [i for i in range(len(seen)) if first <= i <= last and not seen[i]]
    assert [x for x, _ in outlined(figure, WRONG)] == [round(places[0][i], 3) for i in hidden]
    (bracket,) = [line for line in figure.axes[0].lines if same_color(line.get_color(), INK)]
    step = squares(figure)[0][0].get_width()
    wanted = [places[0][0] + i * step for i in (first, first, last + 1, last + 1)]
    assert list(np.asarray(bracket.get_xdata(), float)) == pytest.approx(wanted)


def check_lines(
    figure: Figure,
    windows: list[Window],
    leads: list[np.ndarray],
    places: list[dict[int, float]],
) -> None:
    """Lines from each place that leads to the unit to the real places under its window."""
    step = squares(figure)[0][0].get_width()
    drawn = [line for line in figure.axes[0].lines if same_color(line.get_color(), KERNEL)]
    for line, window, seen, above, below in zip(
        drawn, windows, leads[1:], places[1:], places[:-1], strict=True
    ):
        wanted: Counter[tuple[float, float]] = Counter()
        for j in np.flatnonzero(seen).tolist():
            taps = [j * window.stride + a * window.dilation for a in range(window.kernel)]
            for i in (tap - window.before for tap in taps):
                if i in below:
                    pair = (above[j] + step / 2, below[i] + step / 2)
                    wanted[tuple(round(x, 3) for x in pair)] += 1  # type: ignore[index]
        xs = np.asarray(line.get_xdata(), float).reshape(-1, 3)[:, :2]
        assert Counter((round(a, 3), round(b, 3)) for a, b in xs.tolist()) == wanted


def check_words(
    figure: Figure,
    windows: list[Window],
    leads: list[np.ndarray],
    interval: tuple[int, int],
    unit: int,
) -> None:
    """The names of the layers, and the picture in words."""
    (first, last), seen = interval, leads[0]
    assert {"input", "output", "receptive field"} <= set(words(figure))
    for window in windows:
        assert f"kernel {window.kernel}" in words(figure)
        for name, value in (("stride", window.stride), ("dilation", window.dilation)):
            assert value == 1 or f"{name} {value}" in words(figure)
    for marks in leads:
        assert f"{len(marks)} place{'s' if len(marks) > 1 else ''}" in words(figure)
        assert f", marked: {listed(np.flatnonzero(marks))}." in label(figure)
    size, outside = last - first + 1, sum(not 0 <= i < len(seen) for i in range(first, last + 1))
    hidden = [i for i in range(len(seen)) if first <= i <= last and not seen[i]]
    told = f"The interval of unit {unit} is {first} to {last}: {size} places"
    told += f", {outside} of them outside the input" if outside else ""
    told += f", of which it sees {seen.sum()}"
    told += f"; it does not see {', '.join(map(str, hidden))}" if hidden else ""
    assert label(figure).endswith(f"{told}.")


@pytest.mark.parametrize(("windows", "n", "unit"), CONES)
def test_what_is_filled_moves_the_unit_and_what_is_dashed_does_not(
    windows: list[Window], n: int, unit: int
) -> None:
    check_cone(windows, n, unit)


def test_there_is_no_cone_of_a_unit_that_there_is_not() -> None:
    with pytest.raises(IndexError):
        pictures.cone(PLAIN, 12, 2)


def check_growing(windows: list[Window], n: int) -> None:
    figure = pictures.growing(windows, n)
    dots = np.eye(n * n).reshape(n * n, 1, n, n)
    within = np.ones((n, n), bool)
    for height in range(len(windows), 0, -1):  # the last layer first: the others lie within
        drawn = frame(figure, height - 1, n)
        y = apply(windows[:height], dots)[:, 0]  # (n * n, *m)
        m = y.shape[1]
        units = [(j, j) for j in range(m)] if height < len(windows) else [((m - 1) // 2,) * 2]
        fields = [(y[:, i, j] != 0).reshape(n, n) for i, j in units]
        assert any(np.array_equal(drawn, field) for field in fields)
        assert not (drawn & ~within).any()
        within = drawn
        where = np.flatnonzero(drawn.any(axis=0))
        size = f"{where.size} by {where.size}"
        assert f"layer {height}: {size}" in words(figure)
        told = f"rows and columns {listed(where)}: {size} places."
        assert f"Layer {height} (kernel {windows[height - 1].kernel}" in label(figure)
        assert told in label(figure)
    assert words(figure).count("input") == len(windows)


def frame(figure: Figure, nth: int, n: int) -> np.ndarray:
    """What the heavy outlines of a frame surround, place by place."""
    step = pictures.FRAME / n
    top = (pictures.FRAME + 1.2) * (nth // 2) + 1
    left = pictures.EDGE + (pictures.FRAME + 0.6) * (nth % 2)
    seen, shaded = np.zeros((n, n), bool), np.zeros((n, n), int)
    for patch in figure.axes[0].patches:
        assert isinstance(patch, Rectangle)
        corner = (patch.get_y() - top) / step, (patch.get_x() - left) / step
        row, column = (round(each) for each in corner)
        if not (0 <= row < n and 0 <= column < n):
            continue
        rows, columns = round(patch.get_height() / step), round(patch.get_width() / step)
        block = (slice(row, row + rows), slice(column, column + columns))
        if patch.get_linewidth() == SELECTED:
            seen[block] = True
        else:
            shaded[block] += 1
    assert ((shaded > 0) == seen).all()
    return seen


@pytest.mark.parametrize(
    ("windows", "n"),
    [(PLAIN, 14), ([Window(3)] * 2, 5), ([Window(2, dilation=3)], 6), ([SAME, SAME, SAME], 4)],
)
def test_each_frame_shows_what_a_unit_of_its_layer_sees(windows: list[Window], n: int) -> None:
    check_growing(windows, n)


def everywhere(window: Window, n: int) -> np.ndarray:
    """Every output reads every input."""
    return np.ones((1, window.places(n), n), bool)


def unpadded(window: Window, n: int) -> np.ndarray:
    """Connections as if padding were none."""
    return np.roll(pattern(window, n), window.before, axis=2)


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("pattern", everywhere, lambda: check_cone(*CONES[0])),
        ("pattern", unpadded, lambda: check_cone(*CONES[2])),
        ("pattern", everywhere, lambda: check_growing(PLAIN, 14)),
        (
            "receptive_field",
            lambda windows: ReceptiveField(3, 1, 0),
            lambda: check_cone(*CONES[3]),
        ),
        ("listed", lambda values: "1", lambda: check_cone(*CONES[1])),
        ("listed", lambda values: "1", lambda: check_growing(PLAIN, 14)),
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
        lambda: pictures.cone(PLAIN, 12, 0),
        lambda: pictures.growing(PLAIN, 14),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 96 * 0.7 <= 358

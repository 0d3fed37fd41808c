"""The pictures of waves show sums done term by term; the picture of time, the times it is given."""

import cmath
from collections.abc import Callable, Iterator, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from cnnref import literal
from cnnref.figures import curves
from cnnref.figures import fourier as pictures
from cnnref.figures.drawing import SELECTED, listed
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT
from tests.figures.reading import cells, label, values, words

PAIRS = [([1, 2, 3], [0, 1, 2], 8), ([2, -1], [1, 1, 3], 5), ([5], [1, -1], 2)]
FOLDED = [([1, 2, 3, 4], [1, 1, 2], 4), ([1, 2, 3], [1, -1, 1], 4), ([1, 0, 2, 5], [3, 1], 4)]
SIZES = [3, 5, 9, 17]
LINES = {"direct": [1.0, 4, 10, 40], "FFT": [5.0, 5, 5, 5], "two passes": [0.5, 1, 2, 4]}


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def length(signal: Sequence[float], q: int, room: int) -> float:
    """The length of one wave, as the formula says."""
    return abs(sum(v * cmath.exp(-2j * cmath.pi * q * t / room) for t, v in enumerate(signal)))


def bars(figure: Figure) -> list[Rectangle]:
    """The bars, row by row: those that are not a cell wide."""
    found = [p for p in figure.axes[0].patches if isinstance(p, Rectangle) and p.get_width() < 1]
    return sorted(found, key=lambda p: (round(p.get_y() + p.get_height(), 2), p.get_x()))


def check_multiplied(x: Sequence[float], w: Sequence[float], room: int) -> None:
    figure = pictures.multiplied(x, w, room)
    y = [float(v) for v in literal.convolve(x, w)]
    signals = (("Input", INPUT, x), ("Kernel", KERNEL, w), ("Output", OUTPUT, y))
    waves = range(room // 2 + 1)
    standing = bars(figure)
    lengths = [[length(signal, q, room) for q in waves] for *_, signal in signals]
    for (name, colour, signal), row in zip(signals, lengths, strict=True):
        assert values(figure, colour) == signal
        for wave in row:
            bar = standing.pop(0)
            assert bar.get_height() == pytest.approx(pictures.BAR * wave / max(row), abs=1e-9)
            middle = bar.get_x() + bar.get_width() / 2, bar.get_y()
            (above,) = [
                float(text.get_text())
                for text in figure.axes[0].texts
                if text.get_position() == pytest.approx((middle[0], middle[1] - 0.25))
            ]
            assert above == pytest.approx(wave, rel=6e-3, abs=1e-9)
        said = label(figure).split(f"{name} {listed(signal)}: lengths ")[1].split(".  ")[0]
        first = said.split(", ")[0].rstrip(".")
        assert float(first) == pytest.approx(row[0], rel=6e-3, abs=1e-9)
    assert not standing
    assert np.allclose(np.multiply(lengths[0], lengths[1]), lengths[2])
    assert {"input", "kernel", "output", "wave", "·", "="} <= set(words(figure))


@pytest.mark.parametrize(("x", "w", "room"), PAIRS)
def test_a_bar_is_as_long_as_its_wave_and_the_last_row_is_the_product(
    x: Sequence[float], w: Sequence[float], room: int
) -> None:
    check_multiplied(x, w, room)


def test_on_the_page_the_sums_multiply_to_eighteen() -> None:
    said = label(pictures.multiplied(*PAIRS[0]))
    assert "1, 2, 3: lengths 6, " in said
    assert "0, 1, 2: lengths 3, " in said
    assert "0, 1, 4, 7, 6: lengths 18, " in said


def test_too_little_room_for_the_output_is_refused() -> None:
    with pytest.raises(ValueError, match="multiplied: room must be at least 5; got 4"):
        pictures.multiplied([1, 2, 3], [0, 1, 2], 4)


def check_folded(x: Sequence[float], w: Sequence[float], room: int) -> None:
    figure = pictures.folded(x, w, room)
    y = literal.convolve(x, w)
    came = np.zeros(room)
    for t, value in enumerate(y):
        came[t % room] += value
    assert values(figure, INPUT) == x
    assert values(figure, KERNEL) == w
    drawn = cells(figure, OUTPUT)
    assert [cell.value for cell in drawn] == [*y, *y[room:], *came]
    result = drawn[-room:]
    assert [cell.selected for cell in result] == list(came == y[:room])
    assert [cell.dashed for cell in result] == list(came != y[:room])
    tail = drawn[len(y) : -room]
    assert [cell.column for cell in tail] == [cell.column for cell in result[: len(tail)]]
    (cut,) = figure.axes[0].lines
    assert np.asarray(cut.get_xdata())[0] == pytest.approx(drawn[room].column)
    wrong, right = ([t for t in range(room) if (came[t] == y[t]) == same] for same in (False, True))
    told = f"Room for {room} gives {listed(came)}: wrong at {', '.join(map(str, wrong))}, right at"
    assert told in label(figure)
    assert label(figure).endswith(f"right at {', '.join(map(str, right)) or 'none'}.")
    assert f"convolution {listed(y)}. Its end, {listed(y[room:])}, " in label(figure)
    assert {"input", "kernel", f"output, {len(y)} places"} <= set(words(figure))


@pytest.mark.parametrize(("x", "w", "room"), FOLDED)
def test_the_end_comes_back_on_top_of_the_beginning(
    x: Sequence[float], w: Sequence[float], room: int
) -> None:
    check_folded(x, w, room)


@pytest.mark.parametrize("room", [2, 5])
def test_room_that_does_not_fold_is_refused(room: int) -> None:
    with pytest.raises(ValueError, match="folded: room must be"):
        pictures.folded([1, 2, 3], [0, 1, 2], room)


def circles(figure: Figure) -> list[tuple[float, float]]:
    found = [patch for patch in figure.axes[0].patches if isinstance(patch, Circle)]
    return [patch.center for patch in found]


def check_times(sizes: list[int], lines: dict[str, list[float]]) -> None:
    figure = pictures.times(sizes, lines)
    (axes,) = figure.axes
    drawn = [line for line in axes.lines if line.get_marker() not in ("None", "", None)]
    span = np.log10(sizes)
    rows = {}
    for line, (name, took) in zip(drawn, lines.items(), strict=True):
        across, down = (np.asarray(data, float) for data in line.get_data())
        assert (across - across[0]) / (across[-1] - across[0]) == pytest.approx(
            (span - span[0]) / (span[-1] - span[0])
        )
        rows[name] = down
        assert (line.get_linewidth() == SELECTED) == name.startswith("FFT")
        assert f"{name} {', '.join(f'{time:g}' for time in took)}" in label(figure)
        (end,) = [text for text in axes.texts if text.get_text() == name]
        assert end.get_position()[0] > across[-1]
    logs = np.concatenate([np.log10(took) for took in lines.values()])
    heights = np.concatenate(list(rows.values()))
    slope, start = np.polyfit(logs, heights, 1)
    assert heights == pytest.approx(slope * logs + start)
    assert slope < 0
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == len(lines)
    met = 0
    for fast in (name for name in lines if name.startswith("FFT")):
        for other in (name for name in lines if not name.startswith("FFT")):
            before = [a > b for a, b in zip(lines[fast], lines[other], strict=True)]
            turns = [nth for nth in range(len(sizes) - 1) if before[nth] != before[nth + 1]]
            for nth in turns:
                assert len(circles(figure)) > met
                column, row = circles(figure)[met]
                assert across[nth] < column < across[nth + 1]
                between = [np.interp(column, across, rows[name]) for name in (fast, other)]
                assert between == pytest.approx([row, row])
                met += 1
            slower = ", ".join(str(k) for k, lost in zip(sizes, before, strict=True) if lost)
            lost = f"slower at {slower}" if slower else "never slower"
            assert f"{fast} against {other}: {lost}, " in label(figure)
            if not before[-1] and len(turns) < 2:
                start_ = sizes[turns[-1] + 1] if turns else sizes[0]
                assert f"{other}: {lost}, faster from {start_} on." in label(figure)
    assert len(circles(figure)) == met
    assert {"milliseconds", "kernel size", str(sizes[0]), str(sizes[-1])} <= set(words(figure))


@pytest.mark.parametrize(
    "lines",
    [
        LINES,
        {"direct": [9.0, 9, 9, 9], "FFT": [5.0, 5, 5, 5], "FFT, cached": [10.0, 9.5, 2, 1]},
    ],
)
def test_lines_go_through_their_times_and_circles_stand_where_they_cross(
    lines: dict[str, list[float]],
) -> None:
    check_times(SIZES, lines)


def test_a_race_that_is_never_won_is_told_so() -> None:
    told = label(pictures.times(SIZES, LINES))
    assert told.endswith("FFT against two passes: slower at 3, 5, 9, 17, never faster after that.")
    assert "FFT against direct: slower at 3, 5, faster from 9 on." in told


def test_names_at_the_ends_of_lines_keep_apart() -> None:
    figure = pictures.times([3, 5], {"a": [1, 1], "b": [1, 1.01], "FFT": [1, 1.02]})
    rows = sorted(
        text.get_position()[1]
        for text in figure.axes[0].texts
        if text.get_text() in ("a", "b", "FFT")
    )
    assert min(np.diff(rows)) >= curves.APART - 1e-9


@pytest.mark.parametrize("took", [[1.0], [1.0, 0], [1.0, -1]])
def test_times_that_are_none_are_refused(took: list[float]) -> None:
    with pytest.raises(ValueError, match="curves: direct needs 2 numbers above zero"):
        pictures.times([3, 5], {"direct": took})


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("convolve", literal.correlate, lambda: check_multiplied([1, 2, 3], [0, 1, 2], 8)),
        (
            "convolve",
            lambda x, w: literal.correlate(x, w, "full"),
            lambda: check_folded(*FOLDED[0]),
        ),
        ("_shown", lambda wave: "1", lambda: check_multiplied(*PAIRS[0])),
        ("_places", lambda places: "0", lambda: check_folded(*FOLDED[0])),
        ("listed", lambda table: "1, 2", lambda: check_folded(*FOLDED[0])),
        ("_crossed", lambda *_: None, lambda: timed()),
        ("_won", lambda *_: "faster", lambda: timed()),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    name: str, fault: object, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(pictures, name, fault)
    with pytest.raises((AssertionError, ValueError)):
        check()


def timed() -> None:
    check_times(SIZES, LINES)


@pytest.mark.parametrize(
    "figure",
    [
        lambda: pictures.multiplied(*PAIRS[0]),
        lambda: pictures.folded(*FOLDED[0]),
        lambda: pictures.times(SIZES, LINES),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468.1

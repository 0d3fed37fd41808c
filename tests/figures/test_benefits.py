"""The pictures of what convolution buys show counts done one by one, and literal results."""

from collections.abc import Callable, Iterator
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import benefits as pictures
from cnnref.figures.drawing import listed
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT
from cnnref.network import Count
from tests.figures.reading import cells, label, values, words

ROWS = [
    ([0, 1, 4, 2, 0, 0, 0], [1, 2], 3),
    ([3, 1, 2, 5], [1], 2),
    ([1, -2, 3, 0, 0, 2, 1, 1], [2, -1, 1], 2),
]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def counted(n: int, k: int, of: str) -> dict[str, int]:
    """The costs of the three layers, each window looked at by itself."""
    corners = product(range(n - k + 1), repeat=2)
    windows = [{(i + a, j + b) for a, b in product(range(k), repeat=2)} for i, j in corners]
    local = sum(len(window) for window in windows)
    dense = sum(n * n for _ in windows)
    shared = len(windows[0]) if of == "weights" else local
    return {"dense": dense, "local": local, "convolution": shared}


def check_costs(sizes: list[int], k: int, of: str) -> None:
    figure = pictures.costs(sizes, k, of)
    bars = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    said = words(figure)
    for n in sizes:
        m = n - k + 1
        assert f"input {n} by {n}, output {m} by {m}" in said
        costs = counted(n, k, of)
        for name, cost in costs.items():
            bar = bars.pop(0)
            assert bar.get_width() == pytest.approx(pictures.DECADE * np.log10(cost))
            (beside,) = [
                text.get_text()
                for text in figure.axes[0].texts
                if text.get_position()[1] == pytest.approx(bar.get_y() + bar.get_height() / 2)
                and text.get_position()[0] > bar.get_x()
            ]
            assert beside == f"{cost:,}"
            assert f"{name} {cost:,}" in label(figure)
        shown = ", ".join(f"{name} {cost:,}" for name, cost in costs.items())
        assert f"{n} by {n} to {m} by {m}: {shown}." in label(figure)
    assert not bars
    assert of in said
    assert label(figure).startswith(f"Bars on a logarithmic axis, {of}, ")


@pytest.mark.parametrize("of", ["multiplies", "weights"])
@pytest.mark.parametrize(("sizes", "k"), [([28, 56, 112], 3), ([5], 2), ([4, 9], 4)])
def test_a_bar_is_as_long_as_the_logarithm_of_what_was_counted(
    sizes: list[int], k: int, of: str
) -> None:
    check_costs(sizes, k, of)


def test_the_marks_of_the_axis_stand_at_powers_of_ten() -> None:
    figure = pictures.costs([28], 3, "weights")
    marks = {"1": 0, "10²": 2, "10⁴": 4, "10⁶": 6}
    at = {text.get_text(): text.get_position()[0] for text in figure.axes[0].texts}
    for mark, power in marks.items():
        assert at[mark] == pytest.approx(pictures.MARGIN + pictures.DECADE * power)


def check_moves(x: list[int], w: list[int], size: int) -> None:
    figure = pictures.moves(x, w, size)
    pair = (x, [0, *x[:-1]])
    ys = [literal.correlate(each, w) for each in pair]
    pools = [literal.max_pool([[y]], size, stride=1)[0, 0] for y in ys]
    assert values(figure, INPUT) == [*pair[0], *pair[1]]
    assert values(figure, KERNEL) == w
    found = cells(figure, OUTPUT)
    tops = [[y.max()] for y in ys]
    assert [cell.value for cell in found] == [v for each in (*ys, *pools, *tops) for v in each]
    before, after, pooled, then, top, last = (
        [found.pop(0) for _ in each] for each in (*ys, *pools, *tops)
    )
    assert not any(cell.selected or cell.dashed for cell in (*before, *pooled, *top))
    along = [False, *(ys[1][1:] == ys[0][:-1])]
    assert [cell.selected for cell in after] == along
    same = pools[0] == pools[1]
    assert [cell.selected for cell in then] == list(same)
    assert [cell.dashed for cell in then] == list(~same)
    assert last[0].selected == (tops[0] == tops[1])
    assert f"max of {size} keeps {same.sum()} of {same.size}: insensitive" in words(figure)
    for each in (*pair, *ys, *pools):
        assert listed(np.array(each)) in label(figure)
    assert f"{sum(along)} of {len(along) - 1} moved along" in label(figure)
    assert f"{same.sum()} of {same.size} kept" in label(figure)


@pytest.mark.parametrize(("x", "w", "size"), ROWS)
def test_a_move_shows_what_comes_along_what_stays_and_what_is_lost(
    x: list[int], w: list[int], size: int
) -> None:
    check_moves(x, w, size)


def test_on_the_page_all_outputs_move_along_and_half_of_the_pool_stays() -> None:
    said = label(pictures.moves(*ROWS[0]))
    assert "5 of 5 moved along" in said
    assert "2 of 4 kept" in said
    assert "Maximum of all: 9, then 9" in said


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("count", lambda layer, shape: Count(4, 5, 6, 7), lambda: check_costs([5], 2, "weights")),
        ("_cost", lambda counted, of: counted.connections, lambda: check_costs([5], 2, "weights")),
        ("correlate", lambda x, w: literal.convolve(x, w, "valid"), lambda: check_moves(*ROWS[0])),
        ("pad", lambda x, sides: np.roll(np.append(x, 0), -1), lambda: check_moves(*ROWS[0])),
        (
            "max_pool",
            lambda x, size, **_: -literal.max_pool(-np.asarray(x), size, **_),
            lambda: check_moves(*ROWS[0]),
        ),
        ("listed", lambda values: "1, 2", lambda: check_moves(*ROWS[0])),
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
        lambda: pictures.costs([28, 56, 112], 3, "multiplies"),
        lambda: pictures.costs([28, 56, 112], 3, "weights"),
        lambda: pictures.moves(*ROWS[0]),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468

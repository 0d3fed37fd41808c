"""The pictures of networks show what comes out of the layers, and counts of what they hold."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import AvgPool, Conv, Dense, Flatten, MaxPool, ReLU, Sequential, lenet, literal
from cnnref.connectivity import pattern
from cnnref.figures import networks as pictures
from cnnref.figures.drawing import listed
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT, PAPER
from cnnref.network import Count, Layer
from cnnref.window import Window
from tests.figures.reading import Cell, cells, label, values, words

Shape = tuple[int, ...]
ROWS = [
    ([1, 4, 2, 0, 3, 5], [-1, 0, 1], 2),
    ([3, 1, 2, 5, 0, 0, 1], [1, 0, -2], 2),
    ([2, 1, 3], [1], 3),
]
LENET = (lenet(), (1, 28, 28))
NETS: list[tuple[Sequential, Shape]] = [
    LENET,
    (Sequential((Conv(3, 2), ReLU(), AvgPool(2), Flatten(), Dense(4))), (2, 7, 5)),
    (Sequential((Conv(2, 3, bias=False), MaxPool(3))), (1, 11)),
    (Sequential((Dense(5), ReLU(), Dense(2))), (3,)),
]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def boxes(figure: Figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def segments(figure: Figure) -> list[tuple[float, ...]]:
    """The straight lines of a picture: from column and row to column and row."""
    found = []
    for line in figure.axes[0].lines:
        xs, ys = (np.asarray(data, float) for data in line.get_data())
        if len(xs) == 2:
            found.append(tuple(np.round([xs[0], ys[0], xs[1], ys[1]], 3)))
    return sorted(found)


def check_stages(x: list[int], w: list[int], size: int) -> None:
    figure = pictures.stages(x, w, size)
    y = literal.conv([[x]], [[w]])[0, 0]
    rectified = literal.relu(y)
    pooled = literal.max_pool([[rectified]], size)[0, 0]
    assert values(figure, KERNEL) == w
    top, drawn = cells(figure, INPUT), cells(figure, OUTPUT)
    assert [cell.value for cell in top] == x
    rows: list[list[Cell]] = [top]
    for row in (y, rectified, pooled):
        rows.append([drawn.pop(0) for _ in row])
        assert [cell.value for cell in rows[-1]] == list(row)
    assert not drawn
    assert [cell.dashed for cell in rows[2]] == list(y < 0)
    assert not any(cell.dashed for row in (rows[0], rows[1], rows[3]) for cell in row)
    wanted = []
    for above, below, (taps, stride) in zip(
        rows[:-1], rows[1:], ((len(w), 1), (1, 1), (size, size)), strict=True
    ):
        for j, cell in enumerate(below):
            for read in above[j * stride : j * stride + taps]:
                ends = (read.column + 0.5, read.row + 1, cell.column + 0.5, cell.row)
                wanted.append(tuple(np.round(ends, 3)))
    assert segments(figure) == sorted(wanted)
    for name, row in {"Convolution": y, "ReLU": rectified, f"Max of {size}": pooled}.items():
        assert f"{name}: {listed(row)}" in label(figure)
    closed = ", ".join(str(j) for j in np.flatnonzero(y < 0))
    assert f"set to zero: {f'place {closed}' if closed else 'no place'}." in label(figure)
    names = {"input", "kernel", "convolution", "ReLU", f"max of {size}", "of one layer"}
    assert names | {"stage 1", "layer 2:", "stage 3"} <= set(words(figure))


@pytest.mark.parametrize(("x", "w", "size"), ROWS)
def test_each_stage_stands_under_what_it_reads(x: list[int], w: list[int], size: int) -> None:
    check_stages(x, w, size)


def came(net: Sequential, shape: Shape) -> list[tuple[Layer | None, Shape]]:
    """Each tensor of the network by running it: the layer that made it, and its shape."""
    params = net.init(np.random.default_rng(0), shape)
    tensors = net.trace(params, np.zeros((1, *shape)))
    layers: list[Layer | None] = [None, *net.layers]
    return [(layer, t.shape[1:]) for layer, t in zip(layers, tensors, strict=True)]


def check_stack(net: Sequential, shape: Shape) -> None:
    figure = pictures.stack(net, shape)
    sheets = [box for box in boxes(figure) if same_color(box.get_facecolor(), PAPER)]
    said, alt = words(figure), label(figure)
    shown = [made for layer, made in came(net, shape) if not isinstance(layer, ReLU)]
    for made in shown:
        count = made[0] if len(made) > 1 else 1
        drawn, sheets = sheets[:count], sheets[count:]
        if len(made) > 1:
            across, high = made[-1], made[1] if len(made) > 2 else 1
            size = pictures.PLACE * across, pictures.PLACE * high
        else:
            size = pictures.NUMBER * made[0], pictures.BAR
        assert [(s.get_width(), s.get_height()) for s in drawn] == [pytest.approx(size)] * count
        assert len({(s.get_x(), s.get_y()) for s in drawn}) == count
    assert not sheets
    sizes = [" × ".join(map(str, made)) for made in shown]
    assert [text for text in said if text in sizes] == sizes
    assert [part.split(": ")[-1] for part in alt.split(". ")][: len(sizes)] == sizes
    bends = sum(isinstance(layer, ReLU) for layer in net.layers)
    assert sum("ReLU" in text for text in said) == alt.count("ReLU") == bends
    for kind, name in ((Conv, "convolution"), (Dense, "dense")):
        times = sum(isinstance(layer, kind) for layer in net.layers)
        assert (f"{name} × {times}" in alt) == bool(times)
        assert f"× {times}" in said or not times
    assert {"input", "output"} <= set(said)


@pytest.mark.parametrize(("net", "shape"), NETS)
def test_a_stack_shows_the_shapes_that_come_when_the_network_runs(
    net: Sequential, shape: Shape
) -> None:
    check_stack(net, shape)


def test_layers_are_named_with_their_taps() -> None:
    said = words(pictures.stack(*LENET))
    assert said.count("convolution") == said.count("5 × 5, ReLU") == 2
    assert said.count("max of 2 × 2") == 2
    assert said.count("dense") == 3
    assert "mean of 2 × 2" in words(pictures.stack(*NETS[1]))


def check_shares(net: Sequential, shape: Shape) -> None:
    figure = pictures.shares(net, shape)
    params = net.init(np.random.default_rng(0), shape)
    held, done, titles = [], [], []
    for (layer, made), own in zip(came(net, shape)[1:], params, strict=True):
        if own:
            held.append(sum(p.size for p in own))
            products = own[0].size // len(own[0])  # for one output: every weight of a channel
            done.append(products * math.prod(made))
            name = "convolution" if isinstance(layer, Conv) else "dense"
            titles.append((name, " × ".join(map(str, made))))
    bars = boxes(figure)
    wholes = sum(held), sum(done)
    assert f"{wholes[0]:,} parameters and {wholes[1]:,} multiplies in all" in label(figure)
    for parts, (name, size) in zip(zip(held, done, strict=True), titles, strict=True):
        (title,) = [w for w in words(figure) if w.startswith(name) and w.endswith(f"to {size}")]
        said = []
        for what, part, whole in zip(("parameters", "multiplies"), parts, wholes, strict=True):
            bar = bars.pop(0)
            assert bar.get_width() == pytest.approx(pictures.WHOLE * part / whole)
            assert (bar.get_hatch() is not None) == (what == "multiplies")
            text = f"{part:,} ({part / whole:.1%})"
            middle = bar.get_y() + bar.get_height() / 2
            beside = [
                one.get_text()
                for one in figure.axes[0].texts
                if one.get_position()[1] == pytest.approx(middle)
            ]
            assert beside == [what, text]
            said.append(f"{what} {text}")
        assert f"{title}: {', '.join(said)}" in label(figure)
    assert not bars


@pytest.mark.parametrize(("net", "shape"), NETS)
def test_a_bar_is_as_long_as_the_share_of_what_the_layer_holds_or_does(
    net: Sequential, shape: Shape
) -> None:
    check_shares(net, shape)


def test_lenet_holds_its_parameters_in_the_dense_layers_and_works_in_the_convolutions() -> None:
    said = label(pictures.shares(*LENET))
    assert said.startswith("Bars, 61,706 parameters and 416,520 multiplies in all")
    assert "parameters 48,120 (78.0%)" in said
    assert "multiplies 240,000 (57.6%)" in said


def shorter(window: Window, n: int) -> Any:
    """A pattern without the last tap of each output."""
    return pattern(window, n)[: max(1, window.kernel - 1)]


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("pattern", shorter, lambda: check_stages(*ROWS[0])),
        ("conv", lambda x, w: literal.conv(x, np.flip(w)), lambda: check_stages(*ROWS[0])),
        ("relu", lambda y: np.abs(y), lambda: check_stages(*ROWS[0])),
        (
            "max_pool",
            lambda x, size: literal.avg_pool(x, size),
            lambda: check_stages(*ROWS[0]),
        ),
        ("listed", lambda table: "1, 2", lambda: check_stages(*ROWS[0])),
        ("named", lambda layer, shape: "dense", lambda: check_stack(*LENET)),
        ("_rows", lambda net, shape: [("input", False, shape)], lambda: check_stack(*LENET)),
        ("count", lambda net, shape: Count(1, 2, 3, 4), lambda: check_shares(*LENET)),
        (
            "count",
            lambda net, shape: Count(1, *(net.count(shape).multiplies,) * 3),
            lambda: check_shares(*LENET),
        ),
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
        lambda: pictures.stages(*ROWS[0]),
        lambda: pictures.stack(*LENET),
        lambda: pictures.shares(*LENET),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 96 <= 506

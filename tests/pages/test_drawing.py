"""A figure becomes an SVG that follows the page; what an image inside it costs is bounded."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cnnref.figures.palette import COLOURS, INK, INPUT, PADDING, STYLE
from sitegen.svg import PREFIX, draw, labelled, strange_colours


@pytest.fixture
def svg() -> str:
    with plt.style.context(dict(STYLE)):
        figure, axes = plt.subplots()
        axes.plot([1 / 3, 2 / 3], [0.1, 0.2], color=INPUT, label="line")
        axes.bar([0], [1], facecolor="none", edgecolor=PADDING, hatch="//")
        axes.text(0, 0.5, "plain $x_1$")
        axes.text(0, 0.2, "mono", family="monospace")
        drawn = draw(figure)
        plt.close(figure)
    return drawn


def test_ink_and_colours_become_those_of_the_page(svg: str) -> None:
    assert "currentColor" in svg
    assert "var(--cnn-input)" in svg
    assert "var(--cnn-padding)" in svg
    assert not [colour for colour in COLOURS.values() if colour in svg]
    assert strange_colours(svg) == []


def test_a_colour_outside_the_palette_is_noticed() -> None:
    assert strange_colours("fill: #123456; stroke: var(--cnn-input)") == ["#123456"]


def test_words_stay_words_in_the_font_of_the_page(svg: str) -> None:
    assert ">mono</text>" in svg
    assert "DejaVu" not in svg
    assert "font-family: var(--cnn-mono)" in svg


def test_the_ground_is_the_page(svg: str) -> None:
    assert "#ffffff" not in svg
    assert "<style" not in svg
    assert "<metadata" not in svg


def test_coordinates_are_short(svg: str) -> None:
    for coordinates in re.findall(r' (?:d|x|y|transform)="([^"]*)"', svg):
        assert not re.search(r"\.\d{3}", coordinates)


def test_drawing_again_gives_the_same_bytes() -> None:
    def once() -> str:
        with plt.style.context(dict(STYLE)):
            figure, axes = plt.subplots()
            axes.plot([1, 2], color=INK)
            axes.bar([0], [1], facecolor="none", edgecolor=PADDING, hatch="//")
            svg = draw(figure)
            plt.close(figure)
        return svg

    assert once() == once()


def test_ids_are_the_figure_s_own_and_all_of_them_are_used(svg: str) -> None:
    shown = labelled(svg, "x", "b7-1-")
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert ids
    assert PREFIX not in shown
    for name in ids:
        assert name.startswith("b7-1-")
        assert f"#{name}" in shown


def test_the_alt_text_is_on_the_picture_and_escaped(svg: str) -> None:
    assert labelled(svg, 'A "line" & more', "f").startswith(
        '<svg role="img" aria-label="A &quot;line&quot; &amp; more" style="--width: 614px"'
    )


@pytest.mark.parametrize(
    ("side", "kind", "least", "most"),
    [(8, "png", 100, 4_000), (200, "webp", 4_000, 40_000)],
)
def test_images_are_small_and_exact_when_they_can_be(
    side: int, kind: str, least: int, most: int
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (side, side))
    noise = np.cumsum(noise - 127, axis=0)
    figure = plt.figure(figsize=(3, 3))
    figure.add_axes((0, 0, 1, 1)).imshow(noise, cmap="gray", interpolation="none")
    svg = draw(figure)
    plt.close(figure)
    (data,) = re.findall(rf"data:image/{kind};base64,([^\"]*)", svg)
    assert least < len(data) < most

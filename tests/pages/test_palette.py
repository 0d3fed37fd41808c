"""The colour code is one: equal in figures and style sheets, and readable in both themes."""

import re

import pytest

from cnnref.figures.palette import COLOURS
from tests.building import ROOT

CSS = (ROOT / "docs/assets/cnnref.css").read_text(encoding="utf-8")
TEXT = ("ink", "input", "kernel", "output", "wrong", "quiet", "keyword", "string", "padding")
GROUNDS = ("paper", "shade")


def theme(name: str) -> dict[str, str]:
    block = re.search(rf'data-md-color-scheme="{name}"\] \{{(.*?)\}}', CSS, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--cnn-(\w+): (#[0-9a-f]{6});", block[1]))


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_the_known_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_figures_and_the_light_theme_have_the_same_colours() -> None:
    light = theme("default")
    assert {name: light[name] for name in COLOURS} == dict(COLOURS)


def test_both_themes_define_the_same_names() -> None:
    assert theme("default").keys() == theme("slate").keys()


@pytest.mark.parametrize("name", ["default", "slate"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("colour", TEXT)
def test_a_colour_can_be_read(name: str, ground: str, colour: str) -> None:
    colours = theme(name)
    assert contrast(colours[colour], colours[ground]) >= 4.5

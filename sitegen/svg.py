"""A matplotlib figure as inline SVG that follows the page: its ink, its colours, its font."""

import base64
import io
import re
from html import escape
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from cnnref.figures.palette import COLOURS

VARIABLES = {
    colour: "currentColor" if name == "ink" else f"var(--cnn-{name})"
    for name, colour in COLOURS.items()
}
NUMBER = re.compile(r"-?\d+\.\d{3,}")
COORDINATES = re.compile(r"""\b(?:d|points|transform|x|y|width|height|viewBox|cx|cy|r)="[^"]*\"""")
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
FONT = re.compile(r"""font-family: (?P<mono>'DejaVu Sans Mono')?[^;"]*;? ?""")
REFERENCE = re.compile(r"""(?:href="#|url\(#)([^")]+)""")
UNUSED = (
    r"<metadata>.*?</metadata>|<!--.*?-->",
    r"""<defs>\s*<style type="text/css">.*?</style>\s*</defs>""",
    r""" transform="rotate\(-?0 [^"]*\)\"""",
)
RASTER = re.compile(r"data:image/png;base64,(?P<data>[A-Za-z0-9+/=\s]+)")
SMALL = 4_000  # bytes up to which an image stays as exact as a PNG
WIDTH = re.compile(r' width="([\d.]+)pt" height="[\d.]+pt"')
PREFIX = "@figure@"


def draw(figure: Figure) -> str:
    """The figure as an `<svg>` element without alt text; ids carry a PREFIX to be replaced."""
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cnnref"}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    for unused in UNUSED:
        svg = re.sub(unused, "", svg, flags=re.DOTALL)
    svg = RASTER.sub(_light_image, svg)
    svg = COORDINATES.sub(lambda match: NUMBER.sub(_short, match[0]), svg)
    svg = COLOUR.sub(lambda match: VARIABLES.get(match[0], match[0]), svg)
    svg = FONT.sub(_font, svg)
    svg = _prefixed(svg)
    return re.sub(r"\s*\n\s*", "\n", svg).strip()


def _light_image(image: re.Match[str]) -> str:
    """An image inside the figure: exact if that is small enough, else as a photograph is stored."""
    pixels = Image.open(io.BytesIO(base64.b64decode(image["data"])))
    exact = _encoded(_without_spare_channels(pixels), "PNG", optimize=True)
    if len(exact) <= SMALL:
        return f"data:image/png;base64,{base64.b64encode(exact).decode()}"
    photograph = _encoded(pixels, "WEBP", quality=80, method=6)
    return f"data:image/webp;base64,{base64.b64encode(photograph).decode()}"


def _without_spare_channels(pixels: Image.Image) -> Image.Image:
    """Grey as one channel, opaque as three: as many channels as the picture has."""
    if pixels.mode != "RGBA" or pixels.getchannel("A").getextrema() != (255, 255):
        return pixels
    red, green, blue, _ = pixels.split()
    grey = red.tobytes() == green.tobytes() == blue.tobytes()
    return red if grey else pixels.convert("RGB")


def _encoded(pixels: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    pixels.save(file, kind, **options)
    return file.getvalue()


def _short(number: re.Match[str]) -> str:
    short = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _font(family: re.Match[str]) -> str:
    return "font-family: var(--cnn-mono); " if family["mono"] else ""


def _prefixed(svg: str) -> str:
    """Ids that something refers to get the prefix; the others go."""
    used = set(REFERENCE.findall(svg))
    svg = re.sub(
        r"""\bid="([^"]*)" ?""",
        lambda match: f'id="{PREFIX}{match[1]}" ' if match[1] in used else "",
        svg,
    )
    return re.sub(r"""(href="#|url\(#)""", rf"\1{PREFIX}", svg)


def strange_colours(svg: str) -> list[str]:
    """Colours that are not in the palette and so would not follow the theme."""
    return sorted(set(COLOUR.findall(svg)))


def labelled(svg: str, alt: str, name: str) -> str:
    """The drawing with its alt text, and its ids made unique on the page by this name."""
    width = WIDTH.search(svg)
    svg = WIDTH.sub("", svg, count=1)
    size = f'style="--width: {float(width[1]) * 4 / 3:.0f}px"' if width else ""
    opening = f'<svg role="img" aria-label="{escape(alt)}" {size}'
    return svg.replace("<svg", opening, 1).replace(PREFIX, name)

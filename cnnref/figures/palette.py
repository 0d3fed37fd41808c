"""The one colour code of figures, cards and formulas, and the drawing style that goes with it.

A figure uses these colours and no others. The site replaces each by a CSS variable of the same
name (`INPUT` by `--cnn-input`, ink by the colour of the text), so that one drawing serves the
light and the dark theme. Outside the site they are simply the light theme's colours. Shades are
made with `alpha`, never with a new colour.
"""

from collections.abc import Mapping
from types import MappingProxyType

INK = "#1d1e22"
"""Lines and words."""
PAPER = "#fdfcf9"
"""The ground of the page: to cover a line that runs under a label."""
INPUT = "#0067a3"
"""What comes in: x."""
KERNEL = "#a85b00"
"""The weights: w."""
OUTPUT = "#00775a"
"""What comes out: y."""
PADDING = "#6d6c68"
"""What is not really there. Drawn as hatching, never as a plain colour."""
WRONG = "#c02f1d"
"""What is lost or wrong, always with a dashed outline; used for nothing else."""

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "ink": INK,
        "paper": PAPER,
        "input": INPUT,
        "kernel": KERNEL,
        "output": OUTPUT,
        "padding": PADDING,
        "wrong": WRONG,
    }
)

STYLE: Mapping[str, object] = MappingProxyType(
    {
        "figure.figsize": (6.4, 3.2),
        "figure.facecolor": "none",
        "figure.constrained_layout.use": True,
        "savefig.facecolor": "none",
        "savefig.edgecolor": "none",
        "font.family": "sans-serif",
        "font.size": 11,
        "axes.titlesize": 11,
        "axes.labelsize": 11,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "axes.facecolor": "none",
        "axes.prop_cycle": f"cycler('color', {[INPUT, OUTPUT, KERNEL, PADDING]})",
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.titlecolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.8,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "grid.color": PADDING,
        "grid.alpha": 0.3,
        "hatch.color": PADDING,
        "hatch.linewidth": 0.8,
        "lines.linewidth": 1.6,
        "patch.edgecolor": INK,
        "legend.frameon": False,
        "image.cmap": "gray",
        "image.interpolation": "nearest",
    }
)
"""matplotlib settings under which the site draws: `plt.rcParams.update(STYLE)` gives the same."""

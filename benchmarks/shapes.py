"""The layers that are timed: those the rule was tuned on, and others that it had not seen."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """A convolution layer: sizes of input (n, c, *spatial) and weights (f, c / groups, *kernel)."""

    name: str
    x: tuple[int, ...]
    w: tuple[int, ...]
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    held_out: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """What `cnnref.conv` and the peers get beside the arrays."""
        return {key: getattr(self, key) for key in ("stride", "padding", "dilation", "groups")}


TUNED = (
    Shape("LeNet, first layer", (64, 1, 28, 28), (6, 1, 5, 5)),
    Shape("LeNet, second layer", (64, 6, 14, 14), (16, 6, 5, 5)),
    Shape("small net, first layer", (256, 1, 28, 28), (16, 1, 3, 3), padding=1),
    Shape("small net, second layer", (256, 16, 14, 14), (32, 16, 3, 3), padding=1),
    Shape("3x3, 64 channels", (8, 64, 56, 56), (64, 64, 3, 3), padding=1),
    Shape("3x3, 128 channels", (8, 128, 28, 28), (128, 128, 3, 3), padding=1),
    Shape("3x3, 256 channels", (8, 256, 14, 14), (256, 256, 3, 3), padding=1),
    Shape("3x3, 512 channels", (8, 512, 7, 7), (512, 512, 3, 3), padding=1),
    Shape("3x3, stride 2", (8, 128, 28, 28), (128, 128, 3, 3), stride=2, padding=1),
    Shape("1x1", (8, 256, 56, 56), (64, 256, 1, 1)),
    Shape("stem, 7x7, stride 2", (4, 3, 224, 224), (64, 3, 7, 7), stride=2, padding=3),
    Shape("3x3, dilation 2", (8, 64, 56, 56), (64, 64, 3, 3), padding=2, dilation=2),
    Shape("depthwise 3x3", (8, 128, 56, 56), (128, 1, 3, 3), padding=1, groups=128),
    Shape("audio, 80 taps, stride 4", (16, 1, 16000), (64, 1, 80), stride=4),
    Shape("audio, 3 taps", (16, 64, 2000), (64, 64, 3), padding=1),
    Shape("image, 15x15", (1, 1, 512, 512), (1, 1, 15, 15)),
    Shape("image, 64x64", (1, 1, 512, 512), (1, 1, 64, 64)),
)
HELD_OUT = (
    Shape("3x3, 48 channels to 96", (4, 48, 40, 40), (96, 48, 3, 3), padding=1, held_out=True),
    Shape("3x3, 192 channels", (2, 192, 20, 20), (192, 192, 3, 3), padding=1, held_out=True),
    Shape("1x1, few channels", (16, 8, 64, 64), (12, 8, 1, 1), held_out=True),
    Shape("1x1, stride 2", (8, 64, 56, 56), (128, 64, 1, 1), stride=2, held_out=True),
    Shape("depthwise 7x7", (4, 96, 28, 28), (96, 1, 7, 7), padding=3, groups=96, held_out=True),
    Shape("3x3 in 4 groups", (8, 64, 32, 32), (64, 16, 3, 3), padding=1, groups=4, held_out=True),
    Shape("5x5, stride 2", (8, 32, 48, 48), (48, 32, 5, 5), stride=2, padding=2, held_out=True),
    Shape("3-D, 3x3x3", (2, 8, 16, 32, 32), (16, 8, 3, 3, 3), padding=1, held_out=True),
    Shape("audio, 9 taps, dilation 16", (4, 32, 8000), (32, 32, 9), dilation=16, held_out=True),
    Shape("one image, 3x3", (1, 32, 224, 224), (32, 32, 3, 3), padding=1, held_out=True),
    Shape("3 channels in, 3x3", (8, 3, 96, 96), (32, 3, 3, 3), padding=1, held_out=True),
    Shape("rectangle, 3x3", (2, 24, 30, 200), (40, 24, 3, 3), padding=1, held_out=True),
    Shape("one channel out", (4, 64, 64, 64), (1, 64, 3, 3), padding=1, held_out=True),
)
SHAPES = {shape.name: shape for shape in (*TUNED, *HELD_OUT)}

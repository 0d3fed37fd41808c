"""One good call of every operation: small, with sizes that are all different where they may be."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class GoodCall:
    """An operation, its arrays by name, its other arguments by name."""

    operation: str
    arrays: dict[str, Array]
    others: dict[str, Any] = field(default_factory=dict)

    def on(self, cnn: Any, **changed: Any) -> Any:
        """What it returns, with some arguments changed."""
        return getattr(cnn, self.operation)(**{**self.arrays, **self.others, **changed})


def some(*shape: int) -> Array:
    """Small integers, as floats, that repeat with no period that a shape here has."""
    return (np.arange(int(np.prod(shape))).reshape(shape) * 7 % 11 - 5).astype(float)


SEEN: dict[str, Any] = {"stride": (2, 1), "padding": ((1, 2), (0, 3)), "dilation": (1, 2)}
"""Of 7 by 5 places a window of 3 by 2 taps makes 4 by 6 places."""

CALLS = [
    GoodCall("convolve", {"x": some(5, 3), "w": some(2, 4)}, {"mode": "same"}),
    GoodCall("correlate", {"x": some(5, 4), "w": some(2, 3)}, {"mode": "valid"}),
    GoodCall("flip", {"w": some(3, 4)}),
    GoodCall("pad", {"x": some(3, 4), "value": np.array(2.0)}, {"padding": ((1, 2), (0, 3))}),
    GoodCall("conv", {"x": some(2, 6, 7, 5), "w": some(9, 2, 3, 2), "b": some(9)},
             {**SEEN, "groups": 3}),
    GoodCall("dense", {"x": some(2, 3, 4), "w": some(5, 3, 4), "b": some(5)}),
    GoodCall("im2col", {"x": some(2, 3, 7, 5)}, {"kernel_size": (3, 2), **SEEN}),
    GoodCall("col2im", {"cols": some(2, 18, 24)},
             {"kernel_size": (3, 2), "output_size": (7, 5), **SEEN}),
    GoodCall("relu", {"x": some(3, 4)}),
    GoodCall("max_pool", {"x": some(2, 3, 7, 5)}, {"kernel_size": (3, 2), **SEEN}),
    GoodCall("avg_pool", {"x": some(2, 3, 7, 5)},
             {"kernel_size": (3, 2), **SEEN, "count_include_pad": True}),
    GoodCall("max_pool_indices", {"x": some(2, 3, 7, 5)}, {"kernel_size": (3, 2), **SEEN}),
    GoodCall("max_unpool", {"y": some(2, 3, 4), "indices": np.arange(24).reshape(2, 3, 4) % 10},
             {"output_size": 10}),
    GoodCall("channel_max_pool", {"x": some(2, 6, 5)}, {"size": 3}),
    GoodCall("locally_connected",
             {"x": some(2, 3, 7, 5), "w": some(4, 6, 8, 3, 3, 2), "b": some(8)}, SEEN),
    GoodCall("tiled_conv",
             {"x": some(2, 3, 7, 5), "w": some(2, 3, 8, 3, 3, 2), "b": some(8, 2, 3)}, SEEN),
    GoodCall("recurrent_conv",
             {"x": some(2, 3, 6), "u": some(4, 3, 2), "v": some(5, 4, 3), "w": some(4, 5, 1)},
             {"steps": 3, "activation": "relu"}),
    GoodCall("conv_transpose", {"y": some(2, 9, 4, 6), "w": some(9, 2, 3, 2), "b": some(6)},
             {**SEEN, "groups": 3, "output_size": (7, 5)}),
    GoodCall("conv_weight_grad", {"x": some(2, 6, 7, 5), "dy": some(2, 9, 4, 6)},
             {"kernel_size": (3, 2), **SEEN, "groups": 3}),
    GoodCall("bias_grad", {"dy": some(2, 3, 5, 4)}, {"shape": (3, 2, 3)}),
    GoodCall("max_pool_grad", {"x": some(2, 3, 7, 5), "dy": some(2, 3, 4, 6)},
             {"kernel_size": (3, 2), **SEEN}),
    GoodCall("avg_pool_grad", {"dy": some(2, 3, 4, 6)},
             {"x_shape": (2, 3, 7, 5), "kernel_size": (3, 2), **SEEN, "count_include_pad": True}),
    GoodCall("dense_grad", {"x": some(2, 3, 4), "w": some(5, 3, 4), "dy": some(2, 5)}),
    GoodCall("locally_connected_grad",
             {"x": some(2, 3, 7, 5), "w": some(4, 6, 8, 3, 3, 2), "dy": some(2, 8, 4, 6)}, SEEN),
    GoodCall("tiled_conv_grad",
             {"x": some(2, 3, 7, 5), "w": some(2, 3, 8, 3, 3, 2), "dy": some(2, 8, 4, 6)}, SEEN),
    GoodCall("relu_grad", {"x": some(3, 4), "dy": some(3, 4)}),
    GoodCall("channel_max_pool_grad", {"x": some(2, 6, 5), "dy": some(2, 2, 5)}, {"size": 3}),
    GoodCall("recurrent_conv_grad",
             {"x": some(2, 3, 6), "u": some(4, 3, 2), "v": some(5, 4, 3), "w": some(4, 5, 1),
              "dy": some(3, 2, 5, 6)},
             {"steps": 3, "activation": "relu"}),
    GoodCall("softmax_cross_entropy", {"z": some(3, 4), "labels": np.array([2, 0, 3])}),
]  # fmt: skip

INTEGERS = ("indices", "labels")
"""Arrays that must hold integers."""

COMPLEX = ("convolve", "correlate", "flip", "pad")
"""Operations that take complex numbers."""

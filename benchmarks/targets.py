"""What was asked of the times, and what came: each target is computed from the kept rows."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
TORCH = "torch"
"""What the names of PyTorch's ways begin with."""
OTHERS = ("onnxruntime", "scipy", "naive")
FILTERS = ("image, 15x15", "image, 64x64")


def least(row: Row, ways: Sequence[str], figure: str = "min") -> float:
    """The best time of some ways."""
    return float(min(row["ways"][way][figure] for way in ways))


def torch(row: Row) -> list[str]:
    """PyTorch's ways, in all layouts."""
    return [way for way in row["ways"] if way.startswith(TORCH)]


def named(row: Row) -> str:
    """The fastest of ours, whoever chooses it."""
    own: list[str] = [way for way in row["ways"] if way not in (*torch(row), *OTHERS)]
    return min(own, key=lambda way: float(row["ways"][way]["min"]))


def ratio(row: Row, way: str = "", figure: str = "min") -> float:
    """Time of one of ours, `auto` or the only one, over that of PyTorch's better layout."""
    way = way or ("auto" if "auto" in row["ways"] else "cnnref")
    return float(row["ways"][way][figure]) / least(row, torch(row), figure)


def regret(row: Row) -> float:
    """Time of `auto` over that of the fastest algorithm that it may choose."""
    return float(row["ways"]["auto"]["min"]) / least(row, [*row["allowed"], "auto"])


def mean(ratios: Sequence[float]) -> float:
    """The geometric mean."""
    return math.exp(math.fsum(map(math.log, ratios)) / len(ratios))


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked: `value` of the rows is at most `most`."""

    said: str
    most: float
    value: Callable[[Sequence[Row]], float]


def layers(
    rows: Sequence[Row], dtype: str = "float32", held_out: bool | None = None
) -> Iterator[Row]:
    """The convolution layers of a dtype: all, those that were tuned on, or the others."""
    for row in rows:
        wanted = row["part"] == "layers" and row["dtype"] == dtype
        if wanted and held_out in (None, row["held_out"]):
            yield row


def of(*names: str, way: Callable[[Row], str] = lambda _: "") -> Callable[[Sequence[Row]], float]:
    """The worst ratio of some layers or operations in float32."""

    def worst(rows: Sequence[Row]) -> float:
        found = {
            row.get("shape") or row["name"]: ratio(row, way(row))
            for row in rows
            if row["part"] in ("layers", "operations") and row["dtype"] == "float32"
        }
        return max(found[name] for name in names)

    return worst


def tuned(rows: Sequence[Row], way: Callable[[Row], str]) -> float:
    """The mean ratio of the layers that were tuned on, image filters left out."""
    some = [row for row in layers(rows, held_out=False) if row["shape"] not in FILTERS]
    return mean([ratio(row, way(row)) for row in some])


def doubled(part: str) -> Callable[[Sequence[Row]], float]:
    """The worst ratio of a part in float64."""

    def worst(rows: Sequence[Row]) -> float:
        some = [row for row in rows if row["part"] == part and row["dtype"] == "float64"]
        return max(map(ratio, some))

    return worst


def regretted(rows: Sequence[Row]) -> float:
    """The worst choice on any layer."""
    return max(regret(row) for row in rows if row["part"] == "layers")


TARGETS = (
    Target("mean of the layers without the image filters, auto", 1.2,
           lambda rows: tuned(rows, lambda _: "auto")),
    Target("the same, best algorithm by name", 1.1, lambda rows: tuned(rows, named)),
    Target("3x3 with 64 and 128 channels, by name", 0.75,
           of("3x3, 64 channels", "3x3, 128 channels", way=named)),
    Target("1x1", 0.5, of("1x1")),
    Target("strided and dilated", 1.3, of("3x3, stride 2", "3x3, dilation 2")),
    Target("small nets", 1.5, of("LeNet, first layer", "LeNet, second layer",
                                 "small net, first layer", "small net, second layer")),
    Target("stem", 1.7, of("stem, 7x7, stride 2")),
    Target("depthwise", 3, of("depthwise 3x3")),
    Target("image filter, 15x15", 0.2, of("image, 15x15")),
    Target("image filter, 64x64", 0.02, of("image, 64x64")),
    Target("max pool 2x2", 0.45, of("max pool 2x2")),
    Target("pools of stride 1", 0.1, of(*(f"{kind} pool {k}x{k}, stride 1"
                                          for kind in ("max", "avg") for k in (7, 31)))),
    Target("locally connected", 0.35, of("locally connected 3x3")),
    Target("training", 0.6, of("20 steps of training, digits network")),
    Target("float64, every layer", 0.8, doubled("layers")),
    Target("float64, every other operation", 0.8, doubled("operations")),
    Target("auto over the best that it may choose, any layer", 1.25, regretted),
)  # fmt: skip

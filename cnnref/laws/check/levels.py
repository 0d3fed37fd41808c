"""The order in which an implementation is checked: levels, and the laws of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cnnref.laws.catalogue import LAWS
from cnnref.laws.engine import Law
from cnnref.laws.offered import Offer

LEVELS = {
    1: "shapes and errors",
    2: "definitions",
    3: "algebra",
    4: "stride, dilation, padding, channels",
    5: "gradients and the rest",
}

SHAPES = "tensors.shapes-are-as-defined"
"""The law that tells first whether anything else is worth saying of an operation."""

FORMATS = (
    "tensors.results-keep-precision",
    "tensors.integers-never-wrap",
    "tensors.layout-does-not-matter",
    "tensors.large-*",
    "tensors.*nan*",
    "tensors.half-*",
    "tensors.empty-*",
    "tensors.batch-*",
    "correlation.*conjugates",
)
"""About number formats, layouts and empty arrays: right mathematics can fail here."""

ALGEBRA = ("convolution", "layers", "padding", "pooling")
"""The topics whose laws stand on levels 3 and 4; those of all others are the rest."""


def level(law: Law) -> int:
    """The level that a law stands on."""
    if any(fnmatchcase(law.id, glob) for glob in FORMATS):
        return 5
    if law.topic == "tensors" or ".refuses-" in law.id or law.id.endswith("places-are-counted"):
        return 1
    if law.id.endswith((".is-its-definition", "-is-its-definition", ".is-a-sum")):
        return 2
    if law.topic not in ALGEBRA:
        return 5
    return 4 if law.needs or law.topic == "padding" or "channel" in law.id else 3


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to try: a law, or a law about any operation on one of them."""

    law: Law
    operation: str = ""

    @property
    def level(self) -> int:
        """The level of the law."""
        return level(self.law)


def items(offer: Offer, most: int = 5, globs: Iterable[str] = ()) -> list[Item]:
    """All that is tried on an implementation, up to a level, in order.

    Args:
        offer: what the implementation has.
        most: the last level.
        globs: patterns of ids; without any, all laws.
    """
    globs = list(globs)
    chosen = [
        law
        for law in LAWS
        if level(law) <= most and (not globs or any(fnmatchcase(law.id, glob) for glob in globs))
    ]
    found: list[Item] = []
    for law in chosen:
        names = offer.ranks if law.topic == "tensors" else ("",)
        found += [Item(law, name) for name in names]
    return sorted(found, key=lambda item: (item.level, item.law.id != SHAPES))

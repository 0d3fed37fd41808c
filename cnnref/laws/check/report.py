"""What a check found, as plain data that can be sent, written and shown."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from cnnref.laws.check.naming import Clue
from cnnref.laws.numbers import Array

Status: TypeAlias = Literal["held", "failed", "convention", "waiting", "not offered"]
STATUSES: tuple[Status, ...] = (
    "held",
    "failed",
    "convention",
    "waiting",
    "not offered",
)
Kind: TypeAlias = Literal[
    "values", "shape", "type", "dtype", "exception", "memory", "printing", "hang", "crash"
]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One call that went wrong, to be drawn.

    Attributes:
        operation: its name.
        arrays: the arrays that it got, each with the name of its parameter.
        options: its other arguments, as Python writes them.
        came: what it returned, part by part, or in words what happened instead.
        expected: what it should have returned, or raised.
        python: the call as Python, to be run after `imported`.
        imported: the import that it needs.
    """

    operation: str
    arrays: tuple[tuple[str, Array], ...]
    options: tuple[tuple[str, str], ...]
    came: tuple[Array, ...] | str
    expected: tuple[Array, ...] | str
    python: str
    imported: str

    @property
    def one_line(self) -> str:
        """All that has to be run to see it; empty if the arrays are too large to be written."""
        if "an array of shape" in self.python:
            return ""
        special = "from numpy import inf, nan; " if re.search(r"\b(inf|nan)\b", self.python) else ""
        return f"import numpy as np; {special}{self.imported}; print({self.python})"


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """Why a law does not hold, on the smallest case found.

    Attributes:
        kind: what went wrong.
        reason: the same in words.
        case: the case, as one reads it.
        came: the first side of the law.
        promised: its second side.
        picture: the first call that went wrong; none if no call did by itself.
    """

    kind: Kind
    reason: str
    case: str
    came: str = ""
    promised: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """How one law came out, for one operation if it is about any of them."""

    law: str
    claim: str
    operation: str
    level: int
    status: Status
    cases: int = 0
    seconds: float = 0.0
    note: str = ""
    failure: Failure | None = None
    clues: tuple[Clue, ...] = ()
    calls: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """The law, and the operation if it was tried on one."""
        return f"{self.law} [{self.operation}]" if self.operation else self.law


@dataclass(frozen=True, slots=True)
class Named:
    """What the catalogue of mistakes says about one fault.

    Attributes:
        operation: the operation that goes wrong.
        aspects: in which respects: "values", "dtype", "memory", "printing".
        mistakes: id and sentence of all that do the same in every call, none if none does.
        calls: how many wrong calls they were put to.
        rounded: whether they agree only up to rounding.
        numbers: on which numbers it goes wrong, if on others it does so in another way.
    """

    operation: str
    aspects: tuple[str, ...]
    mistakes: tuple[tuple[str, str], ...]
    calls: int
    rounded: bool = False
    numbers: str = ""


@dataclass(slots=True)
class Report:
    """A whole check."""

    subject: str
    versions: dict[str, str]
    settings: dict[str, object]
    offered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def unnamed(self) -> list[Named]:
        """The faults that no mistake of the catalogue explains."""
        return [one for one in self.named if not one.mistakes]

    def __str__(self) -> str:
        """The report as the command prints it."""
        from cnnref.laws.check.to_text import text

        return text(self)

    def counts(self, level: int | None = None) -> Counter[str]:
        """How many rows of a level, or of all of them, came out how."""
        return Counter(row.status for row in self.rows if level in (None, row.level))

    @property
    def failed(self) -> list[Row]:
        """The rows of laws that are broken."""
        return [row for row in self.rows if row.status == "failed"]

    @property
    def code(self) -> int:
        """The exit code: 0 if all held, 1 if some failed, 2 if nothing could be run."""
        if self.failed:
            return 1
        return 0 if self.counts()["held"] else 2

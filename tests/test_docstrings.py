"""Every public name says what it takes, gives and refuses, where it is from, and shows it."""

import inspect
import re
from typing import Any

import pytest

import cnnref
from cnnref import literal

NAMES = [name for name in cnnref.__all__ if callable(getattr(cnnref, name))]
TAKES_NOTHING_WRONG = {"Count", "Flatten", "ReceptiveField", "lenet"}
"""These have nothing to refuse."""


def documented(name: str) -> Any:
    """The specification of an operation, or the thing itself."""
    return getattr(literal, name, None) or getattr(cnnref, name)


def missing(thing: Any, refuses: bool = True) -> list[str]:
    """What the docstring of a public function or class does not say."""
    text = inspect.getdoc(thing) or ""
    lacking = [] if re.match(r"[A-Z].*?\.(\n\n|$)", text, re.DOTALL) else ["a sentence"]
    listed = re.split(r"\n(?:Args|Attributes):\n", text)
    stated = set(re.findall(r"^    (\w[\w, ]*):", listed[-1], re.MULTILINE))
    said = {name for group in stated for name in group.split(", ")}
    lacking += [name for name in inspect.signature(thing).parameters if name not in said]
    if not inspect.isclass(thing):
        lacking += [] if "\nReturns:\n    " in text else ["Returns"]
    if refuses:
        lacking += [] if "\nRaises:\n    " in text else ["Raises"]
    lacking += [] if re.search(r"^Source: \w", text, re.MULTILINE) else ["Source"]
    return lacking + ([] if "\n>>> " in text else ["an example"])


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_tells_all_about_itself(name: str) -> None:
    assert missing(documented(name), name not in TAKES_NOTHING_WRONG) == []


def test_the_option_that_only_the_fast_one_has_is_told_too() -> None:
    assert missing(cnnref.conv) == []


def test_a_docstring_that_leaves_something_out_is_noticed() -> None:
    def told(x: float) -> float:
        """Twice x.

        Args:
            x: a number.

        Returns:
            2x.

        Raises:
            TypeError: for anything else.

        Source: Goodfellow, Bengio, Courville, Deep Learning.

        >>> 1 + 1
        2
        """
        return 2 * x

    assert missing(told) == []
    for part, what in {
        "Twice x.": "a sentence",
        "    x: a number.": "x",
        "Returns:": "Returns",
        "Raises:": "Raises",
        "Source:": "Source",
        ">>>": "an example",
    }.items():
        whole = inspect.getdoc(told) or ""
        told.__doc__ = whole.replace(part, "twice")
        assert missing(told) == [what]
        told.__doc__ = whole

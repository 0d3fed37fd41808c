"""What is known of each law beforehand: where the site explains it, and what it calls.

`make update-outputs` writes it down, in known.json.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def known() -> dict[str, Any]:
    """The page of each law, of each operation's mistakes, the title of each page; calls of laws."""
    text = files("cnnref.laws.check").joinpath("known.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def calls_of_law(id: str) -> frozenset[str]:
    """The operations that a law calls; none if that is not known."""
    return frozenset(known()["calls"].get(id, ()))


def always_called(id: str) -> frozenset[str]:
    """The operations that a law calls in every case; none if that is not known."""
    return frozenset(known()["always"].get(id, calls_of_law(id)))


def of_law(id: str) -> str:
    """The address of the card of a law."""
    return address(known()["laws"].get(id, "laws-table"), f"law-{id}")


def of_mistake(id: str) -> str:
    """The address of a mistake."""
    return address(known()["mistakes"].get(id.partition(".")[0], "mistakes"), id)


def title_of_law(id: str) -> str:
    """The title of the page on which a law has its card."""
    return str(known()["titles"].get(known()["laws"].get(id, ""), "All laws in one table"))


def title_of_mistake(id: str) -> str:
    """The title of the page on which a mistake is explained."""
    page = known()["mistakes"].get(id.partition(".")[0], "")
    return str(known()["titles"].get(page, "Mistakes"))


def address(page: str, anchor: str) -> str:
    """A place on the site; a whole address if CNNREF_SITE says where the site is."""
    place = f"{page}/#{anchor}".lstrip("/")
    site = os.environ.get("CNNREF_SITE", "").rstrip("/")
    return f"{site}/{place}" if site else place

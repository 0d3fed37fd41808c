"""Where the site explains a law or a mistake; `make update-outputs` writes down which page."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import files


@cache
def known() -> dict[str, dict[str, str]]:
    """The page of each law, and the title of each page."""
    text = files("cnnref.laws.check").joinpath("pages.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


def of_law(id: str) -> str:
    """The address of the card of a law."""
    return address(known()["laws"].get(id, "laws-table"), f"law-{id}")


def of_mistake(id: str) -> str:
    """The address of a mistake."""
    return address(known()["mistakes"].get(id.partition(".")[0], "mistakes"), id)


def title_of_law(id: str) -> str:
    """The title of the page on which a law has its card."""
    return known()["titles"].get(known()["laws"].get(id, ""), "All laws in one table")


def title_of_mistake(id: str) -> str:
    """The title of the page on which a mistake is explained."""
    return known()["titles"].get(known()["mistakes"].get(id.partition(".")[0], ""), "Mistakes")


def address(page: str, anchor: str) -> str:
    """A place on the site; a whole address if SITE_URL says where the site is."""
    place = f"{page}/#{anchor}".lstrip("/")
    site = os.environ.get("SITE_URL", "").rstrip("/")
    return f"{site}/{place}" if site else place

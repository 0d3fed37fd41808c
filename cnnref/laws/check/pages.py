"""Where the site explains a law or a mistake; `make update-outputs` writes down the pages."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import files


@cache
def known() -> dict[str, dict[str, str]]:
    """The page of each law, of each operation's mistakes, and the title of each page."""
    text = files("cnnref.laws.check").joinpath("pages.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


def of_law(id: str) -> str:
    """The address of the card of a law."""
    return address(known()["laws"].get(id, "laws"), f"law-{id}")


def of_mistake(id: str) -> str:
    """The address of a mistake."""
    return address(known()["mistakes"].get(id.partition(".")[0], "mistakes"), id)


def address(page: str, anchor: str) -> str:
    """A place on the site; a whole address if SITE_URL says where the site is."""
    site = os.environ.get("SITE_URL", "").rstrip("/")
    return f"{site}/{page}/#{anchor}" if site else f"{page}/#{anchor}"

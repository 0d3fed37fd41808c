"""Every mistake of the catalogue under a name that the command line can say."""

from typing import Any

from cnnref.laws import MISTAKES


def spoken(id: str) -> str:
    """The id as a name in Python."""
    return id.replace(".", "__").replace("-", "_")


IMPLEMENTATIONS = {spoken(mistake.id): mistake.implementation for mistake in MISTAKES}


def __getattr__(name: str) -> Any:
    try:
        return IMPLEMENTATIONS[name]
    except KeyError:
        raise AttributeError(name) from None

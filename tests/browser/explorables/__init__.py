"""The instruments of the pages, one module each: what cnnref says of a state, and how it is shown.

Such a module has `PAGE`, where the instrument stands; `START`, its first state; `REFUSED`, settings
that are refused; `STATES` and `ODD`, strategies for states that are shown and for any; `FAULTS`, to
be planted in the module; and the functions `facts`, `cells`, `told` and `printed`.
"""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

from hypothesis import strategies as st

from sitegen.explore.publish import INSTRUMENTS

State: TypeAlias = dict[str, Any]
Facts: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[list[tuple[str, str]]]


def wild(states: st.SearchStrategy[State], *names: str) -> st.SearchStrategy[State]:
    """States, in one of four of which one of these values is any number."""
    odd = st.one_of(st.integers(-2, 40), st.sampled_from([0.5, 2.5, -1.5]))
    changed = st.tuples(states, st.sampled_from(names), odd)
    replaced = changed.map(lambda drawn: {**drawn[0], drawn[1]: drawn[2]})
    return st.one_of(states, states, states, replaced)


def listed(words: Sequence[object]) -> str:
    """`0, 1 and 4`."""
    said = [str(word) for word in words]
    return "".join(said) if len(said) < 2 else f"{', '.join(said[:-1])} and {said[-1]}"


def plural(count: int, word: str) -> str:
    """`1 zero`, `2 zeros`."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def every() -> dict[str, ModuleType]:
    """The instruments that there are, by name."""
    return {name: import_module(f"{__name__}.{name}") for name in INSTRUMENTS}

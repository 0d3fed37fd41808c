"""States and what cnnref says of them, in files that the module in the browser is held against.

`python -m tests.browser.explorables.golden` writes them anew.
"""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.browser.explorables import Facts, State, every

HERE = Path(__file__).parent / "golden"
STATES = 150


def answer(instrument: ModuleType, state: State) -> Facts:
    """What cnnref says of a state: its numbers, or why it refuses."""
    try:
        facts: Facts = instrument.facts(state)
    except (TypeError, ValueError) as error:
        return {"refused": str(error)}
    return facts


def drawn(instrument: ModuleType, count: int) -> list[State]:
    """States of an instrument, always the same ones."""
    states: list[State] = [instrument.START]

    @seed(2026)
    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(instrument.ODD)
    def collect(state: State) -> None:
        states.append(state)

    collect()
    return states


def text(instrument: ModuleType, states: list[State]) -> str:
    """The file of an instrument."""
    pairs: list[Any] = [[state, answer(instrument, state)] for state in states]
    lines = (json.dumps(pair, sort_keys=True, separators=(",", ":")) for pair in pairs)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def stored(name: str) -> list[tuple[State, Facts]]:
    """The states of an instrument's file, with what cnnref said of them."""
    return [(state, facts) for state, facts in json.loads((HERE / f"{name}.json").read_text())]


if __name__ == "__main__":
    for name, instrument in every().items():
        (HERE / f"{name}.json").write_text(text(instrument, drawn(instrument, STATES)))

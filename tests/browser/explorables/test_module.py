"""The mathematics of the instruments is that of cnnref: on kept states, and on random ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, Route

from sitegen.explore.publish import HERE, INSTRUMENTS
from tests.browser.explorables import State, every
from tests.browser.explorables.golden import answer, stored, text

CASES = 10_000
BATCH = 50
ASK = """async ([name, states]) => {
  const module = await import("/windows.js");
  return states.map((state) => {
    try {
      return module[name](state);
    } catch (error) {
      return { [error instanceof module.Refusal ? "refused" : "broke"]: error.message };
    }
  });
}"""


@contextmanager
def asked(
    browser: Browser, right: str = "", wrong: str = ""
) -> Iterator[Callable[[str, list[State]], list[Any]]]:
    """What the module answers in a page of its own; right words in it become wrong ones."""
    source = (HERE / "windows.js").read_text(encoding="utf-8")
    assert not right or source.count(right) == 1
    source = source.replace(right, wrong) if right else source

    def answers(route: Route) -> None:
        if route.request.url.endswith("/windows.js"):
            route.fulfill(body=source, content_type="text/javascript")
        else:
            route.fulfill(body="", content_type="text/html")

    context = browser.new_context()
    context.route("**/*", answers)
    page: Page = context.new_page()
    page.goto("http://cnnref.test/")
    yield lambda name, states: page.evaluate(ASK, [name, states])
    context.close()


def differential(
    ask: Callable[[str, list[State]], list[Any]],
    name: str,
    cases: int,
    phases: tuple[Phase, ...] = tuple(Phase),
) -> None:
    """Ask both about random states, many at a time."""
    instrument = every()[name]

    @settings(max_examples=cases // BATCH, deadline=None, database=None, phases=phases)
    @given(st.lists(instrument.ODD, min_size=BATCH, max_size=BATCH))
    def agree(states: list[State]) -> None:
        for state, said in zip(states, ask(name, states), strict=True):
            assert said == answer(instrument, state), state

    agree()


@pytest.fixture(params=INSTRUMENTS)
def name(request: pytest.FixtureRequest) -> str:
    """Each instrument."""
    return str(request.param)


@pytest.fixture
def instrument(name: str) -> ModuleType:
    """What cnnref says of it."""
    return every()[name]


def test_the_kept_answers_are_those_of_cnnref(name: str, instrument: ModuleType) -> None:
    kept = stored(name)
    assert len(kept) > 100
    assert sum("refused" in facts for _, facts in kept) > 3
    path = HERE.parents[1] / "tests/browser/explorables/golden" / f"{name}.json"
    assert path.read_text() == text(instrument, [state for state, _ in kept])


@pytest.mark.slow
def test_the_module_gives_the_kept_answers(bare: Browser, name: str) -> None:
    kept = stored(name)
    with asked(bare) as ask:
        said = ask(name, [state for state, _ in kept])
    for (state, facts), answered in zip(kept, said, strict=True):
        assert answered == facts, state


@pytest.mark.slow
def test_the_module_is_cnnref_on_random_states(bare: Browser, name: str) -> None:
    with asked(bare) as ask:
        differential(ask, name, CASES)


FAULTS = [(name, fault) for name, instrument in every().items() for fault in instrument.FAULTS]


@pytest.mark.slow
@pytest.mark.parametrize(("of", "fault"), FAULTS)
def test_a_fault_in_the_module_is_seen(bare: Browser, of: str, fault: str) -> None:
    """By the kept states, and by random ones."""
    kept = stored(of)
    with asked(bare, *every()[of].FAULTS[fault]) as ask:
        assert ask(of, [state for state, _ in kept]) != [facts for _, facts in kept]
        with pytest.raises(AssertionError):
            differential(ask, of, CASES, phases=(Phase.generate,))

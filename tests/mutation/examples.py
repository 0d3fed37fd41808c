"""The examples in the docstrings, run on the public names."""

import doctest
import sys
from collections.abc import Iterator

import pytest

import cnnref

PARTS = ("span", "places", "reads", "interval", "center")  # mutmut adds methods of its own


def documented() -> Iterator[tuple[str, object]]:
    """Every public name, and the methods of public classes."""
    for name in cnnref.__all__:
        public = getattr(cnnref, name)
        yield name, public
        if isinstance(public, type):
            parts = vars(public).items()
            yield from ((f"{name}.{part}", value) for part, value in parts if part in PARTS)


EXAMPLES = [(name, value) for name, value in documented() if ">>>" in (value.__doc__ or "")]


@pytest.mark.parametrize(("name", "value"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_examples_of_a_public_name_hold(name: str, value: object) -> None:
    public = getattr(cnnref, name.partition(".")[0])
    names = vars(sys.modules[public.__module__])
    test = doctest.DocTestParser().get_doctest(value.__doc__ or "", dict(names), name, None, None)
    outcome = doctest.DocTestRunner().run(test)
    assert (outcome.failed, outcome.attempted) == (0, len(test.examples))

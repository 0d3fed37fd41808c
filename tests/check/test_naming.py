"""The name of a mistake: found for each one that is planted, and for nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnref import literal
from cnnref.laws import MISTAKES, Mistake, report
from cnnref.laws.check.naming import OF, Clue, narrowed
from cnnref.laws.check.report import Report
from cnnref.laws.offered import Call
from cnnref.laws.outcomes import ASPECTS, observed
from tests.building import ROOT
from tests.check.planted import spoken

each_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)


def named(found: Report) -> dict[str, set[str]]:
    """The mistakes that a report names, by operation."""
    return {one.operation: {id for id, _ in one.mistakes} for one in found.named}


@pytest.mark.slow
@each_mistake
def test_the_command_names_a_planted_mistake(mistake: Mistake, tmp_path: Path) -> None:
    what = f"{mistake.operation}=tests.check.planted:{spoken(mistake.id)}.{mistake.operation}"
    command = [sys.executable, "-m", "cnnref", "check", what, "--level", "5", "--examples", "20"]
    command += ["--time-limit", "60", "--json", str(tmp_path / "report.json")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads((tmp_path / "report.json").read_text())
    assert ran.returncode == 1, ran.stdout + ran.stderr
    faults = [{named["id"] for named in fault["named"]} for fault in told["mistakes"]]
    assert faults == [{mistake.id}]
    assert mistake.sentence.split()[0] in ran.stdout


@pytest.mark.parametrize(
    "id", ["conv.flips-the-kernel", "relu.is-absolute", "max_pool.pads-with-zero"]
)
def test_a_mistake_in_an_otherwise_right_implementation_is_named(id: str) -> None:
    (mistake,) = (one for one in MISTAKES if one.id == id)
    laws = ["conv.is-*", "relu.*", "pooling.max.*"]
    found = report(mistake.implementation, examples=10, laws=laws)
    assert named(found) == {mistake.operation: {id}}


def test_two_mistakes_in_two_operations_are_named_each() -> None:
    by_id = {mistake.id: mistake.implementation for mistake in MISTAKES}
    both = SimpleNamespace(
        conv=by_id["conv.interleaves-groups"].conv, flip=by_id["flip.last-axis-only"].flip
    )
    found = report(both, examples=20, laws=["conv.is-its-definition", "flip.*"])
    assert named(found) == {
        "conv": {"conv.interleaves-groups"},
        "flip": {"flip.last-axis-only"},
    }


def test_two_mistakes_in_one_operation_are_not_guessed_at() -> None:
    def conv(*arguments: Any, **options: Any) -> Any:
        return -literal.conv(*arguments, **options) * 2

    found = report(SimpleNamespace(conv=conv), examples=20, laws=["conv.is-its-definition"])
    assert named(found) == {"conv": set()}


def test_what_does_the_same_only_where_it_is_wrong_is_not_named() -> None:
    def relu(x: Any) -> Any:
        x = np.asarray(x)
        return np.abs(x) if x.ndim == 1 else literal.relu(x)

    found = report(SimpleNamespace(relu=relu), examples=40, laws=["relu.*"])
    assert named(found) == {"relu": set()}


def test_a_mistake_that_only_rounds_differently_is_named_up_to_rounding() -> None:
    def relu(x: Any) -> Any:
        return np.abs(x) * (1 + 2**-50)

    found = report(SimpleNamespace(relu=relu), examples=40, laws=["relu.*"])
    (one,) = found.named
    assert one.rounded
    assert named(found) == {"relu": {"relu.is-absolute"}}
    assert "up to rounding" in str(found)


def test_candidates_that_nothing_tells_apart_are_all_kept() -> None:
    ids = set(OF["relu"]) & {"relu.is-absolute", "relu.leaks"}
    clue = Clue("relu", "values", True, 1, set(ids), set(ids))

    def positive() -> Iterator[Call]:
        yield from [Call("relu", (np.ones(3),), {})] * 30

    absolute = SimpleNamespace(relu=lambda x: np.abs(x).astype(float))
    assert narrowed(absolute, clue, positive(), lambda: True).candidates == ids
    telling = [Call("relu", (np.array([-1.0, 2.0]),), {})]
    assert narrowed(absolute, clue, telling, lambda: True).candidates == {"relu.is-absolute"}


def test_an_outcome_tells_values_types_memory_and_printing_apart() -> None:
    call = Call("flip", (np.arange(3.0),), {})
    right = observed(literal, call)

    def disagreement(flip: Any) -> list[str]:
        came = observed(SimpleNamespace(flip=flip), call)
        return [aspect for aspect in ASPECTS if not came.agrees(right, aspect)]

    def writes(w: Any) -> Any:
        result = w[::-1].copy()
        w[0] = 7
        return result

    assert disagreement(literal.flip) == []
    assert disagreement(lambda w: w.copy()) == ["values"]
    assert disagreement(lambda w: w[::-1].astype(np.float32)) == ["dtype"]
    assert disagreement(lambda w: w[::-1]) == ["memory"]
    assert disagreement(writes) == ["memory"]
    assert disagreement(lambda w: (print("x"), w[::-1].copy())[1]) == ["printing"]
    assert call.arguments[0].tolist() == [0, 1, 2]

"""Implementations that hang, crash, print, write or return the wrong thing: the run goes on."""

from pathlib import Path

import pytest

from tests.check.running import Ran, check

pytestmark = pytest.mark.slow
RIGHT = "from cnnref import flip, pad\nfrom cnnref import relu as right\n"


def relu(tmp_path: Path, body: str, *words: str) -> Ran:
    """A run on a wrong rectifier beside operations that are right."""
    source = f"{RIGHT}\n\ndef relu(x):\n    {body}\n"
    asked = ("--examples", "8", "--time-limit", "1", "--level", "3", *words)
    ran = check(tmp_path, "mine", *asked, source=source)
    assert ran.code == 1
    assert {law["id"] for law in ran.rows("held")} > {
        "flip.is-its-definition",
        "pad.is-its-definition",
    }
    return ran


def kinds(ran: Ran) -> dict[str, str]:
    """For each broken law what went wrong."""
    return {law["id"]: law["failure"]["kind"] for law in ran.rows("failed")}


SHAPES = "tensors.shapes-are-as-defined"


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ("while True: pass", "hang", "relu was called for the first time, and it did not return"),
        ("import os; os._exit(7)", "crash", "the process ended (exit code 7)"),
        ("raise SystemExit(3)", "exception", "RuntimeError was raised: SystemExit was raised"),
        ("raise KeyError('no')", "exception", "KeyError was raised: 'no'"),
        ("return right(x).tolist()", "type", "relu returned list, not a NumPy array"),
        ("right(x)", "type", "relu returned NoneType, not a NumPy array"),
        ("return type('Mine', (), {})()", "type", "relu returned Mine, not a NumPy array"),
        ("return right(x)[..., :0]", "shape", "entries disagree"),
        ("return right(x)[np.newaxis]", "shape", "shape"),
    ],
)
def test_what_repeats_wrong_shapes_and_errors_waits(
    tmp_path: Path, body: str, kind: str, reason: str
) -> None:
    ran = relu(tmp_path, body)
    assert kinds(ran)[SHAPES] == kind
    (first, *_) = ran.rows("failed")
    assert reason in first["failure"]["reason"]
    waiting = {law["id"] for law in ran.rows("waiting")}
    assert {"relu.is-its-definition", "relu.splits"} <= waiting
    assert not {law["id"] for law in ran.rows("failed")} & {"relu.splits"}


def test_an_operation_that_always_hangs_ends_within_two_minutes(tmp_path: Path) -> None:
    sleeping = "def conv(x, w, b=None, **options):\n    import time\n    time.sleep(1e6)\n"
    source = f"from cnnref import *\n\n{sleeping}"
    ran = check(tmp_path, "mine", "--examples", "2", source=source)
    assert ran.report["seconds"] < 120
    assert [law["failure"]["kind"] for law in ran.rows("failed")] == ["hang"]
    assert len(ran.rows("waiting")) > 80
    assert len(ran.rows("held")) > 400


def test_one_that_hangs_on_some_cases_is_ended_there(tmp_path: Path) -> None:
    ran = relu(tmp_path, "while np.sum(x) == 5: pass\n    return right(x)")
    (failed,) = ran.rows("failed")
    call = failed["failure"]["call"]
    assert failed["failure"]["kind"] == "hang"
    assert call["came"] == "it did not return within the time limit"
    assert sum(np_sum(call["arrays"]["x"]["values"])) == 5
    assert ran.rows("waiting")


def np_sum(values: object) -> list[float]:
    """All numbers of nested lists."""
    if isinstance(values, list):
        return [number for part in values for number in np_sum(part)]
    assert isinstance(values, int | float)
    return [values]


@pytest.mark.parametrize(
    ("body", "law", "kind", "came"),
    [
        ("print('Kilroy'); return right(x)", "tensors.nothing-is-printed", "printing", "prints"),
        ("x[x < 0] = 0; return right(x)", "tensors.inputs-stay", "memory", "writes into its inp"),
        ("return np.maximum(x, 0, out=np.asarray(x))", "tensors.results-are-new", "memory", ""),
    ],
)
def test_what_is_right_but_for_its_manners_is_told_case_by_case(
    tmp_path: Path, body: str, law: str, kind: str, came: str
) -> None:
    ran = relu(tmp_path, body)
    (failed,) = [row for row in ran.rows("failed") if row["id"] == law]
    assert failed["failure"]["kind"] == kind
    assert came in failed["failure"]["call"]["came"]
    assert "Kilroy" not in ran.out + ran.err


def test_what_is_printed_at_import_and_from_below_python_does_not_show(tmp_path: Path) -> None:
    loud = "import os\nprint('noise')\nos.write(1, b'noise')\nfrom cnnref import relu\n"
    ran = check(tmp_path, "mine", "--laws", "relu.*", source=loud)
    assert ran.code == 0
    assert "noise" not in ran.out + ran.err


def test_two_faults_are_named_each(tmp_path: Path) -> None:
    ran = relu(tmp_path, "x[x < 0] = 0; return x")
    assert ran.named == {"relu": {"relu.works-in-place"}}
    source = (
        "from cnnref import literal\n\n"
        "def relu(x):\n    return literal.relu(np.abs(x))\n\n"
        "def convolve(x, w, mode='full'):\n    return literal.convolve(x, np.flip(w), mode)\n"
    )
    both = check(tmp_path, "mine", "--level", "3", source=source)
    assert both.named == {"relu": {"relu.is-absolute"}, "convolve": {"convolve.does-not-flip"}}

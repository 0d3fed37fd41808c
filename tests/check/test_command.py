"""`cnnref check` as a user runs it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnref import literal
from tests.check.running import CONV2D, NUMPY, check


def test_a_students_loop_is_checked_with_one_command(tmp_path: Path) -> None:
    ran = check(tmp_path, "correlate=mine:conv2d", source=CONV2D)
    assert ran.code == 0, ran.out
    assert "All 7 laws held." in ran.out
    assert ran.report["missing_options"] == ["correlate.mode"]


@pytest.mark.slow
def test_a_students_loop_that_flips_is_right_as_convolution(tmp_path: Path) -> None:
    flipping = CONV2D.replace("kernel[a, b]", "kernel[rows - 1 - a, columns - 1 - b]")
    right = check(tmp_path, "convolve=mine:conv2d", source=flipping)
    assert right.code == 0, right.out
    assert len(right.rows("held")) >= 6
    wrong = check(tmp_path, "correlate=mine.py:conv2d", source=flipping)
    assert wrong.code == 1
    assert wrong.named == {"correlate": {"correlate.flips"}}


@pytest.mark.slow
def test_a_wrong_flip_is_named_within_five_seconds(tmp_path: Path) -> None:
    ran = check(tmp_path, "convolve=mine:conv2d", source=CONV2D)
    assert ran.named == {"convolve": {"convolve.does-not-flip"}}
    assert "The kernel is not flipped" in ran.out
    assert ran.processor < 2 * 5  # of two processors; the clock says 2 on a quiet machine


def test_a_failure_shows_the_smallest_case_and_how_to_see_it_again(tmp_path: Path) -> None:
    ran = check(tmp_path, "convolve=mine:conv2d", source=CONV2D)
    lines = ran.out.splitlines()
    assert "BROKEN convolution.is-its-definition   (level 2, definitions)" in lines
    (first, *_) = ran.rows("failed")
    call = first["failure"]["call"]
    assert [array["shape"] for array in call["arrays"].values()] == [[2, 1], [2, 1]]
    assert call["came"] != call["expected"]
    again = subprocess.run(
        [sys.executable, "-c", call["python"]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout == f"{np.array(call['came'][0]['values'], float)}\n"
    assert f'  run    python -c "{call["python"]}"' in lines
    assert f"  page   Laws: {first['page']}" in lines


def test_the_terminal_marks_the_entries_that_differ(tmp_path: Path) -> None:
    wrong = CONV2D.replace("    return output", "    output[0, 0] += 1\n    return output")
    ran = check(tmp_path, "correlate=mine:conv2d", "--laws", "*definition", source=wrong)
    assert "came (1, 1)   expected (1, 1)" in ran.out
    assert "[1]            0" in ran.out
    assert ran.named == {"correlate": set()}
    assert "none of the catalogue gives the same" in ran.out


@pytest.mark.slow
@pytest.mark.parametrize("module", ["cnnref", "cnnref.literal"])
def test_ours_hold_every_law_that_is_tried(tmp_path: Path, module: str) -> None:
    ran = check(tmp_path, module, "--examples", "2")
    assert ran.code == 0, ran.out
    assert ran.report["counts"] == {"held": len(ran.report["laws"])}
    assert ran.report["operations"] == literal.__all__
    assert ran.report["missing_operations"] == []


@pytest.mark.slow
@pytest.mark.parametrize("module", ["cnnref", "cnnref.literal"])
def test_a_full_check_of_ours_takes_less_than_a_minute(tmp_path: Path, module: str) -> None:
    ran = check(tmp_path, module)
    assert ran.code == 0, ran.out
    assert ran.report["settings"]["examples"] == 100
    if module == "cnnref":
        assert ran.processor < 2 * 60  # of two processors; the clock says 30 on a quiet machine


@pytest.mark.slow
def test_what_is_missing_is_listed_and_its_laws_are_left_out(tmp_path: Path) -> None:
    partial = "from cnnref import relu, flip\n"
    ran = check(tmp_path, "mine", "--examples", "4", source=partial)
    assert ran.code == 0
    assert ran.report["operations"] == ["flip", "relu"]
    assert set(ran.report["missing_operations"]) == set(literal.__all__) - {"flip", "relu"}
    assert "not there: avg_pool," in ran.out
    absent = {law["id"]: law["note"] for law in ran.rows("not offered")}
    assert absent["conv.is-its-definition"] == "needs conv"


@pytest.mark.slow
def test_an_operation_that_is_still_to_be_written_is_not_offered(tmp_path: Path) -> None:
    stub = subprocess.run(
        [sys.executable, "-m", "cnnref", "check", "--template", "relu", "--template", "conv"],
        capture_output=True,
        text=True,
        check=True,
    )
    ran = check(tmp_path, "mine", source=stub.stdout.removeprefix(NUMPY))
    assert ran.code == 2, ran.out
    assert {law["status"] for law in ran.report["laws"]} == {"not offered"}
    filled = stub.stdout.replace("raise NotImplementedError", "return np.maximum(x, 0.0)", 1)
    ran = check(tmp_path, "mine", "--laws", "relu*", source=filled)
    assert ran.code == 0, ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mine"], "mine has none of cnnref's operations"),
        (["nowhere"], "cannot import nowhere (ModuleNotFoundError"),
        (["nowhere.py"], "there is no file nowhere.py"),
        (["mine:lost"], "cannot import mine lost (AttributeError"),
        (["corelate=mine:conv2d"], "corelate is not an operation of cnnref; did you mean correl"),
        (["correlate=mine"], "correlate=mine names no function; write correlate=mine:its_name"),
        (["correlate=mine:np"], "mine:np is not a function"),
        ([], "say what to check (or --template)"),
        (["mine", "--examples", "0"], "must be at least 1; got 0"),
        (["mine", "--level", "6"], "invalid choice: 6"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_line(tmp_path: Path, words: list[str], said: str) -> None:
    ran = check(tmp_path, *words, source=CONV2D)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.slow
def test_a_module_that_cannot_be_imported_says_why(tmp_path: Path) -> None:
    ran = check(tmp_path, "mine", source="1 / 0")
    assert (ran.code, "ZeroDivisionError: division by zero" in ran.err) == (2, True)


@pytest.mark.slow
def test_the_first_broken_law_is_the_last_with_fail_fast(tmp_path: Path) -> None:
    wrong = "import cnnref\nconv = cnnref.conv\nrelu = np.abs\nflip = np.abs\n"
    ran = check(tmp_path, "mine", "--fail-fast", "--examples", "8", source=wrong)
    assert ran.code == 1
    assert len(ran.rows("failed")) == 1
    assert ran.report["laws"][-1]["status"] == "failed"
    assert len(ran.report["laws"]) < 200


@pytest.mark.slow
def test_only_the_laws_and_levels_asked_for_are_run(tmp_path: Path) -> None:
    ran = check(tmp_path, "cnnref", "--level", "2", "--laws", "conv.*", "--laws", "relu.*")
    assert [law["id"] for law in ran.report["laws"]] == [
        "conv.is-its-definition",
        "conv.is-a-sum",
        "relu.is-its-definition",
    ]


@pytest.mark.slow
def test_what_cannot_be_exact_needs_a_tolerance_which_the_report_tells(tmp_path: Path) -> None:
    rounding = CONV2D.replace("return output", "return output * (1 + 1e-12)")
    words = ("correlate=mine:conv2d", "--level", "2")
    assert check(tmp_path, *words, source=rounding).code == 1
    ran = check(tmp_path, *words, "--rtol", "1e-9", source=rounding)
    assert ran.code == 0
    assert "entries may be off by 1e-09 of the largest one" in ran.out


@pytest.mark.slow
def test_other_cases_are_tried_with_a_seed(tmp_path: Path) -> None:
    rare = CONV2D.replace("return output", "return output + (abs(output.sum()) == 7)")
    words = ("correlate=mine:conv2d", "--laws", "correlation.is-its-definition")

    def drawn(*seed: str) -> list[tuple[str, int]]:
        """How the law came out, and after how many cases."""
        ran = check(tmp_path, *words, *seed, source=rare)
        return [(law["status"], law["cases"]) for law in ran.report["laws"]]

    assert drawn() == drawn()
    assert len({str(drawn("--seed", str(seed))) for seed in (1, 2, 3)}) > 1
    ran = check(tmp_path, *words, "--seed", "1", source=rare)
    assert ran.report["settings"]["seed"] == 1
    assert "seed 1" in ran.out


def test_without_hypothesis_the_command_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "hypothesis.py").write_text("raise ModuleNotFoundError('hypothesis')")
    ran = check(tmp_path, "mine")
    assert (ran.code, ran.err) == (
        2,
        'cnnref check needs Hypothesis: pip install "cnnref[laws]"\n',
    )


def test_the_command_says_its_version_and_how_it_is_used() -> None:
    for words, code, said in (
        (["--version"], 0, "cnnref 0."),
        (["--help"], 0, "usage: cnnref check"),
        ([], 2, ""),
        (["check", "--help"], 0, "exit code: 0 all laws held"),
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "cnnref", *words], capture_output=True, text=True, check=False
        )
        assert ran.returncode == code
        assert said in ran.stdout

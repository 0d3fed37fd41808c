"""What pages and the command line print, word for word."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnnref.laws import fails, holds
from cnnref.laws.__main__ import main
from tests.building import ROOT

EXAMPLES = """
from cnnref.laws import catches, fails, holds
holds("convolution.is-a-sum")
holds("pooling.avg.keeps-constants")
fails("correlation.commutes")
fails("pooling.max.is-shift-invariant")
print([mistake.id for mistake in catches("conv.reads-its-windows")])
"""


def test_a_law_that_holds_is_printed_with_its_cases(capsys: pytest.CaptureFixture[str]) -> None:
    holds("convolution.commutes")
    holds("pooling.avg.keeps-constants")
    assert capsys.readouterr().out == (
        "Convolution commutes: x * w = w * x. (held on 200 cases, exactly)\n"
        "Unless padding counts, the mean of a constant is that constant, at padded borders too. "
        "(held on 200 cases, within rounding)\n"
    )


def test_a_statement_that_fails_is_printed_with_its_counterexample(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fails("conv.strided-moves-by-one")
    assert capsys.readouterr().out == (
        "At any stride, moving the input by one place moves the output by one place.\n"
        "Not for x = [[[1, 0, 0]]], w = [[[1]]], stride = (2,):\n"
        "  what comes        [[[0]]]\n"
        "  what it promises  [[[1]]]\n"
    )


@pytest.mark.parametrize("cite", [holds, fails])
def test_an_unknown_id_is_an_error(cite: object) -> None:
    assert callable(cite)
    with pytest.raises(KeyError, match="no-such-law"):
        cite("no-such-law")


def test_two_processes_print_the_same(tmp_path: Path) -> None:
    printed = []
    for _ in range(2):
        command = [sys.executable, "-c", EXAMPLES]
        ran = subprocess.run(
            command,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "random"},
            capture_output=True,
            text=True,
            check=True,
        )
        printed.append(ran.stdout)
    assert printed[0] == printed[1]
    assert printed[0].count("\n") == 11


def test_the_command_says_one_line_for_each_law(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cnnref", "--examples", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "held         convolution.is-its-definition: 2 cases"
    assert lines[-1].endswith("0 broken, 0 not offered")
    assert all(line.startswith(("held  ", "refuted  ")) for line in lines[:-1])


def test_the_command_tells_what_is_broken_and_what_is_not_offered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import numpy as np\ndef convolve(x, w):\n    return np.convolve(x, w[::-1])\n"
    (tmp_path / "unflipped_one.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["unflipped_one", "--examples", "20"]) == 1
    said = capsys.readouterr().out
    assert "broken       convolution.commutes: Convolution commutes" in said
    assert "not offered  correlation.turns: needs correlate" in said
    assert "not offered  convolution.separates: needs 2 spatial axes" in said


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("no_such_module", "cannot import no_such_module: No module named 'no_such_module'"),
        ("json", "json has none of cnnref's operations"),
    ],
)
def test_the_command_says_when_there_is_nothing_to_run(
    capsys: pytest.CaptureFixture[str], module: str, message: str
) -> None:
    assert main([module]) == 2
    assert capsys.readouterr().err == message + "\n"


def test_the_command_wants_at_least_one_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["cnnref", "--examples", "0"])
    assert "--examples must be at least 1" in capsys.readouterr().err

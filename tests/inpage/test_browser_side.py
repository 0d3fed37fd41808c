"""What the browser runs, run here: what it tells the page, and in which pieces."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from cnnref.laws import LAWS, REFUTED
from sitegen.inpage import browser
from tests.building import ROOT

FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"


def run(source: str, alt: str = "") -> tuple[str, dict[str, Any]]:
    """What a block prints, all pieces together, and what comes back at its end."""
    pieces: list[str] = []
    result = json.loads(browser.run(source, alt, 1, pieces.append))
    return "".join(json.loads(piece)["printed"] for piece in pieces), result


def test_a_block_prints_and_draws() -> None:
    printed, result = run("print('a', end='')\nprint('b')\n" + FIGURE, alt="A line that rises")
    assert printed == "ab\n"
    assert result["error"] == ""
    (figure,) = result["figures"]
    assert figure.startswith('<svg role="img" aria-label="A line that rises"')


def test_a_figure_says_what_it_shows_by_itself_or_at_least_something() -> None:
    labelled = FIGURE.replace("plt.show", "plt.gcf().set_label('A rising line')\nplt.show")
    assert 'aria-label="A rising line"' in run(labelled, alt="another")[1]["figures"][0]
    assert 'aria-label="A figure that this block drew"' in run(FIGURE)[1]["figures"][0]


def test_ids_in_the_figures_of_two_runs_differ() -> None:
    source = "import matplotlib.pyplot as plt\nplt.bar([1], [2], hatch='//')\nplt.show()\n"
    first, second = (json.loads(browser.run(source, "", n, print))["figures"][0] for n in (1, 2))
    assert "run1-0-" in first
    assert "run1-0-" not in second


def test_each_run_begins_anew() -> None:
    run("import numpy as np\nnp.set_printoptions(precision=1)\nx = 1\n")
    printed, result = run("import numpy as np\nprint('x' in globals(), np.array([1.25]))\n")
    assert (printed, result["error"]) == ("False [1.25]\n", "")


def test_what_is_printed_comes_in_few_pieces() -> None:
    pieces: list[str] = []
    browser.run("for i in range(900): print(i)", "", 1, pieces.append)
    assert 1 <= len(pieces) < 20


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("for i in range(2_500): print(i)", "... and 1,500 more lines"),
        ("print('\\n' * 2_500)", "... and 1,501 more lines"),
        ("print('x' * 100_500)", "... and 501 more characters"),
        ("for i in range(1_000): print(i)", "999\n"),
    ],
)
def test_no_more_is_shown_than_a_page_can_hold(source: str, last: str) -> None:
    printed, _ = run(source)
    assert printed.endswith(last)
    assert len(printed) < 101_000
    assert printed.count("\n") <= 1_000


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (
            "def f():\n    return 1 / 0\n\nf()",
            'Traceback (most recent call last):\n  File "this block", line 4, in <module>\n'
            '    f()\n  File "this block", line 2, in f\n    return 1 / 0\n'
            "ZeroDivisionError: division by zero",
        ),
        (
            "import json\njson.loads('{')",
            'Traceback (most recent call last):\n  File "this block", line 2, in <module>\n'
            "    json.loads('{')\njson.decoder.JSONDecodeError: Expecting property name enclosed "
            "in double quotes: line 1 column 2 (char 1)",
        ),
        (
            "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError from error",
            'Traceback (most recent call last):\n  File "this block", line 2, in <module>\n'
            "    1 / 0\nZeroDivisionError: division by zero\n\nThe above exception was the direct "
            "cause of the following exception:\n\nTraceback (most recent call last):\n"
            '  File "this block", line 4, in <module>\n'
            "    raise ValueError from error\nValueError",
        ),
        ("raise SystemExit(2)", "SystemExit: 2"),
        ("input()", "EOFError: EOF when reading a line"),
        ("x = (", "SyntaxError: '(' was never closed"),
    ],
)
def test_an_error_is_told_in_the_readers_own_lines(source: str, error: str) -> None:
    lines = run(source)[1]["error"].splitlines()
    carets = set(" ~^")  # 3.13 has more of them than 3.11
    told = "\n".join(line for line in lines if not line or set(line) - carets)
    assert told.endswith(error)
    assert "sitegen" not in told


def test_what_was_printed_before_an_error_stays() -> None:
    printed, result = run("print('so far')\n1 / 0")
    assert printed == "so far\n"
    assert result["error"].endswith("ZeroDivisionError: division by zero")


def test_a_warning_is_shown_and_ends_nothing() -> None:
    source = "import warnings; warnings.warn('careful'); print('on')"
    alone = "import sys; from sitegen.inpage import browser; "
    alone += f"browser.run({source!r}, '', 1, lambda told: print(told, file=sys.__stdout__))"
    ran = subprocess.run([sys.executable, "-c", alone], cwd=ROOT, capture_output=True, text=True)
    printed = "".join(json.loads(piece)["printed"] for piece in ran.stdout.splitlines())
    assert printed.startswith("this block:1: UserWarning: careful\n")
    assert printed.endswith("\non\n")
    assert ran.stderr == ""


def attempt(law: str, examples: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is told on the way, and at the end."""
    told: list[str] = []
    result = json.loads(browser.attempt(law, examples, told.append))
    return [json.loads(each) for each in told], result


def test_a_law_holds_on_as_many_cases_as_asked_for() -> None:
    told, result = attempt("convolution.commutes", 150)
    assert result == {"cases": 150, "smaller": -1, "broken": False}
    assert all(0 < each["cases"] <= 150 for each in told)


def test_a_refuted_statement_is_broken_by_smaller_and_smaller_cases() -> None:
    told, result = attempt("correlation.commutes", 500)
    found = [each for each in told if "case" in each]
    assert result["broken"]
    assert [each["smaller"] for each in found] == list(range(len(found)))
    assert result["smaller"] == len(found) - 1
    assert set(re.findall(r"\d+", found[-1]["case"])) == {"0", "1"}  # nothing can be lowered
    assert found[-1]["came"] != found[-1]["promised"]
    assert len({each["cases"] for each in found}) == 1


def test_other_cases_are_tried_each_time() -> None:
    found = [attempt("correlation.commutes", 500)[0] for _ in range(6)]
    assert len({next(told["case"] for told in each if "case" in told) for each in found}) > 1


def test_every_statement_can_be_tried() -> None:
    for statement in (*LAWS[::20], *REFUTED[::8]):
        assert attempt(statement.id, 10)[1]["cases"] > 0

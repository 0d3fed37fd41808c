"""The runner: one block, alone, with what it prints and draws kept and what it breaks told."""

import pickle
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from sitegen import cards, fences, run
from sitegen.blocks import Block, Fault, read

FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"


def block(source: str, output: str | None = None, alt: str = "") -> Block:
    return Block(Path("docs/page.md"), 10, 10 + source.count("\n") + 1, source, "", alt, "", output)


def test_everything_that_is_printed_is_kept_however_it_is_printed() -> None:
    source = (
        "import sys, pprint\nprint(1, 2, sep=', ', end='!\\n')\n"
        "sys.stdout.write('w\\n')\npprint.pprint({'a': 1})\nprint('no', file=sys.stderr)\n"
    )
    assert run.run(block(source)).stdout == "1, 2!\nw\n{'a': 1}\n"


def test_a_block_is_main_and_knows_nothing_of_the_block_before() -> None:
    run.run(block("leftover = 1\n"))
    found = run.run(block("print(__name__, 'leftover' in globals())\n"))
    assert found.stdout == "__main__ False\n"


def test_what_a_block_defines_can_be_found_again_by_its_module() -> None:
    before = sys.modules["__main__"]
    source = "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)\n"
    assert run.run(block(source)).stdout == "True\n"
    assert sys.modules["__main__"] is before


@pytest.mark.parametrize(
    "leak",
    [
        "import numpy as np\nnp.set_printoptions(precision=1)\n",
        "import numpy as np\nnp.seterr(all='raise')\n",
        "import matplotlib.pyplot as plt\nplt.rcParams['font.size'] = 40\n",
        "import warnings\nwarnings.simplefilter('ignore')\n",
    ],
)
def test_no_setting_outlives_its_block(leak: str) -> None:
    look = (
        "import numpy as np, matplotlib.pyplot as plt, warnings\n"
        "print(np.get_printoptions(), np.geterr(), plt.rcParams['font.size'], warnings.filters)\n"
    )
    before = run.run(block(look)).stdout
    run.run(block(leak))
    assert run.run(block(look)).stdout == before


def test_a_block_that_raises_is_told_by_page_and_line() -> None:
    source = "def f():\n    return 1 / 0\n\nf()\n"
    with pytest.raises(Fault) as caught:
        run.run(block(source))
    message = str(caught.value)
    assert message.startswith(
        "docs/page.md:12: this block raised ZeroDivisionError: division by zero"
    )
    assert 'File "docs/page.md", line 14' in message
    assert "return 1 / 0" in message


def test_a_block_that_is_not_python_is_told_by_page_and_line() -> None:
    with pytest.raises(Fault, match=r"docs/page.md:12: this block raised SyntaxError"):
        run.run(block("x = 1\ny = (\n"))


def test_a_warning_in_a_block_is_an_error() -> None:
    with pytest.raises(Fault, match=r"docs/page.md:12: .*UserWarning: careful"):
        run.run(block("import warnings\nwarnings.warn('careful')\n"))


def test_leaving_the_program_is_a_fault_too() -> None:
    with pytest.raises(Fault, match="SystemExit"):
        run.run(block("raise SystemExit(0)\n"))


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (block("print(1)\n"), "prints but has no output fence"),
        (block("print(1)\n", output="2"), "printed\n1\nbut the page says\n2"),
        (block("x = 1\n", output="1"), "but the page says\n1"),
        (block(FIGURE), "no alt text"),
        (
            block("import matplotlib.pyplot as plt\nplt.plot([1], color='pink')\n", alt="x"),
            "#ffc0cb: not in the palette",
        ),
    ],
)
def test_a_result_that_is_not_what_the_page_says_is_a_fault(of: Block, words: str) -> None:
    (fault,) = run.check(of, run.run(of))
    assert str(fault).startswith("docs/page.md:10: ")
    assert words in str(fault)


@pytest.mark.parametrize(
    "of",
    [
        block("print('a ')\n", output="a"),
        block("x = 1\n"),
        block(FIGURE, alt="A line that rises"),
        block(FIGURE.replace("plt.show", "plt.gcf().set_label('A line')\nplt.show")),
    ],
)
def test_a_result_that_is_what_the_page_says_has_no_fault(of: Block) -> None:
    assert run.check(of, run.run(of)) == []


def test_one_alt_text_does_not_serve_two_figures() -> None:
    two = block(FIGURE + "plt.figure()\n", alt="One of them")
    assert [str(fault) for fault in run.check(two, run.run(two))] != []


def test_a_kept_result_is_the_same_and_comes_without_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CACHE", tmp_path)
    source = FIGURE + "print(1)\n"
    first = run.cached(block(source))

    def never(of: Block) -> run.Result:
        raise AssertionError(of)

    monkeypatch.setattr(run, "run", never)
    assert run.cached(block(source)) == first
    with pytest.raises(AssertionError):
        run.cached(block(source + "print(2)\n"))


def test_a_change_of_the_package_or_of_the_runner_makes_kept_results_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = [f"sitegen/{name}" for name in (*run.RUNNER, "cards.py")]
    files = ["cnnref/fast/a.py", *runner]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    seen = [run.fingerprint()]
    assert run.fingerprint() == seen[0]
    for name in files:
        time.sleep(0.01)
        (tmp_path / name).write_text("x = 2")
        seen.append(run.fingerprint())
    monkeypatch.setattr(run, "version", lambda library: f"another {library}")
    run._fingerprint.cache_clear()
    seen.append(run.fingerprint())
    assert len(set(seen)) == len(files) + 2


DRAWS = "import matplotlib.pyplot as plt\nplt.figure()\n"
CITES = "from cnnref.laws import holds\nholds('a.b')\n"
FIGURED = "from cnnref.figures.tensors import cells\n"


@pytest.mark.parametrize(
    ("room", "touched"),
    [("figures", {DRAWS, FIGURED}), ("laws", {CITES}), ("fast", {DRAWS, CITES, FIGURED, "1\n"})],
)
def test_a_result_goes_stale_with_the_rooms_that_its_block_can_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: str, touched: set[str]
) -> None:
    runner = [f"sitegen/{name}" for name in (*run.RUNNER, "cards.py")]
    for name in [f"cnnref/{room}/a.py", *runner]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    sources = [DRAWS, CITES, FIGURED, "1\n"]
    before = [run._kept(block(source)) for source in sources]
    time.sleep(0.01)
    (tmp_path / f"cnnref/{room}/a.py").write_text("x = 2")
    after = [run._kept(block(source)) for source in sources]
    assert {s for s, old, new in zip(sources, before, after, strict=True) if old != new} == touched


def test_many_new_blocks_are_run_ahead_and_their_results_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "FEW", 3)
    page = tmp_path / "page.md"
    made_up = uuid4()  # so that nothing is kept of these blocks
    page.write_text("".join(f"```python\nprint('{made_up}', {n})\n```\n" for n in range(3)))
    blocks = read(page)
    run.run_ahead(blocks[1:])
    assert not any(run._kept(block).exists() for block in blocks)
    run.run_ahead([*blocks, block("1 / 0\n")])
    for number, each in enumerate(blocks):
        assert run.cached(each).stdout == f"{made_up} {number}\n"
        run._kept(each).unlink()


def test_only_a_block_that_does_nothing_else_is_a_citation() -> None:
    cite = "from cnnref.laws import holds\n\nholds('a.b')\n"
    assert cards.cited(block(cite)) == "a.b"
    assert cards.cited(block(cite.replace("holds", "fails"))) == "a.b"
    assert cards.cited(block(cite + "print(1)\n")) is None
    assert cards.cited(block("x = (\n")) is None


@pytest.mark.parametrize("hook", [fences.accept, fences.python, fences.output])
def test_what_superfences_is_given_can_be_pickled(hook: object) -> None:
    assert pickle.loads(pickle.dumps(hook)) is hook

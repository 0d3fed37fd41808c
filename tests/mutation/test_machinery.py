"""The copy that faults are planted in, and the report on them."""

import json
from pathlib import Path

from tests.mutation.report import faults, planted, table
from tests.mutation.workspace import copied, undecorated

DECORATED = '''\
def twice(f):
    return lambda *given: 2 * f(*given)


@twice
@twice
def four(x: int) -> int:
    """Four times x."""
    return x


class Three:
    @property
    def value(self) -> int:
        return 3
'''

MUTANTS = """\
def x_f__mutmut_orig(a):
    b = a + 1
    return b

def x_f__mutmut_1(a):
    b = a - 1
    return b

class C:
    def xǁCǁg__mutmut_orig(self):
        return 1

    def xǁCǁg__mutmut_1(self):
        return 2
"""


def test_a_decorator_is_applied_after_its_function() -> None:
    text = undecorated(DECORATED)
    assert "@" not in text
    names: dict[str, object] = {}
    exec(text, names)
    assert eval("four(5), Three().value", names) == (20, 3)


def test_a_copy_follows_the_project_and_leaves_alone_what_has_not_changed(tmp_path: Path) -> None:
    root, workspace = tmp_path / "project", tmp_path / "copy"
    for name in ("cnnref/a.py", "cnnref/b.py", "tests/c.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("@print\ndef f():\n    zip(a, b, strict=True)\n")
    (root / "pyproject.toml").write_text('[tool.mutmut]\nonly_mutate = ["cnnref/a.py"]\n')
    copied(root, workspace)
    assert (workspace / "cnnref/a.py").read_text() == "def f():\n    zip(a, b)\n\n\nf = print(f)\n"
    assert (workspace / "cnnref/b.py").read_text() == (root / "cnnref/b.py").read_text()
    before = (workspace / "cnnref/a.py").stat().st_mtime_ns
    (root / "tests/c.py").unlink()
    copied(root, workspace)
    assert (workspace / "cnnref/a.py").stat().st_mtime_ns == before
    assert not (workspace / "tests/c.py").exists()


def test_the_report_counts_faults_and_shows_the_line_of_each(tmp_path: Path) -> None:
    (tmp_path / "cnnref").mkdir()
    (tmp_path / "cnnref" / "m.py").write_text(MUTANTS)
    codes = {"cnnref.m.x_f__mutmut_1": 0, "cnnref.m.xǁCǁg__mutmut_1": 36}
    (tmp_path / "cnnref" / "m.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    found = faults(tmp_path)
    assert [(fault.function, fault.seen) for fault in found] == [("f", False), ("C.g", True)]
    assert [line for _, line in planted(tmp_path, found)] == ["b = a - 1", "return 2"]
    assert table(found).splitlines()[2:] == [
        "| `cnnref.m` | `2` | `1` | `1` | `1` | `50.0 %` |",
        "| `all` | `2` | `1` | `1` | `1` | `50.0 %` |",
    ]

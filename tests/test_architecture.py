"""Who may import whom, and what the public names are: the tree as it was meant."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import cnnref
from cnnref import fast, literal

PACKAGE = Path(cnnref.__file__).parent

# DESIGN: each room, and the rooms of ours it may import. A room may always import itself.
MAY_IMPORT = {
    "window": set(),
    "arguments": {"window"},
    "tensors": {"arguments"},
    "literal": {"arguments", "window"},  # window for the types of its arguments
    "fast": {"arguments", "window"},
    "connectivity": {"arguments", "window"},
    "receptive": {"arguments", "window"},
    "network": {"arguments", "fast", "window", "receptive", "connectivity"},
    "figures": {"tensors", "window", "connectivity", "receptive", "fast", "network"},
    "laws": {"window", "connectivity", "receptive", "literal"},
    "adapters": set(),  # an adapter leans on nothing that it could be right by
}
ONNX = {"onnxruntime": {"onnx"}}  # models are built with the one, and run by the other
OUTSIDE = {"figures": {"matplotlib"}, "laws": {"hypothesis"}}


def imports(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file it stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(module: str) -> str:
    """The room of ours that a dotted name lies in."""
    parts = module.split(".")
    if len(parts) > 1 and ((PACKAGE / parts[1]).is_dir() or (PACKAGE / f"{parts[1]}.py").exists()):
        return parts[1]
    return "cnnref"


def rooms_of(path: Path) -> set[str]:
    return {room(module) for module in imports(path) if module.split(".")[0] == "cnnref"}


FILES = [
    (name, path)
    for name in MAY_IMPORT
    for path in [*(PACKAGE / name).rglob("*.py"), *PACKAGE.glob(f"{name}.py")]
]


@pytest.mark.parametrize(
    ("name", "path"), FILES, ids=[str(path.relative_to(PACKAGE)) for _, path in FILES]
)
def test_a_file_imports_only_the_rooms_it_may(name: str, path: Path) -> None:
    assert rooms_of(path) <= MAY_IMPORT[name] | {name}
    others = {module.split(".")[0] for module in imports(path)} - {"cnnref"}
    foreign = others - set(sys.stdlib_module_names) - {"numpy"}
    own = {path.stem} if name == "adapters" else set()  # each file its own library, and no other
    assert foreign <= OUTSIDE.get(name, set()) | own | ONNX.get(path.stem, set())


def test_every_file_of_the_package_lies_in_a_room_with_rules() -> None:
    ruled = {path for _, path in FILES}
    free = {PACKAGE / "__init__.py", PACKAGE / "__main__.py"}
    assert set(PACKAGE.rglob("*.py")) <= ruled | free


def test_a_forbidden_import_is_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def f():\n    from cnnref.fast import conv\n")
    assert rooms_of(planted) == {"fast"}


def test_importing_the_package_loads_neither_matplotlib_nor_hypothesis() -> None:
    heavy = "{'matplotlib', 'hypothesis', 'cnnref.laws'}"
    code = f"import sys, cnnref; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_literal_and_fast_offer_the_same_names_with_the_same_signatures() -> None:
    assert literal.__all__ == fast.__all__
    for name in literal.__all__:
        stated, offered = (inspect.signature(getattr(one, name)) for one in (literal, fast))
        if name == "conv":  # the one option that is about how, and not about what
            *same, how = offered.parameters.values()
            assert (how.name, how.default) == ("algorithm", "auto")
            offered = offered.replace(parameters=same)
        assert stated == offered


def test_the_public_operations_are_the_fast_ones() -> None:
    for name in fast.__all__:
        assert getattr(cnnref, name) is getattr(fast, name)


def test_every_public_name_says_what_it_is_what_it_raises_and_gives_an_example() -> None:
    for name in cnnref.__all__:
        public = getattr(cnnref, name)
        takes = not isinstance(public, type) and inspect.signature(public).parameters
        parts = ("Raises:", ">>> ") if takes else (">>> ",)
        missing = [part for part in parts if part not in (inspect.getdoc(public) or "")]
        assert not missing, f"{name}: no {missing}"


def test_files_stay_short_enough_to_read() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > 400} == {}

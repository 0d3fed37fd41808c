"""What stands around the code agrees with itself: locks, README, automation, citation."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import cnnref
from sitegen.blocks import Block, read
from sitegen.run import check, run

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
LOCKS = ("site", "test")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def entries(name: str) -> Iterator[str]:
    """The entries of a lock: a requirement with its hashes, comments left out."""
    lines = [line for line in lock_text(name).splitlines() if not line.lstrip().startswith("#")]
    yield from re.sub(r"\\\n", " ", "\n".join(lines)).splitlines()


def pins(name: str, python: str) -> dict[str, str]:
    """Package and version, as a Linux machine with that Python installs them."""
    found: dict[str, str] = {}
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for entry in entries(name):
        requirement = Requirement(entry.partition("--hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            package = canonicalize_name(requirement.name)
            assert package not in found, f"{package} is pinned twice for Python {python}"
            found[package] = str(requirement.specifier).removeprefix("==")
    return found


def direct(extra: str) -> Iterator[Requirement]:
    """What an extra of the project asks for, the extras that it names included."""
    for text in PROJECT["optional-dependencies"][extra]:
        requirement = Requirement(text)
        if requirement.name == PROJECT["name"]:
            for other in sorted(requirement.extras):
                yield from direct(other)
        else:
            yield requirement


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_has_hashes(name: str) -> None:
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries(name))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_registry_and_no_folder_of_a_machine(name: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted| @ |/\w+/", lock_text(name))


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("name", "extra"), [("site", "docs"), ("test", "test")])
def test_a_lock_has_what_the_project_asks_for_on_each_python(
    name: str, extra: str, python: str
) -> None:
    locked = pins(name, python)
    needed = [Requirement(text) for text in PROJECT["dependencies"]] + list(direct(extra))
    for requirement in needed:
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier, requirement


@pytest.mark.parametrize("python", PYTHONS)
def test_the_test_tools_change_no_version_that_the_site_needs(python: str) -> None:
    site, test = pins("site", python), pins("test", python)
    assert {package: test.get(package) for package in site} == site


def test_every_direct_dependency_has_a_lower_bound() -> None:
    asked = [Requirement(text) for text in PROJECT["dependencies"]] + list(direct("test"))
    assert [str(need) for need in asked if not re.search(">=|==", str(need.specifier))] == []


@cache
def owners() -> Mapping[str, list[str]]:
    """Which distributions bring a top-level name."""
    return packages_distributions()


def imported(folder: str) -> set[str]:
    """The top-level names of other people's packages that the code in a folder imports."""
    names: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(str(node.module).partition(".")[0])
    return names & owners().keys()


@pytest.mark.parametrize(
    ("folder", "extra"), [("cnnref", "all"), ("sitegen", "docs"), ("tests", "test")]
)
def test_every_package_that_the_code_imports_is_asked_for(folder: str, extra: str) -> None:
    asked = {"numpy", "cnnref", *(requirement.name for requirement in direct(extra))}
    unasked = {
        name
        for name in imported(folder)
        if not asked & {owner.lower().replace("_", "-") for owner in owners()[name]}
    }
    assert unasked == set()


def test_numpy_is_the_only_dependency_at_run_time() -> None:
    assert [Requirement(text).name for text in PROJECT["dependencies"]] == ["numpy"]


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["version"] == cnnref.__version__ == citation["version"]


def test_the_citation_has_what_the_format_asks_for() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert all(citation[key] for key in ("message", "title", "authors"))
    assert citation["license"] == PROJECT["license"]


@pytest.mark.parametrize("block", read(ROOT / "README.md"), ids=lambda block: block.where)
def test_the_blocks_of_the_readme_print_what_it_shows(block: Block) -> None:
    assert check(block, run(block)) == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])
def test_what_a_text_links_to_is_there(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))
    here = [link for link in links if "://" not in link]
    assert [link for link in here if not (ROOT / link).exists()] == []


def test_the_plain_commands_of_the_readme_are_those_of_make() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Without make")[2].partition("##")[0]
    commands = re.findall(r"^\.venv/bin/python -m (.*?)(?: +#.*)?$", section, flags=re.MULTILINE)
    assert len(commands) == 6
    known = MAKEFILE.replace("$(INSTALL)", "pip install")
    known += (ROOT / "sitegen" / "serve.py").read_text(encoding="utf-8").replace('", "', " ")
    assert [command for command in commands if command not in known] == []


def test_the_readme_names_the_test_command_that_the_automation_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.search(r"^## Test\n+```sh\n(.+)\n```", readme, flags=re.MULTILINE)
    assert named is not None
    assert named[1] in CI.splitlines()


def test_the_automation_runs_all_of_make_check() -> None:
    (steps,) = re.findall(r"^check: (.*?) +##", MAKEFILE, flags=re.MULTILINE)
    ran = " ".join(re.findall(r"^make (.+)$", CI, flags=re.MULTILINE)).split()
    assert sorted(ran) == sorted(steps.split())


def test_every_make_target_that_the_texts_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE)) <= targets


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True)


def test_make_lists_its_targets() -> None:
    lines = make().stdout.splitlines()
    assert {line.split()[1] for line in lines} >= {"serve", "test", "build", "check", "lock"}


@pytest.mark.parametrize("target", ["serve", "test"])
def test_make_refuses_a_python_that_is_too_old_or_not_there(tmp_path: Path, target: str) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    for python in (old, tmp_path / "python-missing"):
        result = make(f"PYTHON={python}", f"VENV={tmp_path / 'venv'}", target)
        assert result.returncode != 0
        assert "cnnref needs Python 3.11 or newer" in result.stderr
        assert not (tmp_path / "venv").exists()


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_and_says_its_version(workflow: Path) -> None:
    used = re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [line for line in used if not re.fullmatch(r"\S+@[0-9a-f]{40} # v[\d.]+", line)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_starts_with_no_right_to_write(workflow: Path) -> None:
    permissions = yaml.safe_load(workflow.read_text(encoding="utf-8"))["permissions"]
    assert permissions in ({}, {"contents": "read"})


def test_the_tests_run_on_every_python_that_the_project_promises() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    promised = [line.rsplit(" ", 1)[1] for line in PROJECT["classifiers"] if " :: 3." in line]
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == promised == list(PYTHONS)

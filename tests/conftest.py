"""What all tests share."""

import os
from pathlib import Path

import pytest

from tests.building import ADDRESS, FORGE, ROOT, Site, mkdocs_build, once, shared

os.environ["MPLBACKEND"] = "agg"  # no test opens a window, nor does a process that one starts


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The real site, built strictly, once per test session."""

    def build(into: Path) -> str:
        built = mkdocs_build(ROOT, into, {"SITE_URL": ADDRESS, "REPO_URL": FORGE})
        return f"exit {built.returncode}\n{built.stdout}"

    folder, said = once(shared(tmp_path_factory) / "site", build)
    assert said.startswith("exit 0\n"), said
    return Site(folder, ADDRESS)

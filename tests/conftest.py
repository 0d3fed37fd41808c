"""What all tests share."""

import os
import socket

import pytest

from tests.building import FORGE, ROOT, Site, mkdocs_build

os.environ["MPLBACKEND"] = "agg"  # no test opens a window, nor does a process that one starts


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The real site, built strictly, once per test session, for an address that is free."""
    folder = tmp_path_factory.mktemp("built") / "site"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    built = mkdocs_build(ROOT, folder, {"SITE_URL": url, "REPO_URL": FORGE})
    assert built.returncode == 0, built.stdout
    return Site(folder, url)

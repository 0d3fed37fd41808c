"""An address that cannot be served on is named before anything is built."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from sitegen import serve
from tests.building import little_site


def test_a_free_port_is_no_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert serve.fault("127.0.0.1", str(port)) is None


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        fault = serve.fault("127.0.0.1", str(port))
    assert fault is not None
    assert fault.startswith(f"Cannot serve on 127.0.0.1:{port} (Address already in use)")
    assert "make serve HOST=127.0.0.1 PORT=8001" in fault


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "", "٣"])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert serve.fault("127.0.0.1", port) == (
        f"{port!r} is no port: choose a number from 1 to 65535."
    )


def test_the_command_ends_with_the_fault_and_starts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("MkDocs was started"))
    with pytest.raises(SystemExit, match="'0' is no port"):
        serve.main("127.0.0.1", "0")


def test_the_command_says_where_to_look_and_hands_over_to_mkdocs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "")  # so that it is put back
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _, command: started.append(command))
    monkeypatch.setattr(serve, "fault", lambda host, port: None)
    serve.main("127.0.0.1", "8123")
    assert "look at http://127.0.0.1:8123/" in capsys.readouterr().out
    assert started[0][1:] == ["-m", "mkdocs", "serve", "--dev-addr=127.0.0.1:8123"]


def wait_for(text: str, url: str, server: "subprocess.Popen[bytes]") -> None:
    """Until the page there says so; a minute at most."""
    for _ in range(600):
        assert server.poll() is None, "the server has ended"
        try:
            with urlopen(url) as answer:
                if text in answer.read().decode():
                    return
        except URLError:
            pass
        time.sleep(0.1)
    pytest.fail(f"{text!r} is not on {url}")


@pytest.mark.slow
def test_the_site_is_served_and_a_changed_page_is_built_again(tmp_path: Path) -> None:
    page = "# Home\n\n```python\nprint({} * 2)\n```\n\n```output\n{}\n```\n"
    little_site(tmp_path, {"index.md": page.format(1001, 2002)})
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sitegen.serve", "127.0.0.1", str(port)]
    environment = {**os.environ, "SITE_URL": "", "REPO_URL": ""}
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT
        ) as server,
    ):
        try:
            wait_for("2002", f"http://127.0.0.1:{port}/", server)
            (tmp_path / "docs/index.md").write_text(page.format(1004, 2008), encoding="utf-8")
            wait_for("2008", f"http://127.0.0.1:{port}/", server)
        finally:
            server.terminate()
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert said.startswith("Building the site")
    assert f"http://127.0.0.1:{port}/" in said.splitlines()[0]

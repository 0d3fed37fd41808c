"""An address that cannot be served on is named before anything is built."""

import socket

import pytest

from sitegen import serve


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
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _, command: started.append(command))
    monkeypatch.setattr(serve, "fault", lambda host, port: None)
    serve.main("127.0.0.1", "8123")
    assert "look at http://127.0.0.1:8123/" in capsys.readouterr().out
    assert started[0][1:] == ["-m", "mkdocs", "serve", "--dev-addr=127.0.0.1:8123"]

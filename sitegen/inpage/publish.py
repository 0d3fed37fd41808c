"""What a built site carries so that its blocks run in the page.

Two folders, each named by a hash of what is in it, so that a browser may keep them for ever: Python
and its packages, which change with their lock, and what we wrote, which changes with the site.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sitegen.assets import FOLDER, Asset, AssetError, faults, read_lock
from sitegen.tex import NODE
from sitegen.wheel import kept_wheel

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
CACHE = ROOT / ".cache" / "inpage"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
SQUEEZED = (".mjs", ".wasm")  # published small: not every host does it on the way
RUNNER = ("__init__", "execute", "svg", "inpage/__init__", "inpage/browser")
SCRIPTS = ("page.js", "worker.js", "page.css")
HINTS = {"hypothesis": ["laws"], "matplotlib": ["figures", "plt"]}
"""Words of a block that call for a package, besides the names that it is imported by."""
UNUSED = ("fonttools", "pytz")  # of Matplotlib, for other formats of figures and for time zones


def runtime(folder: Path = FOLDER) -> list[Asset]:
    """The locked parts of the runtime; none if any of their files is not there."""
    parts = [asset for asset in read_lock().values() if asset.part == "runtime"]
    return [] if any(faults(asset, folder) for asset in parts) else parts


def published(
    parts: Iterable[Asset], folder: Path = FOLDER, cache: Path = CACHE
) -> dict[str, Path]:
    """The files of a site by their addresses, each with the place where it lies now."""
    stored = {
        file.destination: folder / part.name / file.destination
        for part in parts
        for file in part.files
        if not file.destination.endswith(".json")
    }
    official = json.loads((folder / "pyodide" / "pyodide-lock.json").read_bytes())
    stored |= compiled(folder / "pyodide", stored, cache)
    lock = packages(official, stored)
    wanted = [*CORE, *(one["file_name"] for one in lock["packages"].values())]
    python = {name: small(stored[name], cache) for name in wanted}
    base = f"assets/python-{digest(python.values())}"
    ours = written(lock, python, base, cache)
    own = f"assets/run-{digest(ours.values())}"
    addresses = {f"{base}/{path.name}": path for path in python.values()}
    return addresses | {f"{own}/{name}": path for name, path in ours.items()}


def packages(lock: Mapping[str, Any], stored: Mapping[str, Path]) -> dict[str, Any]:
    """The runtime's own list of packages, with those in it that a block may want."""
    known = lock["packages"]
    chosen = {}
    for name in stored:
        project = name.split("-")[0].replace("_", "-").lower()
        if not name.endswith(".whl"):
            continue
        entry = dict(known.get(project) or extra(project, stored[name]))
        entry["sha256"] = sha256(stored[name])
        entry["depends"] = [other for other in entry["depends"] if other not in UNUSED]
        entry["imports"] = [*entry["imports"], *HINTS.get(project, ())]
        chosen[project] = entry
    chosen["hypothesis"]["depends"] = ["sortedcontainers"]
    chosen["matplotlib"]["depends"].append("cnnref")  # whose colours the figures have
    return {"info": lock["info"], "packages": chosen}


def extra(name: str, wheel: Path, depends: Iterable[str] = ()) -> dict[str, Any]:
    """The entry of a package that the runtime's own list lacks."""
    return {
        "name": name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel),
        "package_type": "package",
        "imports": [name],
        "depends": list(depends),
    }


def compiled(home: Path, stored: Mapping[str, Path], cache: Path) -> dict[str, Path]:
    """Python's library and its packages, compiled as far as they are imported first."""
    wheels = [path for name, path in sorted(stored.items()) if name.endswith(".whl")]
    sources = [home / "python_stdlib.zip", *wheels]
    kept = by_node(HERE / "compile.mjs", sources, cache, lambda made: [home, made, *wheels])
    return {path.name: path for path in kept.iterdir()}


def by_node(
    script: Path, sources: list[Path], cache: Path, arguments: Callable[[Path], list[Path]]
) -> Path:
    """The folder that a Node script makes of these sources; made anew when one has changed."""
    kept = cache / digest([script, *sources])
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as temporary:
            made = Path(temporary) / "made"
            made.mkdir()
            command = [NODE, script, *arguments(made)]
            ran = subprocess.run(command, capture_output=True, text=True)
            if ran.returncode:
                said = "\n".join(line[:200] for line in ran.stderr.splitlines()[-9:])
                raise AssetError(f"{script.name} could not do its work.\n{said}")
            with contextlib.suppress(OSError):  # another process was first, with the same bytes
                made.rename(kept)
    return kept


def small(path: Path, cache: Path) -> Path:
    """The file, or a compressed one beside it in the cache."""
    if path.suffix not in SQUEEZED:
        return path
    data = path.read_bytes()
    kept = cache / hashlib.sha256(data).hexdigest()[:16] / f"{path.name}.gzip"
    if not kept.is_file():
        put(kept, gzip.compress(data, 9, mtime=0))
    return kept


def written(
    lock: dict[str, Any], python: Mapping[str, Path], base: str, cache: Path
) -> dict[str, Path]:
    """What we wrote, by name: the scripts, the package, the runner, and what there is to fetch."""
    wheel = kept_wheel()
    lock["packages"]["cnnref"] = extra("cnnref", wheel, ["numpy"])
    files = {**python, "runner.zip": runner(cache), wheel.name: wheel}
    manifest = {
        "base": f"../{base.rpartition('/')[2]}/",
        "core": [*CORE, "runner.zip"],
        "files": {name: fact(path) for name, path in files.items()},
        "own": ["runner.zip", wheel.name],
        "lock": lock,
    }
    told = cache / "manifest.json"
    put(told, json.dumps(manifest, separators=(",", ":"), sort_keys=True).encode())
    scripts = {name: HERE / name for name in SCRIPTS}
    return {**scripts, "manifest.json": told, "runner.zip": files["runner.zip"], wheel.name: wheel}


def fact(path: Path) -> dict[str, Any]:
    """How a file is called when it is published, how large it is, and what it holds."""
    return {"name": path.name, "size": path.stat().st_size, "sha256": sha256(path)}


def runner(cache: Path) -> Path:
    """The modules that run a block, as one archive: those that ran it when the page was built."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in RUNNER:
            entry = zipfile.ZipInfo(f"sitegen/{name}.py", (2020, 2, 2, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (ROOT / "sitegen" / f"{name}.py").read_bytes())
    put(cache / "runner.zip", packed.getvalue())
    return cache / "runner.zip"


def sha256(path: Path) -> str:
    """The hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest(paths: Iterable[Path]) -> str:
    """A short hash of some files and their names."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(f"{path.name} {sha256(path)}\n".encode())
    return whole.hexdigest()[:12]


def put(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{id(data)}.part")
    part.write_bytes(data)
    shutil.move(part, path)

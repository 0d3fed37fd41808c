"""What a site carries to run its blocks: the right files, by their hashes, and no more."""

import gzip
import hashlib
import json
import logging
import zipfile
from pathlib import Path

import pytest

from sitegen import hooks
from sitegen.assets import FOLDER, Asset, File, read_lock
from sitegen.blocks import pages, read
from sitegen.inpage import publish
from tests.building import ROOT

OURS = 10_000  # bytes, gzipped; the Python side is part of what runs the blocks at build
BEFORE_A_CLICK = 15_000
WHEELS: tuple[str, ...] = ("numpy-2.4.3-cp314", "matplotlib-3.10.8-cp314", "pillow-12.2.0-cp314")
WHEELS += ("hypothesis-6.170.15-cp314", "sortedcontainers-2.4.0-py3")


def entry(wheel: str, depends: list[str]) -> dict[str, object]:
    name, version, _ = wheel.split("-")
    told = {"name": name, "version": version, "file_name": f"{wheel}.whl", "imports": [name]}
    return {**told, "depends": depends, "sha256": sha256(wheel.encode())}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def parts(tmp_path: Path) -> list[Asset]:
    """A little runtime, stored as the real one is."""
    packages = {
        "numpy": entry(WHEELS[0], []),
        "matplotlib": entry(WHEELS[1], ["numpy", "pillow", "fonttools"]),
        "pillow": entry(WHEELS[2], []),
    }
    lock = {"info": {"python": "3.14.0"}, "packages": packages}
    contents = {name: name.encode() * 500 for name in publish.CORE}
    contents |= {f"{wheel}.whl": wheel.encode() for wheel in WHEELS}
    contents["pyodide-lock.json"] = json.dumps(lock).encode()
    home = tmp_path / "assets" / "pyodide"
    home.mkdir(parents=True)
    for name, data in contents.items():
        (home / name).write_bytes(data)
    files = tuple(File(name, name, sha256(data)) for name, data in contents.items())
    return [Asset("pyodide", "npm", "pyodide", "1", "0", files, part="runtime")]


@pytest.fixture(autouse=True)
def nothing_compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The little runtime holds no Python that could be compiled."""
    if "parts" in request.fixturenames:
        monkeypatch.setattr(publish, "compiled", lambda *_: {})


def published(parts: list[Asset], tmp_path: Path) -> dict[str, Path]:
    return publish.published(parts, tmp_path / "assets", tmp_path / "cache")


def test_the_list_of_files_tells_their_true_sizes_and_hashes(
    parts: list[Asset], tmp_path: Path
) -> None:
    files = published(parts, tmp_path)
    by_name = {uri.rpartition("/")[2]: path for uri, path in files.items()}
    manifest = json.loads(by_name["manifest.json"].read_bytes())
    assert manifest["files"]
    for name, fact in manifest["files"].items():
        data = by_name[fact["name"]].read_bytes()
        assert (fact["size"], fact["sha256"]) == (len(data), sha256(data))
        if fact["name"].endswith(".gzip"):
            assert gzip.decompress(data) == (tmp_path / "assets/pyodide" / name).read_bytes()
    named = {fact["name"] for fact in manifest["files"].values()}
    assert set(by_name) == named | set(publish.SCRIPTS) | {"manifest.json"}


def test_packages_are_found_by_their_words_and_bring_what_they_need(
    parts: list[Asset], tmp_path: Path
) -> None:
    files = published(parts, tmp_path)
    (told,) = (path for uri, path in files.items() if uri.endswith("manifest.json"))
    packages = json.loads(told.read_bytes())["lock"]["packages"]
    assert packages["matplotlib"]["depends"] == ["numpy", "pillow", "cnnref"]
    assert packages["hypothesis"]["depends"] == ["sortedcontainers"]
    assert packages["cnnref"]["depends"] == ["numpy"]
    assert "figures" in packages["matplotlib"]["imports"]
    assert "laws" in packages["hypothesis"]["imports"]


def test_a_folder_is_named_by_what_is_in_it(parts: list[Asset], tmp_path: Path) -> None:
    def folders() -> list[str]:
        return sorted({uri.rpartition("/")[0] for uri in published(parts, tmp_path)})

    before = folders()
    assert folders() == before
    assert [name.partition("-")[0] for name in before] == ["assets/python", "assets/run"]
    changed = tmp_path / "assets/pyodide" / f"{WHEELS[0]}.whl"
    changed.write_bytes(b"another")
    assert not set(folders()) & set(before)


def test_the_runner_is_what_ran_the_blocks_at_build(tmp_path: Path) -> None:
    with zipfile.ZipFile(publish.runner(tmp_path)) as archive:
        for name in archive.namelist():
            assert archive.read(name) == (ROOT / name).read_bytes()
        assert "sitegen/execute.py" in archive.namelist()
    assert publish.runner(tmp_path / "again").read_bytes() == (tmp_path / "runner.zip").read_bytes()


def test_without_the_runtime_nothing_is_published_and_one_line_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert publish.runtime(tmp_path) == []
    monkeypatch.setattr(publish, "runtime", list)
    with caplog.at_level(logging.INFO):
        assert hooks.in_page(None) == {}  # type: ignore[arg-type]
    (said,) = caplog.records
    assert said.levelno == logging.INFO  # no warning: a strict build is as good without it
    assert said.message.endswith("make runtime")


def gzipped(*names: str) -> int:
    data = ((Path(publish.HERE) / name).read_bytes() for name in names)
    return sum(len(gzip.compress(each, 6)) for each in data)


def test_what_we_wrote_is_light() -> None:
    assert gzipped("page.js", "page.css", "worker.js") < OURS
    assert gzipped("page.js", "page.css") < BEFORE_A_CLICK


def test_every_package_that_a_block_imports_is_among_those_of_the_page() -> None:
    names = {file.destination for asset in read_lock().values() for file in asset.files}
    imported = {
        line.split()[1].partition(".")[0]
        for page in pages(ROOT / "docs")
        for block in read(page)
        for line in block.source.splitlines()
        if line.startswith(("import ", "from "))
    }
    standard = {"collections", "itertools", "math", "types", "cnnref"}
    for name in imported - standard:
        assert any(wheel.startswith(f"{name}-") for wheel in names), name


needs_runtime = pytest.mark.skipif(not publish.runtime(), reason="`make runtime` was not run")


@needs_runtime
def test_the_locked_hashes_are_those_of_the_runtimes_own_list() -> None:
    official = json.loads((FOLDER / "pyodide" / "pyodide-lock.json").read_bytes())["packages"]
    by_file = {entry["file_name"]: entry["sha256"] for entry in official.values()}
    files = read_lock()["pyodide-packages"].files
    assert {file.destination: file.sha256 for file in files} == {
        file.destination: by_file[file.destination] for file in files
    }


@needs_runtime
def test_what_is_published_is_used_and_about_as_large_as_told() -> None:
    files = publish.published(publish.runtime())
    stored = {file.destination for part in publish.runtime() for file in part.files}
    names = {uri.rpartition("/")[2].removesuffix(".gzip") for uri in files}
    assert stored - names == {"pyodide-lock.json"}  # nothing is fetched for nothing
    assert sum(path.stat().st_size for path in files.values()) < 25_000_000


@needs_runtime
@pytest.mark.slow
def test_compiling_again_gives_the_same_bytes_and_loses_nothing(tmp_path: Path) -> None:
    before, after = published_archives(publish.CACHE), published_archives(tmp_path)
    assert {name: path.read_bytes() for name, path in before.items()} == {
        name: path.read_bytes() for name, path in after.items()
    }
    some = 0
    for name, path in after.items():
        (stored,) = FOLDER.rglob(name)
        with zipfile.ZipFile(path) as new, zipfile.ZipFile(stored) as old:
            assert {
                file.removesuffix("c") for file in new.namelist() if file.endswith((".py", ".pyc"))
            } == {file for file in old.namelist() if file.endswith(".py")}
            others = {file for file in old.namelist() if not file.endswith(".py")}
            assert all(new.read(file) == old.read(file) for file in others)
            some += sum(file.endswith(".pyc") for file in new.namelist())
    assert some > 400


def published_archives(cache: Path) -> dict[str, Path]:
    """The library and the packages as they are published."""
    files = publish.published(publish.runtime(), FOLDER, cache)
    names = {path.name: path for uri, path in files.items() if "/python-" in uri}
    return {name: path for name, path in names.items() if name.endswith((".zip", ".whl"))}

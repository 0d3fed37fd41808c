"""Web assets: what is fetched is exactly what the lock names, or nothing is."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sitegen import assets
from sitegen.assets import Asset, AssetError, File


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tarball(contents: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


CONTENTS = {"package/main.js": b"run()", "package/fonts/a.woff2": b"curves", "package/x": b"x"}
ARCHIVE = tarball(CONTENTS)
FILES = (
    File("package/main.js", "main.js", sha256(b"run()")),
    File("package/fonts/a.woff2", "fonts/a.woff2", sha256(b"curves")),
)
SOUND = Asset("thing", "npm", "thing-js", "1.2.3", sha256(ARCHIVE), FILES)


def serve(data: bytes) -> Callable[[Asset, Path], Path]:
    """A registry that hands out the same archive to everybody."""

    def fetch(asset: Asset, into: Path) -> Path:
        archive = into / f"{asset.package}.archive"
        archive.write_bytes(data)
        return archive

    return fetch


def unreachable(asset: Asset, into: Path) -> Path:
    raise AssertionError("the registry was asked although everything was there")


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_install_puts_exactly_the_named_files_into_the_folder(tmp_path: Path) -> None:
    assert assets.install(SOUND, tmp_path, serve(ARCHIVE))
    assert tree(tmp_path) == {"thing/main.js": b"run()", "thing/fonts/a.woff2": b"curves"}


def test_install_asks_nobody_when_all_is_there(tmp_path: Path) -> None:
    assets.install(SOUND, tmp_path, serve(ARCHIVE))
    assert not assets.install(SOUND, tmp_path, unreachable)


@pytest.mark.parametrize("damage", ["corrupted", "missing"])
def test_install_repairs_a_damaged_folder(tmp_path: Path, damage: str) -> None:
    assets.install(SOUND, tmp_path, serve(ARCHIVE))
    before = tree(tmp_path)
    victim = tmp_path / "thing/main.js"
    if damage == "corrupted":
        victim.write_bytes(b"run();")
    else:
        victim.unlink()
    assert assets.install(SOUND, tmp_path, serve(ARCHIVE))
    assert tree(tmp_path) == before


def test_install_removes_what_an_older_version_left(tmp_path: Path) -> None:
    assets.install(SOUND, tmp_path, serve(ARCHIVE))
    (tmp_path / "thing/old.js").write_bytes(b"old")
    assets.install(SOUND, tmp_path, unreachable)
    assert "thing/old.js" not in tree(tmp_path)


def test_install_refuses_an_archive_with_another_checksum(tmp_path: Path) -> None:
    forged = tarball({**CONTENTS, "package/x": b"y"})
    with pytest.raises(
        AssetError, match=r"the archive .* of thing-js 1\.2\.3 is not what"
    ) as caught:
        assets.install(SOUND, tmp_path, serve(forged))
    assert sha256(forged) in str(caught.value)
    assert tree(tmp_path) == {}


def test_install_refuses_a_file_with_another_checksum(tmp_path: Path) -> None:
    wrong = replace(SOUND, files=(FILES[0], replace(FILES[1], sha256=sha256(b"lines"))))
    with pytest.raises(AssetError, match=r"package/fonts/a\.woff2 in thing-js 1\.2\.3 is not what"):
        assets.install(wrong, tmp_path, serve(ARCHIVE))
    assert tree(tmp_path) == {}


def test_install_names_a_file_that_the_archive_lacks(tmp_path: Path) -> None:
    wrong = replace(SOUND, files=(File("package/gone.js", "gone.js", "0"),))
    with pytest.raises(AssetError, match=r"thing-js 1\.2\.3 holds no file package/gone\.js"):
        assets.install(wrong, tmp_path, serve(ARCHIVE))


def test_files_can_come_from_a_wheel_or_be_the_archive_itself(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as wheel:
        wheel.writestr("pkg/data.wasm", b"code")
    data = stream.getvalue()
    files = (
        File("pkg/data.wasm", "data.wasm", sha256(b"code")),
        File(assets.WHOLE_ARCHIVE, "pkg.whl", sha256(data)),
    )
    asset = Asset("pkg", "pypi", "pkg", "1", sha256(data), files)
    assets.install(asset, tmp_path, serve(data))
    assert tree(tmp_path) == {"pkg/data.wasm": b"code", "pkg/pkg.whl": data}


def test_verified_gives_the_folder_and_names_the_first_fault(tmp_path: Path) -> None:
    lock = tmp_path / "lock.json"
    assets.write_lock([SOUND], lock)
    assets.install(SOUND, tmp_path, serve(ARCHIVE))
    assert assets.verified("thing", tmp_path, lock) == tmp_path / "thing"

    (tmp_path / "thing/main.js").write_bytes(b"planted()")
    with pytest.raises(AssetError, match=r"main\.js is not the file that the lock names"):
        assets.verified("thing", tmp_path, lock)
    (tmp_path / "thing/main.js").unlink()
    with pytest.raises(AssetError, match=r"main\.js is missing.* python -m sitegen\.assets"):
        assets.verified("thing", tmp_path, lock)
    with pytest.raises(AssetError, match="names no asset 'other'; it names thing"):
        assets.verified("other", tmp_path, lock)


def test_a_lock_survives_writing_and_reading(tmp_path: Path) -> None:
    with_options = replace(SOUND, name="more", options=("--python-version=3.12",))
    assets.write_lock([SOUND, with_options], tmp_path / "lock.json")
    assert assets.read_lock(tmp_path / "lock.json") == {"thing": SOUND, "more": with_options}


def test_relock_renews_every_checksum() -> None:
    stale = replace(SOUND, sha256="", files=tuple(replace(file, sha256="") for file in FILES))
    assert assets.relock(stale, serve(ARCHIVE)) == SOUND


def fake_npm(folder: Path, script: str) -> dict[str, str]:
    """An environment in which `npm` is a shell script; the real one is out of reach."""
    npm = folder / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    npm.chmod(0o755)
    return {"PATH": f"{npm.parent}:/usr/bin:/bin"}


@pytest.fixture
def lonely_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node and npm are looked for beside sys.executable first: let nothing stand there."""
    monkeypatch.setattr("sys.executable", str(tmp_path / "nowhere" / "python"))


@pytest.mark.usefixtures("lonely_python")
def test_an_unreachable_registry_is_one_paragraph_that_says_what_to_do(tmp_path: Path) -> None:
    environment = fake_npm(tmp_path, "echo 'npm error code ENOTFOUND' >&2; exit 1")
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(AssetError) as caught:
        assets.download(SOUND, into, environment)
    message = str(caught.value)
    assert message.startswith("thing: thing-js 1.2.3 could not be fetched from npm.")
    assert "npm error code ENOTFOUND" in message
    assert "python -m sitegen.assets" in message
    assert "\n" not in message


@pytest.mark.usefixtures("lonely_python")
def test_a_downloader_that_brings_nothing_is_an_error(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(AssetError, match="npm fetched 0 archives, expected one"):
        assets.download(SOUND, into, fake_npm(tmp_path, "exit 0"))


@pytest.mark.usefixtures("lonely_python")
def test_a_machine_without_npm_is_told_to_install_the_requirements(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"npm could not be started.*requirements/site\.txt"):
        assets.download(SOUND, tmp_path, {"PATH": str(tmp_path)})


def test_an_unknown_registry_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="the lock names the registry 'ftp'"):
        assets.download(replace(SOUND, registry="ftp"), tmp_path)


def test_the_command_ends_with_exit_code_1_and_one_line_on_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline(asset: Asset, into: Path) -> Path:
        raise AssetError(f"{asset.name}: no network")

    lock = tmp_path / "lock.json"
    assets.write_lock([SOUND], lock)
    monkeypatch.setattr(assets, "download", offline)
    monkeypatch.setattr(assets, "LOCK", lock)
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    assert assets.main([]) == 1
    assert capsys.readouterr().err == "Web assets: thing: no network\n"


def test_the_command_says_what_it_fetched_and_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "lock.json"
    assets.write_lock([SOUND], lock)
    monkeypatch.setattr(assets, "download", serve(ARCHIVE))
    monkeypatch.setattr(assets, "LOCK", lock)
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    assert assets.main([]) == 0
    assert assets.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Web asset thing-js 1.2.3: fetched and verified.",
        "Web asset thing-js 1.2.3: already here.",
    ]


def official(folder: Path, asset: Asset) -> Asset:
    """The same asset with an address where its files stand one by one."""
    return replace(asset, cdn=f"{folder.as_uri()}/")


def test_files_are_taken_one_by_one_from_their_official_address(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_bytes(b"run()")
    (tmp_path / "a.woff2").write_bytes(b"curves")
    assert assets.install(official(tmp_path, SOUND), tmp_path / "to", unreachable)
    assert set(tree(tmp_path / "to").values()) == {b"run()", b"curves"}


@pytest.mark.parametrize("there", [{}, {"main.js": b"run()"}, {"main.js": b"x", "a.woff2": b"x"}])
def test_what_the_official_address_lacks_or_has_changed_comes_from_the_registry(
    tmp_path: Path, there: dict[str, bytes]
) -> None:
    for name, data in there.items():
        (tmp_path / name).write_bytes(data)
    assert assets.install(official(tmp_path, SOUND), tmp_path / "to", serve(ARCHIVE))
    assert set(tree(tmp_path / "to").values()) == {b"run()", b"curves"}


def test_the_command_fetches_the_part_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets.write_lock([SOUND, replace(SOUND, name="more", part="runtime")], tmp_path / "lock.json")
    monkeypatch.setattr(assets, "download", serve(ARCHIVE))
    monkeypatch.setattr(assets, "LOCK", tmp_path / "lock.json")
    monkeypatch.setattr(assets, "FOLDER", tmp_path / "to")
    assert assets.main(["runtime"]) == 0
    assert {name.partition("/")[0] for name in tree(tmp_path / "to")} == {"more"}
    assert assets.main([]) == 0
    assert {name.partition("/")[0] for name in tree(tmp_path / "to")} == {"more", "thing"}


def test_every_asset_of_the_project_has_checksums() -> None:
    for asset in assets.read_lock().values():
        assert all(len(digest) == 64 for digest in [asset.sha256, *(f.sha256 for f in asset.files)])


def test_what_others_wrote_carries_its_licence() -> None:
    for asset in assets.read_lock().values():
        names = [file.destination for file in asset.files]
        if asset.part == "site":
            assert any("LICENSE" in name for name in names), asset.name
    for wheel in assets.FOLDER.rglob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            assert any("licen" in name.lower() for name in archive.namelist()), wheel.name
    page = (assets.ROOT / "docs" / "scratch.md").read_text(encoding="utf-8")
    assert "Mozilla Public License" in page  # the core of the runtime comes without its text


def test_the_assets_of_the_project_are_fetched_and_right() -> None:
    for name, asset in assets.read_lock().items():
        if asset.part == "site" or (assets.FOLDER / name).is_dir():
            assert assets.verified(name).is_dir()

"""What a user installs: a wheel that needs NumPy and nothing else."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sitegen import wheel

ROOT = Path(__file__).resolve().parent.parent
CONVOLVE = "import cnnref; print(cnnref.convolve([1, 2, 3, 4], [1, 0, -1]))"
CONVOLVED = "[ 1.  2.  2.  2. -3. -4.]\n"


def tracked(*folders: str) -> set[str]:
    """The files that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "--", *folders], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("this is no clone")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}


def run_alone(code: str, *path: Path, cwd: Path) -> str:
    """What a Python without any site packages prints when it sees only these folders."""
    prelude = f"import sys; sys.path[:0] = {[str(folder) for folder in path]}\n"
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", prelude + code]
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def only_numpy(tmp_path: Path) -> Path:
    """A folder to import from that holds NumPy and nothing else."""
    folder = tmp_path / "only-numpy"
    folder.mkdir()
    installed = Path(np.__file__).parent.parent
    for name in ("numpy", "numpy.libs"):
        if (installed / name).exists():
            (folder / name).symlink_to(installed / name)
    return folder


def test_importing_cnnref_loads_no_extra(tmp_path: Path) -> None:
    code = (
        "import sys, cnnref\n"
        "print(sorted({'matplotlib', 'hypothesis', 'scipy', 'sitegen'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_cnnref_runs_with_nothing_but_numpy(tmp_path: Path, only_numpy: Path) -> None:
    assert run_alone(CONVOLVE, ROOT, only_numpy, cwd=tmp_path) == CONVOLVED


def test_the_wheel_of_the_site_is_kept_until_a_source_changes(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    for source in wheel.sources():
        copy = root / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    first = wheel.build_wheel(tmp_path / "a", root, cache)
    again = wheel.build_wheel(tmp_path / "b", root, cache)
    assert first.name == again.name
    assert first.read_bytes() == again.read_bytes()
    assert len(list(cache.iterdir())) == 1

    (root / "cnnref" / "extra.py").write_text("NEW = 1\n", encoding="utf-8")
    changed = wheel.build_wheel(tmp_path / "c", root, cache)
    assert "cnnref/extra.py" in zipfile.ZipFile(changed).namelist()


def test_a_wheel_that_cannot_be_built_is_an_error_and_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "cnnref").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-text"):
        (tmp_path / name).write_text("[project]\n", encoding="utf-8")
    with pytest.raises(wheel.WheelError, match="could not be built"):
        wheel.build_wheel(tmp_path / "into", tmp_path, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_equal_sources_give_equal_wheels(tmp_path: Path) -> None:
    digests = {
        hashlib.sha256(
            wheel.build_wheel(tmp_path / turn, ROOT, tmp_path / turn / "cache").read_bytes()
        ).hexdigest()
        for turn in ("first", "second")
    }
    assert len(digests) == 1


def test_the_wheel_holds_cnnref_and_nothing_else(tmp_path: Path) -> None:
    built = wheel.build_wheel(tmp_path)
    names = set(zipfile.ZipFile(built).namelist())
    package = {name for name in names if name.startswith("cnnref/")}
    about = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names == package | about
    assert package >= tracked("cnnref")
    assert "cnnref/py.typed" in package
    assert {name.split("/")[-1] for name in about} >= {"LICENSE", "LICENSE-text", "METADATA"}


@pytest.mark.slow
def test_the_wheel_alone_in_an_empty_folder_imports_and_runs(
    tmp_path: Path, only_numpy: Path
) -> None:
    built = wheel.build_wheel(tmp_path / "wheel")
    target, empty = tmp_path / "target", tmp_path / "empty"
    empty.mkdir()
    install = ["install", "--quiet", "--no-deps", "--no-index", f"--target={target}", str(built)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True)
    where = "import cnnref; print(cnnref.__file__)"
    assert run_alone(where, target, only_numpy, cwd=empty).startswith(str(target))
    assert run_alone(CONVOLVE, target, only_numpy, cwd=empty) == CONVOLVED


@pytest.mark.slow
def test_the_source_distribution_is_whole_and_builds_the_same_wheel(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--outdir={dist}", str(ROOT)],
        check=True,
        capture_output=True,
    )
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        inside = {name.partition("/")[2] for name in sdist.getnames()}
    assert tracked() <= inside
    (from_sdist,) = dist.glob("*.whl")
    from_clone = wheel.build_wheel(tmp_path / "clone")
    assert set(zipfile.ZipFile(from_sdist).namelist()) == set(
        zipfile.ZipFile(from_clone).namelist()
    )

"""What a site carries of the instruments."""

import re
from pathlib import Path

import pytest

from sitegen.assets import AssetError
from sitegen.explore import publish

EXPORTED = re.compile(r"\bexport\s+(?:const|class|function)\s+(\w+)|\bexport\s+(default)\b")


def names(script: Path) -> set[str]:
    """What a module exports."""
    found: list[tuple[str, str]] = EXPORTED.findall(script.read_text(encoding="utf-8"))
    return {one or other for one, other in found}


def minified(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A script as it is published."""
    monkeypatch.setattr(publish, "CACHE", tmp_path / "cache")
    path = tmp_path / "one.js"
    path.write_text(source, encoding="utf-8")
    (made,) = publish.minified([path])
    return made.read_text(encoding="utf-8")


def test_seven_instruments_are_published_with_all_that_they_import() -> None:
    files = publish.published()
    published = {uri.rpartition("/")[2]: path for uri, path in files.items()}
    assert len(publish.INSTRUMENTS) == 7
    for name in publish.INSTRUMENTS:
        assert f"{name}.css" in published
        script = published[f"{name}.js"].read_text(encoding="utf-8")
        imported = set(re.findall(r'from"\./([\w.]+)"', script))
        assert {"windows.js"} <= imported <= set(published)


def test_a_module_exports_what_it_did() -> None:
    for uri, path in publish.published().items():
        if uri.endswith(".js"):
            source = publish.HERE / path.name
            assert names(source) == names(path)
            assert path.stat().st_size < source.stat().st_size


def test_comments_and_long_names_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "// A comment.\nexport const twice = (certain) => {\n  return 2 * certain;\n};\n"
    made = minified(source, tmp_path, monkeypatch)
    assert re.fullmatch(r"export const twice=(\w)=>2\*\1;", made)


def test_a_script_that_is_none_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssetError, match=r"one\.js"):
        minified("export const a = 1;\nexport const b = ;\n", tmp_path, monkeypatch)


def test_what_is_printed_becomes_tables() -> None:
    html = publish.tables("row  a < b\n0  1\n\nlayer  weights\nconv  3\n")
    assert html.count("<table>") == 2
    assert '<th scope="col">a &lt; b</th>' in html
    assert '<th scope="row">conv</th><td>3</td>' in html

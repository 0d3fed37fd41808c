"""While serving, a page is rendered again exactly when something it rests on has changed."""

from pathlib import Path
from typing import Any

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from sitegen import kept


class Site:
    """Two pages that MkDocs would render, and a count of how often one was."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "mkdocs.yml").write_text("site_name: x\n")
        for name in ("a.md", "b.md"):
            (root / name).write_text(f"# {name}\n")
        self.kept = kept.Kept()
        self.rendered = 0

    def build(self, markdown: str = "# a\n", content: str = "<h1>a</h1>") -> Page:
        config = MkDocsConfig(str(self.root / "mkdocs.yml"))
        config.load_dict({"site_name": "x", "docs_dir": str(self.root)})
        config.validate()
        names = sorted(path.name for path in self.root.glob("*.md"))
        self.files = Files([File(n, str(self.root), str(self.root / "site"), True) for n in names])
        file = self.files.get_file_from_path("a.md")
        assert file is not None
        page = Page(None, file, config)
        page.markdown = markdown

        def render(config: MkDocsConfig, files: Files) -> None:
            self.rendered += 1
            page.content = content
            page.present_anchor_ids = {"a"}
            page.links_to_anchors = {file: {"a": "#a"} for file in files}

        self.kept.render(page, render, config, self.files)
        return page


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_what_has_not_changed_is_put_back(site: Site) -> None:
    first, second = site.build(), site.build()
    assert site.rendered == 1
    for name in kept.RENDERED:
        assert getattr(second, name) == getattr(first, name)


def test_links_put_back_lead_to_the_files_of_this_build(site: Site) -> None:
    site.build()
    page = site.build()
    assert page.links_to_anchors is not None
    linked: list[Any] = list(page.links_to_anchors)
    assert all(file is here for file, here in zip(linked, site.files, strict=True))


def test_a_change_of_what_it_rests_on_renders_it_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.build()
    (site.root / "a.md").write_text("# a, with another output\n")
    site.build()
    assert site.rendered == 2
    (site.root / "b.md").unlink()
    site.build()
    assert site.rendered == 3
    (site.root / "mkdocs.yml").write_text("site_name: y\n")
    site.build()
    assert site.rendered == 4
    monkeypatch.setattr(kept, "fingerprint", lambda: "another package")
    site.build()
    assert site.rendered == 5


@pytest.mark.parametrize(
    ("markdown", "content"),
    [("# a\n", '<div class="fault">'), ("# a\n\n::: cnnref.conv\n", "<h1>a</h1>")],
)
def test_faults_are_told_again_and_reference_pages_rendered_again(
    site: Site, markdown: str, content: str
) -> None:
    for _ in range(2):
        site.build(markdown, content)
    assert site.rendered == 2

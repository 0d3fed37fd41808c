"""While the site is served: what was rendered and has not changed is not rendered again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from sitegen.run import fingerprint

Render = Callable[[MkDocsConfig, Files], None]
RENDERED = ("content", "toc", "_title_from_render", "present_anchor_ids")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What rendering leaves on a page, and the links whose anchors MkDocs checks afterwards."""

    key: object
    values: dict[str, Any]
    links: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """The last rendering of each page, by its source file."""

    pages: dict[str, Rendered] = field(default_factory=dict)

    def render(self, page: Page, render: Render, config: MkDocsConfig, files: Files) -> None:
        """Render the page, or put back what was rendered from the same text and package."""
        stored = Path(page.file.abs_src_path or page.file.src_uri).read_bytes()
        uris = tuple(file.src_uri for file in files)
        settings = Path(config.config_file_path).stat().st_mtime_ns
        key = (page.markdown, stored, uris, settings, fingerprint())
        known = self.pages.get(page.file.src_uri)
        if known is None or known.key != key:
            render(config, files)
            self._keep(page, key)
            return
        for name, value in known.values.items():
            setattr(page, name, value)
        linked = {files.get_file_from_path(uri): links for uri, links in known.links.items()}
        page.links_to_anchors = {file: links for file, links in linked.items() if file is not None}

    def _keep(self, page: Page, key: object) -> None:
        faulty = 'class="fault"' in (page.content or "")  # to be told again, each time
        elsewhere = "\n::: " in (page.markdown or "")  # mkdocstrings also remembers what it did
        if faulty or elsewhere:
            return
        links = {file.src_uri: found for file, found in (page.links_to_anchors or {}).items()}
        values = {name: getattr(page, name) for name in RENDERED}
        self.pages[page.file.src_uri] = Rendered(key, values, links)


def keep_templates(environment: Environment, folder: Path) -> None:
    """Let Jinja keep its compiled templates between builds."""
    folder.mkdir(parents=True, exist_ok=True)
    environment.bytecode_cache = FileSystemBytecodeCache(str(folder))

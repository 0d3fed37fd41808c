"""What MkDocs calls while it builds: each step hands over to the module that knows how."""

import logging
import re
import sys
from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from sitegen import fences, labs, run, tex
from sitegen.assets import verified
from sitegen.blocks import Fault

log = logging.getLogger("mkdocs.sitegen")
KATEX = "assets/katex"


class Build:
    """One build: what its pages share, and the events of MkDocs that concern us."""

    def __init__(self) -> None:
        self.serving = False
        self.katex = tex.Katex(run.CACHE.parent)

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        labs.prepare_kernel(run.CACHE.parent / "ipython")
        if "mkdocs-jupyter" in config.plugins:
            kept = run.CACHE.parent / "labs" / run.fingerprint()[:16]
            config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(kept)
        if config.repo_url:
            config.edit_uri = config.edit_uri or "edit/main/docs/"
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        home = verified("katex")
        for path in sorted(home.rglob("*")):
            if path.suffix in (".css", ".woff2"):
                uri = f"{KATEX}/{path.relative_to(home).as_posix()}"
                files.append(File.generated(config, uri, abs_src_path=str(path)))
        return files

    @event_priority(100)
    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        try:
            return fences.located(markdown, source(page))
        except Fault as fault:
            log.warning("%s", fault)
            return markdown

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        path = source(page)
        text = path.read_text(encoding="utf-8")
        faults: list[Fault] = []
        if path.suffix == ".py":
            html, faults = labs.Lab(page, path, text, files).html(html)
        html, bad_formulas = tex.typeset(html, text, path, self.katex)
        for fault in faults + bad_formulas:
            log.warning("%s", fault)
        page.present_anchor_ids = (page.present_anchor_ids or set()) | set(
            re.findall(r'\bid="([^"]+)"', html)
        )
        return html

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        self.katex.close()
        if self.serving:
            # The next build imports the package afresh, as it then is.
            for name in [name for name in sys.modules if name.split(".")[0] == "cnnref"]:
                del sys.modules[name]


def source(page: Page) -> Path:
    """The stored file of a page."""
    return Path(page.file.abs_src_path or page.file.src_uri)


build = Build()
on_startup = build.on_startup
on_config = build.on_config
on_files = build.on_files
on_page_markdown = build.on_page_markdown
on_page_content = build.on_page_content
on_post_build = build.on_post_build

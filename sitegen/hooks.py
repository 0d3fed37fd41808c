"""What MkDocs calls while it builds: each step hands over to the module that knows how."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from jinja2 import Environment
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext
from nbclient.exceptions import CellExecutionError

from sitegen import (
    behind,
    cards,
    citations,
    fences,
    labs,
    libraries,
    measured,
    mistakes,
    notebooks,
    run,
    tex,
)
from sitegen.assets import verified
from sitegen.blocks import Block, Fault, label, read
from sitegen.explore import publish as explore
from sitegen.inpage import publish
from sitegen.kept import Kept, keep_templates
from sitegen.wheel import build_wheel

log = logging.getLogger("mkdocs.sitegen")
KATEX = "assets/katex"
SCRATCH = "scratch.md"
TEMPLATES = run.CACHE.parent / "templates"
BROKEN_LINK = re.compile(
    r"Doc file '(?P<page>[^']+)' contains an? (?:\w+ )*(?:link|path) '(?P<link>[^']+)'"
)


class Build:
    """One build: what its pages share, and the events of MkDocs that concern us."""

    def __init__(self) -> None:
        self.serving = False
        self.katex = tex.Katex(run.CACHE.parent)
        self.notebooks: dict[str, Path] = {}
        self.kept = Kept()
        self.cards: dict[str, str] = {}
        self.own: dict[str, Path] = {}

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        for name in ("mkdocs.structure.pages", "mkdocs.structure.nav"):
            logging.getLogger(name).filters = [WithLine(Path(config.docs_dir))]
        labs.prepare_kernel(run.CACHE.parent / "ipython")
        if "mkdocs-jupyter" in config.plugins:
            # Beside mkdocs.yml: the plugin throws out what this site did not ask for.
            kept = Path(config.config_file_path).parent / ".cache/labs" / labs.fingerprint()[:16]
            config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(kept)
        self.own = in_page(config) | instruments(config)
        if config.repo_url:
            config.edit_uri = config.edit_uri or "edit/main/docs/"
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        home = verified("katex")
        for path in sorted(home.rglob("*")):
            if path.suffix in (".css", ".woff2"):
                uri = f"{KATEX}/{path.relative_to(home).as_posix()}"
                files.append(File.generated(config, uri, abs_src_path=str(path)))
        for uri, path in self.own.items():
            files.append(File.generated(config, uri, abs_src_path=str(path)))
        run.run_ahead(blocks_of(files))
        pages = [(f.src_uri, Path(f.abs_src_path or f.src_uri)) for f in chapters(files)]
        self.cards = citations.cards(pages, citations.in_order(config.nav))
        if "mkdocstrings" in config.plugins:
            handler = config.plugins["mkdocstrings"].get_handler("python")  # type: ignore[attr-defined]
            keep_templates(handler.env, TEMPLATES)
        return files

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        keep_templates(env, TEMPLATES)
        return env

    @event_priority(-100)
    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        if source(page).suffix == ".py":
            page.render = partial(rendered_lab, page, page.render)  # type: ignore[method-assign]
        elif self.serving:
            page.render = partial(self.kept.render, page, page.render)  # type: ignore[method-assign]
        return page

    @event_priority(100)
    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        path = source(page)
        try:
            if path.suffix == ".py" or read(path):
                self.notebooks[Path(page.file.src_uri).with_suffix(".ipynb").as_posix()] = path
            if path.suffix == ".py":
                return markdown
            data = Path(config.docs_dir) / "data"
            markdown = libraries.filled(fences.located(markdown, path), data / "libraries.json")
            return measured.filled(markdown, data / "benchmarks.json")
        except Fault as fault:
            return fences.problem(str(fault))

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        path = source(page)
        text = path.read_text(encoding="utf-8")
        faults: list[Fault] = []
        if path.suffix == ".py":
            html, faults = labs.Lab(page, path, text, files).html(html)
        else:
            forge = (config.repo_url or "").rstrip("/")
            page.behind = behind.html(path, partial(way, page, files), forge)  # type: ignore[attr-defined]
        html = html.replace(
            '<details class="mkdocstrings-source"',
            '<details data-search-exclude class="mkdocstrings-source"',
        )
        html = cards.told_once(html)
        html, unknown = citations.linked(html, self.cards, partial(way, page, files))
        for law in unknown:
            line = text.count("\n", 0, max(text.find(f"law:{law}"), 0)) + 1
            log.warning("%s:%d: no page has a card of the law %s", label(path), line, law)
        html, bad_formulas = tex.typeset(html, text, path, self.katex)
        for fault in faults + bad_formulas:
            log.warning("%s", fault)
        page.present_anchor_ids = (page.present_anchor_ids or set()) | set(
            re.findall(r'\bid="([^"]+)"', html)
        )
        return html

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        scratch = nav_page(nav, SCRATCH)
        if scratch is not None and scratch is not page:
            page.scratch_url = scratch.url  # type: ignore[attr-defined]
        uri = Path(page.file.src_uri).with_suffix(".ipynb").as_posix()
        if uri in self.notebooks:
            page.notebook_url = uri  # type: ignore[attr-defined]
        if page.edit_url and config.repo_url:
            title = quote(f"Error on the page {page.title} ({page.file.src_uri})")
            forge = config.repo_url.rstrip("/")
            page.report_url = f"{forge}/issues/new?title={title}"  # type: ignore[attr-defined]
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        # Material leaves its search dialog without a name.
        return output.replace('role="dialog">', 'role="dialog" aria-label="Search">')

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        self.katex.close()
        site = Path(config.site_dir)
        install = notebooks.install_line(wheel_in(site), config.site_url or "")
        for uri, path in self.notebooks.items():
            (site / uri).write_text(notebooks.of_page(path, install), encoding="utf-8")
        self.notebooks.clear()
        if self.serving:
            # The next build imports the package afresh, as it then is.
            for name in [name for name in sys.modules if name.split(".")[0] == "cnnref"]:
                del sys.modules[name]


def in_page(config: MkDocsConfig) -> dict[str, Path]:
    """What makes blocks run in the page, by its address there; nothing if Python is not here."""
    parts = publish.runtime()
    if not parts:
        log.info("Blocks have no Run button: their Python is not here. To fetch it: make runtime")
        return {}
    files = publish.published(parts)
    config.extra_javascript += [module(uri) for uri in files if uri.endswith("/page.js")]
    config.extra_css += [uri for uri in files if uri.endswith("/page.css")]
    return files


def instruments(config: MkDocsConfig) -> dict[str, Path]:
    """The scripts of the instruments, by their addresses; one loads the others."""
    files = explore.published()
    config.extra_javascript += [module(uri) for uri in files if uri.endswith("/load.js")]
    return files


def module(uri: str) -> ExtraScriptValue:
    """A script that may import others."""
    script = ExtraScriptValue(uri)
    script.type = "module"
    return script


def rendered_lab(
    page: Page, render: Callable[[MkDocsConfig, Files], None], config: MkDocsConfig, files: Files
) -> None:
    """mkdocs-jupyter's rendering, which tells a cell that raises by its text and not its place."""
    try:
        render(config, files)
    except CellExecutionError as error:
        path = source(page)
        fault = labs.raised(path, path.read_text(encoding="utf-8"), error)
        raise PluginError(str(fault)) from None


def wheel_in(site: Path) -> str:
    """The wheel of the package, put into the site; its path from there."""
    folder = site / "assets" / "wheel"
    folder.mkdir(parents=True, exist_ok=True)
    return build_wheel(folder).relative_to(site).as_posix()


class WithLine(logging.Filter):
    """MkDocs names the page of a broken link; this finds the line, too."""

    def __init__(self, docs: Path) -> None:
        super().__init__()
        self.docs = docs

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the page and the line in front; every record passes."""
        found = BROKEN_LINK.match(record.getMessage())
        if found:
            page = self.docs / found["page"]
            text = page.read_text(encoding="utf-8")
            line = text.count("\n", 0, max(text.find(found["link"]), 0)) + 1
            record.msg, record.args = f"{label(page)}:{line}: {record.getMessage()}", ()
        return True


def chapters(files: Files) -> list[File]:
    """The pages that are Markdown, and no lab."""
    return [file for file in files.documentation_pages() if file.src_uri.endswith(".md")]


def blocks_of(files: Files) -> Iterator[Block]:
    """The blocks of all pages that can be read, and those that draw what these ask for; what is
    wrong with the other pages is told later."""
    for file in chapters(files):
        with suppress(Fault):
            for block in read(Path(file.abs_src_path or file.src_uri)):
                yield block
                yield from mistakes.pictures(block)


def nav_page(nav: Navigation, uri: str) -> Page | None:
    """The page of a source file, if the site has it."""
    return next((page for page in nav.pages if page.file.src_uri == uri), None)


def way(page: Page, files: Files, uri: str) -> str:
    """The address of another page as a link on this one has it."""
    there = files.get_file_from_path(uri)
    return "" if there is None or there is page.file else there.url_relative_to(page.file)


def source(page: Page) -> Path:
    """The stored file of a page."""
    return Path(page.file.abs_src_path or page.file.src_uri)


build = Build()
on_startup = build.on_startup
on_config = build.on_config
on_files = build.on_files
on_pre_page = build.on_pre_page
on_env = build.on_env
on_page_markdown = build.on_page_markdown
on_page_content = build.on_page_content
on_page_context = build.on_page_context
on_post_page = build.on_post_page
on_post_build = build.on_post_build

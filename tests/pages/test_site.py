"""The built site, read file by file: links, weights, alt texts, hosts, and the blocks in it."""

import gzip
import json
import re
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from sitegen.blocks import pages, read, trimmed
from tests.building import FORGE, ROOT, Site, soup

CHAPTER = 40_000, 400_000  # bytes of HTML, gzipped and not
GALLERY = 120_000, 1_000_000
GALLERIES = re.compile(r"labs/|laws/|errata/")
RESOURCES = {
    "link": "href",
    "script": "src",
    "img": "src",
    "image": "href",
    "source": "src",
    "iframe": "src",
    "use": "href",
    "video": "src",
    "audio": "src",
    "object": "data",
    "embed": "src",
}
LINKS_THAT_LOAD_NOTHING = {"canonical", "prev", "next", "edit", "alternate"}
LOADED_IN_CSS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""")
LOADED_IN_SCRIPT = re.compile(r"""(?:import|fetch|importScripts)\s*\(\s*["'`]([^"'`]+)""")


@pytest.fixture(scope="module")
def html(site: Site) -> dict[str, BeautifulSoup]:
    """Every page of the site, parsed, by its address."""
    return {address: soup(path) for address, path in site.pages().items()}


def hosts(page: BeautifulSoup) -> list[str]:
    """What the page loads that has a host in its address."""
    loaded = [
        str(tag.get(name) or tag.get(f"xlink:{name}") or "")
        for kind, name in RESOURCES.items()
        for tag in page.find_all(kind)
        if not LINKS_THAT_LOAD_NOTHING & set(tag.get_attribute_list("rel"))
    ]
    for tag in page.find_all(srcset=True):
        loaded += [part.split()[0] for part in str(tag["srcset"]).split(",")]
    for tag in page.find_all("script", src=False):
        loaded += LOADED_IN_SCRIPT.findall(tag.get_text())
    for tag in page.find_all("style"):
        loaded += LOADED_IN_CSS.findall(tag.get_text())
    for tag in page.find_all(style=True):
        loaded += LOADED_IN_CSS.findall(str(tag["style"]))
    return [address for address in loaded if urlsplit(address).netloc]


def test_no_page_loads_anything_from_a_foreign_host(html: dict[str, BeautifulSoup]) -> None:
    assert {address: hosts(page) for address, page in html.items() if hosts(page)} == {}


def test_no_style_sheet_loads_anything_from_a_foreign_host(site: Site) -> None:
    sheets = list(site.folder.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        loaded = LOADED_IN_CSS.findall(sheet.read_text(encoding="utf-8"))
        foreign = [address for address in loaded if urlsplit(address).netloc]
        missing = [
            address
            for address in loaded
            if not address.startswith(("data:", "#"))
            and not (sheet.parent / urlsplit(address).path).is_file()
        ]
        # KaTeX also names fonts for browsers that cannot read woff2; those are not on the site.
        missing = [address for address in missing if not address.endswith((".woff", ".ttf"))]
        assert (sheet.name, foreign, missing) == (sheet.name, [], [])


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="//cdn.example/x.js"></script>',
        '<script>import("https://cdn.example/x.js")</script>',
        '<img src="https://cdn.example/x.png">',
        '<img srcset="x.png 1x, https://cdn.example/x.png 2x">',
        '<link rel="stylesheet" href="https://cdn.example/x.css">',
        '<p style="background: url(https://cdn.example/x.png)">',
        "<style>@import 'https://cdn.example/x.css';</style>",
        '<svg><image xlink:href="https://cdn.example/x.png"/></svg>',
    ],
)
def test_a_foreign_host_is_noticed(planted: str) -> None:
    (found,) = hosts(BeautifulSoup(planted, "html.parser"))
    assert "//cdn.example/x" in found


def test_every_link_leads_to_a_page_and_every_anchor_to_a_place(
    site: Site, html: dict[str, BeautifulSoup]
) -> None:
    places = {address: {str(tag["id"]) for tag in page(id=True)} for address, page in html.items()}

    def leads_somewhere(url: str) -> bool:
        target = urlsplit(url)
        path = unquote(target.path).lstrip("/")
        if path in places:
            return not target.fragment or unquote(target.fragment) in places[path]
        return (site.folder / path).is_file()

    links = [
        (address, urljoin(site.url + address, str(link["href"])))
        for address, page in html.items()
        for link in page.find_all("a", href=True)
    ]
    own = [(address, url) for address, url in links if url.startswith(site.url)]
    assert len(own) > 100
    assert [link for link in own if not leads_somewhere(link[1])] == []


def test_no_two_things_on_a_page_have_one_id(html: dict[str, BeautifulSoup]) -> None:
    for address, page in html.items():
        counted = Counter(str(tag["id"]) for tag in page(id=True))
        assert (address, [name for name, count in counted.items() if count > 1]) == (address, [])


def test_every_picture_says_what_it_shows(html: dict[str, BeautifulSoup]) -> None:
    for address, page in html.items():
        for figure in page.select("figure > svg, svg[role=img]"):
            assert str(figure.get("aria-label", "")).strip(), address
        for image in page.find_all("img"):
            assert str(image.get("alt", "")).strip(), address


def test_what_can_be_opened_has_a_name(html: dict[str, BeautifulSoup]) -> None:
    for address, page in html.items():
        for dialog in page.select("[role=dialog]"):
            assert address == "404.html" or dialog.get("aria-label"), address


def test_no_page_is_too_heavy(site: Site) -> None:
    heavy = []
    for address, path in site.pages().items():
        gzipped, raw = GALLERY if GALLERIES.match(address) else CHAPTER
        data = path.read_bytes()
        size = len(gzip.compress(data, 6)), len(data)
        if size[0] > gzipped or size[1] > raw:
            heavy.append(f"{address}: {size[0]} gzipped, {size[1]} raw")
    assert heavy == []


@pytest.mark.parametrize(
    "page", pages(ROOT / "docs"), ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_every_block_is_on_its_page_with_its_output_after_it(
    page: Path, site: Site, html: dict[str, BeautifulSoup]
) -> None:
    name = page.relative_to(ROOT / "docs").with_suffix("").as_posix()
    address = "" if name == "index" else f"{name.removesuffix('/index')}/"
    shown = html[address].select("div.language-python.highlight > pre > code")
    blocks = read(page)
    assert [code.get_text() for code in shown] == [block.source for block in blocks]
    for code, block in zip(shown, blocks, strict=True):
        assert output_after(code) == (block.output and trimmed(block.output))


def output_after(code: Tag) -> str | None:
    """The text of the next `div.output > pre`, if it comes before the next block."""
    highlight = code.find_parent("div")
    assert highlight is not None
    after = highlight.find_next("div", class_=["output", "language-python"])
    if after is None or "output" not in after.get_attribute_list("class"):
        return None
    pre = after.find("pre", recursive=False)
    assert pre is not None
    return trimmed(pre.get_text())


def test_code_that_is_only_shown_is_never_taken_for_a_block(html: dict[str, BeautifulSoup]) -> None:
    for page in html.values():
        assert page.select("div.source div.language-python") == []


def test_every_edit_link_leads_to_a_file(html: dict[str, BeautifulSoup]) -> None:
    for address, page in html.items():
        links = [str(link["href"]) for link in page.select(".page-links a[rel=edit]")]
        assert len(links) == (address != "404.html"), address
        for link in links:
            path = link.removeprefix(f"{FORGE}/edit/main/")
            assert (ROOT / path).is_file(), link
        reports = page.select(f'.page-links a[href^="{FORGE}/issues/new?title="]')
        assert len(reports) == len(links)


def test_formulas_are_not_in_the_search_index(site: Site) -> None:
    index = json.loads((site.folder / "search/search_index.json").read_text(encoding="utf-8"))
    words = " ".join(unescape(entry["text"]) for entry in index["docs"])
    assert "convolve" in words
    assert re.findall(r"\\(?:sum|frac|cdot|mathrm|le|infty)\b", words) == []


def test_every_formula_is_set(html: dict[str, BeautifulSoup]) -> None:
    for address, page in html.items():
        formulas = page.select(".arithmatex")
        assert all(formula.select_one("math") for formula in formulas), address
        assert "\\(" not in page.select_one("article").get_text(), address  # type: ignore[union-attr]


def test_a_page_with_blocks_can_be_taken_along_as_a_notebook(
    site: Site, html: dict[str, BeautifulSoup]
) -> None:
    taken = 0
    for address, page in html.items():
        for link in page.select("a[download]"):
            path = site.folder / urljoin(f"/{address}", str(link["href"])).lstrip("/")
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            wheel = re.search(r"@ ([^\"]+)", cells[0]["source"])
            assert wheel is not None
            assert (site.folder / wheel[1].removeprefix(site.url)).is_file()
            taken += 1
    assert taken >= 4


def test_a_missing_page_is_answered_by_a_page_that_works_at_any_depth(site: Site) -> None:
    page = soup(site.folder / "404.html")
    assert "no such page" in page.get_text()
    sheets = [str(link["href"]) for link in page.select("link[rel=stylesheet]")]
    assert all(urlsplit(sheet).path.startswith("/") for sheet in sheets)

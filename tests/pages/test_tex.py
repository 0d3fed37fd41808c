"""Formulas: set by one process, remembered, and told by page and line when they are not TeX."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.tex import BadTeX, Katex, typeset

PAGE = Path("page.md")


@pytest.fixture
def katex(tmp_path: Path) -> Iterator[Katex]:
    with Katex(tmp_path) as katex:
        yield katex


def test_a_formula_becomes_html_with_mathml_and_its_tex_beside_it(katex: Katex) -> None:
    html = katex.html(r"\frac{1}{2}", display=False)
    assert "<mfrac>" in html
    assert 'aria-hidden="true"' in html
    assert "katex-display" not in html
    assert "katex-display" in katex.html(r"\frac{1}{2}", display=True)


@pytest.mark.parametrize("tex", [r"\frac{1", r"\nosuch", "x_", "a & b"])
def test_what_is_not_tex_is_refused_and_the_next_formula_is_set(katex: Katex, tex: str) -> None:
    with pytest.raises(BadTeX, match="KaTeX parse error"):
        katex.html(tex, display=False)
    assert katex.html("x", display=False)


def test_what_was_set_once_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Katex(tmp_path) as katex:
        first = katex.html("x^2", display=False)

    def never(self: Katex, question: str) -> dict[str, str]:
        raise AssertionError(question)

    monkeypatch.setattr(Katex, "_ask", never)
    with Katex(tmp_path) as again:
        assert again.html("x^2", display=False) == first
        with pytest.raises(AssertionError):
            again.html("x^3", display=False)


def test_a_page_is_typeset_and_a_bad_formula_is_told_by_its_line(katex: Katex) -> None:
    source = "# T\n\n$x < y$ and\n$\\bad$.\n"
    html = (
        '<p><span class="arithmatex">\\(x &lt; y\\)</span> and '
        '<span class="arithmatex">\\(\\bad\\)</span></p>'
        '<div class="arithmatex">\\[\nx\n\\]</div>'
    )
    shown, (fault,) = typeset(html, source, PAGE, katex)
    assert str(fault).startswith("page.md:4: this formula is not TeX: \\bad\nKaTeX parse error")
    assert shown.count("data-search-exclude") == 3
    assert shown.count("katex-display") == 1

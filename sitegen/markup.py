"""The HTML of code, its output and its figures: the same on chapters, labs and law cards."""

import re
from collections.abc import Sequence
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from sitegen.svg import labelled

INLINE_CODE = re.compile(r"`([^`]+)`")
INLINE_FORMULA = re.compile(r"(?<![\\$])\$([^\s$](?:[^$]*[^\s$\\])?)\$(?!\d)")


def prose(sentence: str) -> str:
    """A sentence that stands outside the Markdown: its `code` and its $formulas$ as HTML."""
    sentence = INLINE_CODE.sub(r"<code>\1</code>", escape(sentence, quote=False))
    return INLINE_FORMULA.sub(r'<span class="arithmatex">\\(\1\\)</span>', sentence)


def code(source: str, css_class: str) -> str:
    """Python in colours; only runnable blocks of a page have the class `language-python`."""
    formatter = HtmlFormatter(cssclass=f"{css_class} highlight", wrapcode=True)
    return str(highlight(source, PythonLexer(), formatter))


def plain(source: str) -> str:
    """Code without colours."""
    return f'<div class="highlight"><pre><code>{escape(source, quote=False)}</code></pre></div>'


def block(
    code: str,
    printed: str,
    drawings: Sequence[str],
    alts: Sequence[str],
    caption: str,
    prefix: str,
    folded: str = "",
    values: str = "",
) -> str:
    """Code, then what it printed, then what it drew, as one unit; the caption is the last one's.

    Code that is folded stands below what it drew, and below the table of its values if there is
    one, and opens at the words given.
    """
    output = f'<div class="output"><pre>{escape(printed)}\n</pre></div>' if printed else ""
    figures = [
        _figure(drawing, alt, caption if number == len(drawings) else "", f"{prefix}{number}-")
        for number, (drawing, alt) in enumerate(zip(drawings, alts, strict=True), start=1)
    ]
    drawn = "".join(figures)
    if not folded:
        return f'<div class="block">{code}{output}{drawn}</div>'
    words = f"<summary>{prose(folded)}</summary>"
    under = f'<details class="law-part">{words}{code}{output}</details>'
    return f'<div class="block">{drawn}{values}{under}</div>'


def _figure(drawing: str, alt: str, caption: str, prefix: str) -> str:
    said = f"<figcaption>{prose(caption)}</figcaption>" if caption else ""
    return f"<figure>{labelled(drawing, alt, prefix)}{said}</figure>"

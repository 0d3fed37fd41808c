"""What a lab's kernel does before its first cell, so that labs draw as the pages do."""

import warnings
from html import escape
from typing import Any

from IPython.core.interactiveshell import InteractiveShell


def install(shell: InteractiveShell) -> None:
    """Draw every figure of this kernel as the site's SVG; make warnings errors."""
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure
    from matplotlib_inline.backend_inline import configure_inline_support

    from cnnref.figures.palette import STYLE
    from sitegen.svg import draw

    def drawn(figure: Figure) -> str:
        return draw(figure).replace("<svg", f'<svg data-alt="{escape(str(figure.get_label()))}"', 1)

    plt.switch_backend("module://matplotlib_inline.backend_inline")
    configure_inline_support(shell, "inline")  # type: ignore[no-untyped-call]
    plt.style.use(dict(STYLE))
    formatters: dict[str, Any] = shell.display_formatter.formatters  # type: ignore[union-attr]
    for formatter in formatters.values():
        formatter.pop(Figure, None)
    formatters["image/svg+xml"].for_type(Figure, drawn)
    # Only while a cell runs: what the kernel itself is warned of, some Pythons more than others,
    # is not ours to mend.
    shell.events.register("pre_run_cell", lambda _: warnings.simplefilter("error"))
    shell.events.register("post_run_cell", lambda _: warnings.simplefilter("ignore"))

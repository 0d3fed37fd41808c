"""What was measured, as HTML: tables and pictures of the kept rows, where a page asks for them."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import targets
from benchmarks.shapes import SHAPES
from benchmarks.targets import Row, ratio
from sitegen import markup
from sitegen.blocks import Block
from sitegen.libraries import framed
from sitegen.run import alts, cached

PLACE = re.compile(r"^<!-- benchmarks: (?P<what>[\w-]+)(?: (?P<caption>.+?))? -->$", re.MULTILINE)
Kept = Mapping[str, Any]


def filled(markdown: str, data: Path) -> str:
    """The page with a table or a picture wherever it asks for one: `<!-- benchmarks: layers -->`.

    Args:
        markdown: a page.
        data: the file of what was kept.

    Raises:
        KeyError: for something that there is none of.
    """
    if not PLACE.search(markdown):
        return markdown
    kept = json.loads(data.read_text(encoding="utf-8"))

    def shown(match: re.Match[str]) -> str:
        what = match["what"]
        if what in PICTURES:
            return picture(PICTURES[what](kept), match["caption"] or "", what, data)
        if what not in TABLES:
            raise KeyError(f"there is no table of {what}")
        return TABLES[what](kept)

    return PLACE.sub(shown, markdown)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what is in it is HTML."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return framed(tuple(heads), body, "measured" if any(heads) else "")


def times(value: float) -> str:
    """A ratio, in two digits or three."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def clock(milliseconds: float) -> str:
    """A time, in three digits and whole milliseconds."""
    return f"{milliseconds:.3g}" if milliseconds < 1000 else f"{milliseconds:.0f}"


def sizes(row: Row) -> str:
    """A layer's name above its sizes and what `auto` took."""
    shape = SHAPES[row["shape"]]
    x, w = ("×".join(map(str, sides)) for sides in (shape.x, shape.w))
    return f"{shape.name}<br><small>{x}, {w}: {row['picked']}</small>"


def machine(kept: Kept) -> str:
    """What it was measured on."""
    ran, names = kept["ran_on"], {"numpy": "NumPy", "torch": "PyTorch", "scipy": "SciPy",
                                  "onnxruntime": "ONNX Runtime"}  # fmt: skip
    versions = [f"{said} {ran[name]}" for name, said in names.items() if ran.get(name)]
    peaks = [f"{dtype} {value:g}" for dtype, value in kept["peak"].items()]
    unset = ran["unset"]
    rows = [
        ("date", kept["date"]),
        ("processor", f"{ran['cpu']}; {ran['cores']} cores, load {ran['load']} at the start"),
        ("versions", ", ".join([f"Python {ran['python']}", *versions])),
        ("matrix product", f"OpenBLAS for {ran['blas']}; pinned: {listed(ran['pinned'])}; "
         f"unset before: {listed(unset)}"),
        ("its peak, Gflop/s", ", ".join(peaks)),
        ("rounds", str(ran["rounds"])),
    ]  # fmt: skip
    return table(("", ""), rows)


def listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def layers(kept: Kept, dtype: str, held_out: bool | None) -> str:
    """Layer after layer: `auto` and the best named algorithm beside the others."""
    heads = ("layer", "ratio", "of medians", "best by name", "of peak", "PyTorch of peak",
             "to best allowed", "ms", "PyTorch, ms", "to ONNX Runtime", "to naive, SciPy",
             "spread")  # fmt: skip
    rows = []
    for row in targets.layers(kept["rows"], dtype, held_out):
        auto, best = row["ways"]["auto"], targets.named(row)
        peer = targets.least(row, targets.torch(row))
        work = 1000 * row["gigaflop"] / kept["peak"][dtype]
        others = [against(row, name) for name in ("naive", "scipy") if name in row["ways"]]
        rows.append((
            sizes(row), f"<strong>{times(ratio(row))}</strong>",
            times(ratio(row, figure="median")), f"{best} {times(ratio(row, best))}",
            percent(work / auto["min"]), percent(work / peer), times(targets.regret(row)),
            clock(auto["min"]), clock(peer), against(row, "onnxruntime"),
            ", ".join(others) or "–", percent(auto["spread"] / auto["median"]),
        ))  # fmt: skip
    return table(heads, rows)


def against(row: Row, other: str) -> str:
    """Time of `auto` over that of another way."""
    if other not in row["ways"]:
        return "–"
    return times(row["ways"]["auto"]["min"] / row["ways"][other]["min"])


def operations(kept: Kept) -> str:
    """What is no layer of `conv`, in both dtypes."""
    found: dict[str, dict[str, Row]] = {}
    for row in kept["rows"]:
        if row["part"] == "operations":
            found.setdefault(row["name"], {})[row["dtype"]] = row
    rows = []
    for name, both in found.items():
        cells = [name]
        for row in (both[dtype] for dtype in ("float32", "float64")):
            own = row["ways"]["cnnref"]["min"]
            peer = targets.least(row, targets.torch(row))
            cells += [f"<strong>{times(ratio(row))}</strong>",
                      times(ratio(row, figure="median")), clock(own), clock(peer)]  # fmt: skip
        rows.append(cells)
    each = ("of medians", "ms", "PyTorch, ms")
    return table(("operation", "float32: ratio", *each, "float64: ratio", *each), rows)


def threads(kept: Kept) -> str:
    """Layers on two threads, by the clock."""
    alone = {row["shape"]: row for row in targets.layers(kept["rows"])}
    rows = []
    for row in kept["rows"]:
        if row["part"] == "threads":
            auto = row["ways"]["auto"]
            peer = targets.least(row, targets.torch(row))
            one = alone[row["shape"]]
            rows.append((row["shape"], f"<strong>{times(ratio(row))}</strong>",
                         times(ratio(row, figure="median")), clock(auto["min"]), clock(peer),
                         times(auto["min"] / one["ways"]["auto"]["min"]),
                         times(peer / targets.least(one, targets.torch(one)))))  # fmt: skip
    heads = ("layer", "ratio", "of medians", "ms", "PyTorch, ms", "two threads to one",
             "the same, PyTorch")  # fmt: skip
    return table(heads, rows)


def asked(kept: Kept) -> str:
    """Each target, what came, and by how much it was met or missed."""
    rows = []
    for target in targets.TARGETS:
        came = target.value(kept["rows"])
        rows.append((target.said, f"{target.most:g}", times(came), judged(came / target.most)))
    return table(("target", "at most", "came", "outcome"), rows)


def percent(part: float) -> str:
    """A small part with two digits, a larger one without decimals."""
    return f"{100 * part:.2g} %" if part < 0.1 else f"{100 * part:.0f} %"


def judged(part: float) -> str:
    """Whether a target was met, and if not, by how much it was missed."""
    if part <= 1:
        return "met"
    by = f"{part:.1f} times as much" if part > 2 else f"by {percent(part - 1)}"
    return f"<em>missed: {by}</em>"


def summary(kept: Kept) -> str:
    """In a sentence: how many layers are faster, and the means."""
    parts = []
    for dtype in ("float32", "float64"):
        ratios = [ratio(row) for row in targets.layers(kept["rows"], dtype)]
        faster = sum(value < 1 for value in ratios)
        average = times(targets.mean(ratios))
        parts.append(f"In {dtype} it is faster on {faster} of {len(ratios)} layers; the geometric "
                     f"mean of the ratios is {average}.")  # fmt: skip
    came = [target.value(kept["rows"]) <= target.most for target in targets.TARGETS]
    parts.append(f"Targets met: {sum(came)} of {len(came)}.")
    return f"<p>{' '.join(parts)}</p>"


def losses(kept: Kept) -> str:
    """All that is slower than PyTorch in float32, the worst first."""
    said = {"layers": "Layers", "operations": "Other operations"}
    found = ""
    for part, name in said.items():
        slower = {
            row.get("shape") or row["name"]: ratio(row)
            for row in kept["rows"]
            if row["part"] == part and row["dtype"] == "float32" and ratio(row) > 1
        }
        worst = sorted(slower, key=lambda each: -slower[each])
        told = "; ".join(f"{each} ({times(slower[each])})" for each in worst)
        found += f"<p>{name} that are slower than in PyTorch: {told or 'none'}.</p>"
    return found


def site(kept: Kept) -> str:
    """How long this site takes to build and to test, and its heaviest pages."""
    found = kept["site"]
    if not found:
        return "<p>Not measured yet.</p>"
    heavy = sorted(found["pages"].items(), key=lambda page: -page[1][0])[:8]
    total = sum(raw for _, raw in found["pages"].values())
    ran = f"{found['passed']} passed, {found['failed']} failed"
    rows = [
        ("build, nothing kept", f"{found['cold']:.0f} s"),
        ("build, one page changed", f"{found['one_page']:.0f} s"),
        ("test suite", f"{found['tests']:.0f} s, {ran}"),
        (f"all {len(found['pages'])} pages", f"{total / 1e6:.1f} MB of HTML"),
        *((f"<code>{address or '/'}</code>", f"{gz / 1e3:.0f} kB gzipped, {raw / 1e3:.0f} kB")
          for address, (gz, raw) in heavy),
    ]  # fmt: skip
    said = f"<p>On {found['date']}, {found['cores']} cores, load {found['load']} in the end.</p>"
    return said + table(("", ""), rows)


def dots(held_out: bool, dtype: str = "float32") -> Callable[[Kept], str]:
    """The block that draws the ratios of some layers."""

    def drawn(kept: Kept) -> str:
        rows = list(targets.layers(kept["rows"], dtype, held_out))
        names = [row["shape"] for row in rows]
        auto = [short(ratio(row)) for row in rows]
        best = [short(ratio(row, targets.named(row))) for row in rows]
        call = f"ratios({names!r}, {auto!r}, {best!r})"
        return f"from cnnref.figures.benchmarks import ratios\n\n{call}\n"

    return drawn


def growth(grows: str) -> Callable[[Kept], str]:
    """The block that draws how time and memory grow."""

    def drawn(kept: Kept) -> str:
        rows = [row for row in kept["rows"] if row.get("grows") == grows]
        sides = [row["size"] for row in rows]
        took = {
            "cnnref": [row["ways"]["auto"]["min"] for row in rows],
            "PyTorch": [targets.least(row, targets.torch(row)) for row in rows],
            "naive": [row["ways"]["naive"]["min"] for row in rows],
        }
        memory = {
            said: [max(1, row["ways"][way]["memory"] // 1000) / 1000 for row in rows]
            for said, way in (("cnnref", "auto"), ("im2col", "im2col"), ("naive", "naive"))
        }
        call = f"growth({grows!r}, {sides!r}, {took!r}, {memory!r})"
        return f"from cnnref.figures.benchmarks import growth\n\n{call}\n"

    return drawn


def short(value: float) -> float:
    return float(f"{value:.2g}")


def picture(source: str, caption: str, what: str, data: Path) -> str:
    """What a block draws, as a figure."""
    result = cached(Block(data, 0, 0, source))
    drawings = [figure.svg for figure in result.figures]
    return markup.block("", "", drawings, alts(result.figures, ""), caption, f"{what}-")


TABLES: Mapping[str, Callable[[Kept], str]] = {
    "machine": machine,
    "summary": summary,
    "targets": asked,
    "losses": losses,
    "layers": lambda kept: layers(kept, "float32", False),
    "held-out": lambda kept: layers(kept, "float32", True),
    "float64": lambda kept: layers(kept, "float64", None),
    "operations": operations,
    "threads": threads,
    "site": site,
}
PICTURES: Mapping[str, Callable[[Kept], str]] = {
    "ratios": dots(held_out=False),
    "ratios-held-out": dots(held_out=True),
    "image-side": growth("image side"),
    "channels": growth("channels"),
    "kernel-side": growth("kernel side"),
    "batch": growth("batch"),
}

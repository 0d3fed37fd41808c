"""How libraries differ: the laws run on every adapter, and the same small calls put to all.

docs/libraries.md shows what is kept in docs/data/libraries.json; tests/pages/test_libraries.py
holds the two together, and asks SciPy again. `make compare` runs it, in an environment that has
all the libraries. A broken law that no adapter lists as a convention stops it: nothing is written.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from cnnref.laws.catalogue import law_of
from cnnref.laws.check.target import Target, subject

FILE = Path(__file__).resolve().parents[1] / "docs" / "data" / "libraries.json"

EXAMPLES = {
    "scipy": 100,
    "scipy:images": 100,
    "scipy:filters": 100,
    "torch": 100,
    "onnxruntime": 100,
    "jax": 20,  # compiles anew for every shape
}
"""What is checked, and on how many cases of each law."""

NAMES = {
    "cnnref": "cnnref",
    "scipy": "SciPy signal",
    "scipy:images": "SciPy 2-D",
    "scipy:filters": "SciPy ndimage",
    "torch": "PyTorch",
    "onnxruntime": "ONNX Runtime",
    "jax": "JAX",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One call that is put to every library, and the law that answers it.

    Attributes:
        fact: what it is about, as the page names it.
        law: the id of the law.
        operation: the operation that is called.
        arrays: what it gets, as nested lists; images, in layers with batch and channel in front.
        dtypes: the type of each array.
        options: the other arguments.
    """

    fact: str
    law: str
    operation: str
    arrays: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ("float32", "float32")

    def put(self, cnn: Any) -> Any:
        """What an implementation answers: dtype and entries, or why there are none."""
        operation = getattr(cnn, self.operation, None)
        if operation is None:
            return "not offered"
        layered = self.operation not in ("convolve", "correlate")
        arrays = [
            np.array(array, dtype)[(None, None) if layered else ()]
            for array, dtype in zip(self.arrays, self.dtypes, strict=False)
        ]
        others = [tuple(value) for value in self.options.get("sizes", [])]
        named = {name: value for name, value in self.options.items() if name != "sizes"}
        try:
            y = operation(*arrays, *others, **named)
        except (NotImplementedError, TypeError) as error:
            offered = isinstance(error, TypeError) and "argument" not in str(error)
            return f"refused: {type(error).__name__}" if offered else "not offered"
        except Exception as error:  # each library has exceptions of its own
            return f"refused: {type(error).__name__}"
        return {"dtype": y.dtype.name, "values": [float(value) for value in np.ravel(y)]}


def row(*entries: float) -> list[list[float]]:
    """An image of one row."""
    return [list(entries)]


DOT, KERNEL = row(0, 0, 1, 0, 0), row(1, 2, 3)
FALLING = row(-1, -2, -3, -4)
QUESTIONS = (
    Question("flip", "conv.sums-correlations", "conv", (DOT, KERNEL)),
    Question("flip", "convolution.is-a-sum", "convolve", (DOT, KERNEL), {"mode": "same"}),
    Question("flip", "correlation.is-its-definition", "correlate", (DOT, KERNEL),
             {"mode": "same"}),
    Question("even", "padding.same-spares-after", "conv", (row(1, 2, 3, 4), row(1, 1)),
             {"padding": "same"}),
    Question("even", "padding.same-lower-spares-before", "conv", (row(1, 2, 3, 4), row(1, 1)),
             {"padding": "same_lower"}),
    Question("even", "convolution.same-is-in-the-middle", "convolve",
             (row(1, 2, 3, 4), row(1, 1)), {"mode": "same"}),
    Question("even", "padding.correlation-spares-before", "correlate",
             (row(1, 2, 3, 4), row(1, 1)), {"mode": "same"}),
    Question("places", "padding.places-are-counted", "conv", (row(1, 2, 3, 4, 5, 6), row(1, 1, 1)),
             {"stride": (1, 2)}),
    Question("places", "pooling.places-are-counted", "max_pool", (row(1, 2, 3, 4, 5, 6),),
             {"sizes": [(1, 3)], "stride": (1, 2)}),
    Question("places", "pooling.ceil-mode-keeps-the-rest", "max_pool", (row(1, 2, 3, 4, 5, 6),),
             {"sizes": [(1, 3)], "stride": (1, 2), "ceil_mode": True}),
    Question("places", "padding.refuses-misfits", "conv", (row(1, 2), row(1, 1, 1))),
    Question("places", "transpose.takes-the-smallest-size", "conv_transpose",
             (row(1, 2), row(5)), {"stride": (1, 2)}),
    Question("dilation", "conv.dilation-spreads-the-kernel", "conv",
             (row(1, 2, 3, 4, 5), row(1, 10)), {"dilation": (1, 2)}),
    Question("max", "pooling.max.pads-with-minus-infinity", "max_pool", (FALLING,),
             {"sizes": [(1, 2)], "padding": (0, 1)}),
    Question("max", "pooling.max.nan-wins", "max_pool", (row(1, float("nan"), 2, 3),),
             {"sizes": [(1, 2)]}),
    Question("average", "pooling.avg.divides-by-what-counts", "avg_pool", (row(2, 4, 6, 8),),
             {"sizes": [(1, 2)], "padding": (0, 1)}),
    Question("average", "pooling.avg.divides-by-what-counts", "avg_pool", (row(2, 4, 6, 8),),
             {"sizes": [(1, 2)], "padding": (0, 1), "count_include_pad": True}),
    Question("average", "pooling.avg.divides-by-what-counts", "avg_pool", (row(2, 4, 6),),
             {"sizes": [(1, 2)], "ceil_mode": True, "count_include_pad": True}),
    Question("empty", "pooling.max.takes-the-largest", "max_pool", (row(7),),
             {"sizes": [(1, 2)], "padding": (0, 2), "stride": 1}),
    Question("empty", "pooling.max.takes-the-largest", "max_pool", (row(7),),
             {"sizes": [(1, 2)], "padding": (0, 1), "dilation": (1, 2), "stride": 1}),
    Question("wrap", "tensors.integers-never-wrap", "conv", (row(200), row(200)), {},
             ("uint8", "uint8")),
    Question("wrap", "tensors.integers-never-wrap", "convolve", (row(200), row(200)),
             {"mode": "same"}, ("uint8", "uint8")),
    Question("dtype", "tensors.results-keep-precision", "conv", (row(1), row(2)), {},
             ("int64", "int64")),
    Question("dtype", "tensors.results-keep-precision", "max_pool", (row(1),),
             {"sizes": [(1, 1)]}, ("int64",)),
    Question("dtype", "tensors.results-keep-precision", "conv", (row(1), row(2)), {},
             ("float64", "float32")),
    Question("dtype", "tensors.results-keep-precision", "convolve", (row(1), row(2)),
             {"mode": "same"}, ("float16", "float16")),
)  # fmt: skip


def defaults() -> dict[str, str]:
    """What the libraries do if nothing is said, where adapters always say it."""
    import jax
    import torch
    from onnx import defs

    schema = defs.get_schema("AveragePool")
    counts = bool(schema.attributes["count_include_pad"].default_value.i)
    return {
        "torch": f"count_include_pad={torch.nn.AvgPool2d(2).count_include_pad}",
        "onnxruntime": f"count_include_pad={counts}",
        "jax": f"jax_enable_x64={jax.config.read('jax_enable_x64')}",
    }


def checked(what: str) -> dict[str, Any]:
    """The report of a check, run as a user would; ends the program if a law is broken."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        examples = ["--examples", str(EXAMPLES[what])]
        command = [sys.executable, "-m", "cnnref", "check", what, *examples, "--json", str(path)]
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode:
            sys.exit(f"{ran.stdout}\n{ran.stderr}\n{what}: nothing is written")
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def conventions(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The laws that a library breaks by convention, each with its sentence and smallest case."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for law in report["laws"]:
        if law["status"] != "convention":
            continue
        known = found.setdefault(
            (law["id"], law["note"]),
            {
                "law": law["id"],
                "claim": law["claim"],
                "operations": [],
                "sentence": law["note"],
                **{part: law["failure"][part] for part in ("reason", "case", "came", "promised")},
            },
        )
        known["operations"] += [law["operation"]] if law["operation"] else []
    return list(found.values())


def facts(reports: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """How the laws behind the questions came out, library by library."""
    found = []
    for law in dict.fromkeys(question.law for question in QUESTIONS):
        status = {}
        for what, report in reports.items():
            came = [row["status"] for row in report["laws"] if row["id"] == law]
            offered = [one for one in came if one != "not offered"]
            broken = "convention" in offered
            status[what] = "convention" if broken else offered[0] if offered else "not offered"
        found.append({"law": law, "status": status})
    return found


def answers(whom: Sequence[str]) -> list[dict[str, Any]]:
    """The questions, each with what came."""
    import cnnref

    asked = {what: subject([Target.read(what)]) for what in whom}
    parties = {"cnnref": cnnref, **asked}
    return [
        {
            "fact": question.fact,
            "law": question.law,
            "claim": law_of(question.law).claim,
            "operation": question.operation,
            "arrays": [repr(array[0]).replace("nan", "NaN") for array in question.arrays],
            "dtypes": list(question.dtypes[: len(question.arrays)]),
            "options": {name: repr(value) for name, value in question.options.items()},
            "came": {what: plain(question.put(cnn)) for what, cnn in parties.items()},
        }
        for question in QUESTIONS
    ]


def plain(answer: Any) -> Any:
    """An answer as JSON can have it: infinities and NaN in words."""
    if isinstance(answer, str):
        return answer
    return answer | {
        "values": [value if np.isfinite(value) else str(value) for value in answer["values"]]
    }


def kept() -> dict[str, Any]:
    """All that the file holds."""
    unset = defaults()  # before the adapters are imported: one sets such a default
    reports = {what: checked(what) for what in EXAMPLES}
    return {
        "subjects": [
            {
                "subject": what,
                "name": NAMES[what],
                "examples": EXAMPLES[what],
                "versions": {
                    name: number.partition("+")[0] for name, number in report["versions"].items()
                },
                "counts": report["counts"],
                "default": unset.get(what, ""),
            }
            for what, report in reports.items()
        ],
        "questions": answers(list(EXAMPLES)),
        "facts": facts(reports),
        "conventions": [
            {"subject": what, **each}
            for what, report in reports.items()
            for each in conventions(report)
        ],
    }


def written(kept: dict[str, Any]) -> str:
    """The file: JSON, with a line for each entry."""
    parts = [
        f'"{name}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in table) + "\n]"
        for name, table in kept.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(kept()), encoding="utf-8")

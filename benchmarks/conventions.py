"""What other libraries take a convolution to be: small inputs, what came out, kept in a file.

The table on docs/layers.md shows the answers; tests/pages/test_conventions.py compares it with the
file, and asks NumPy and SciPy again. The other libraries are large, and neither the site nor the
tests need them. To ask them all, in an environment of its own:

    pip install numpy scipy torch==2.13.0 onnx onnxruntime jax keras && pip install -e .
    python -m benchmarks.conventions
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

FILE = Path(__file__).resolve().parents[1] / "docs" / "data" / "conventions.json"
Array: TypeAlias = Any
Outcome: TypeAlias = list[float] | str


class NotOffered(Exception):
    """A function has no such option."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a library: how to call it on one signal, and who says which version ran."""

    library: str
    name: str
    package: str
    call: Callable[[Array, Array, str, int], Array]
    channels: str = "none"


def plain(function: Callable[..., Array]) -> Callable[[Array, Array, str, int], Array]:
    """NumPy's and SciPy's way: a mode, and no stride."""

    def call(x: Array, w: Array, padding: str, stride: int) -> Array:
        if padding == "same_lower" or stride > 1:
            raise NotOffered
        return function(x, w, padding)

    return call


def ours(x: Array, w: Array, padding: str, stride: int) -> Array:
    from cnnref import conv

    return conv([[x]], [[w]], padding=padding, stride=stride)[0, 0]


def on_images(x: Array, w: Array, mode: str) -> Array:
    from scipy import signal

    return signal.correlate2d([x], [w], mode)[0]


def filtered(name: str) -> Callable[[Array, Array, str, int], Array]:
    """SciPy's filters, whose output is always as large as the input."""

    def call(x: Array, w: Array, padding: str, stride: int) -> Array:
        from scipy import ndimage

        if padding != "same" or stride > 1:
            raise NotOffered
        return getattr(ndimage, name)(x, w, mode="constant")

    return call


def pytorch(x: Array, w: Array, padding: str, stride: int) -> Array:
    import torch

    if padding == "same_lower":
        raise NotOffered
    signal, kernel = torch.tensor(x)[None, None], torch.tensor(w)[None, None]
    return torch.nn.functional.conv1d(signal, kernel, stride=stride, padding=padding)[0, 0]


def onnx_runtime(x: Array, w: Array, padding: str, stride: int) -> Array:
    import onnxruntime
    from onnx import TensorProto, checker, helper

    word = {"valid": "VALID", "same": "SAME_UPPER", "same_lower": "SAME_LOWER"}[padding]
    node = helper.make_node("Conv", ["x", "w"], ["y"], auto_pad=word, strides=[stride])
    tensors = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, size])
        for name, size in (("x", len(x)), ("w", len(w)), ("y", None))
    ]
    graph = helper.make_graph([node], "conv", tensors[:2], tensors[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # a refusal is an answer here, not a fault
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return session.run(None, {"x": x[None, None], "w": w[None, None]})[0][0, 0]


def jax(x: Array, w: Array, padding: str, stride: int) -> Array:
    from jax import lax

    word = padding.upper()
    return lax.conv_general_dilated(x[None, None], w[None, None], (stride,), word)[0, 0]


def keras(x: Array, w: Array, padding: str, stride: int) -> Array:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    if padding == "same_lower":
        raise NotOffered
    layer = keras.layers.Conv1D(1, len(w), strides=stride, padding=padding, use_bias=False)
    layer.build((1, len(x), 1))
    layer.set_weights([w[:, None, None]])
    return layer(x[None, :, None])[0, :, 0]


def functions() -> tuple[Function, ...]:
    """All that are asked, in the order of the table."""
    from scipy import signal

    return (
        Function("cnnref", "conv", "", ours, "second"),
        Function("NumPy", "convolve", "numpy", plain(np.convolve)),
        Function("NumPy", "correlate", "numpy", plain(np.correlate)),
        Function("SciPy", "signal.convolve", "scipy", plain(signal.convolve)),
        Function("SciPy", "signal.correlate", "scipy", plain(signal.correlate)),
        Function("SciPy", "signal.correlate2d", "scipy", plain(on_images)),
        Function("SciPy", "ndimage.convolve1d", "scipy", filtered("convolve1d")),
        Function("SciPy", "ndimage.correlate1d", "scipy", filtered("correlate1d")),
        Function("PyTorch", "conv1d", "torch", pytorch, "second"),
        Function("ONNX Runtime", "Conv", "onnxruntime", onnx_runtime, "second"),
        Function("JAX", "conv_general_dilated", "jax", jax, "second"),
        Function("Keras", "Conv1D", "keras", keras, "last"),
    )


QUESTIONS: dict[str, tuple[Sequence[int], Sequence[int], str, int]] = {
    "a dot": ((0, 0, 1, 0, 0), (1, 2, 3), "same", 1),
    "an even kernel": ((1, 2, 3, 4), (1, 1), "same", 1),
    "an even kernel, spare zero before": ((1, 2, 3, 4), (1, 1), "same_lower", 1),
    "stride 2, valid": ((1, 1, 1, 1, 1, 1), (1, 1, 1), "valid", 2),
    "stride 2, same": ((1, 1, 1, 1, 1, 1), (1, 1, 1), "same", 2),
    "a kernel that is too long": ((1, 2), (1, 1, 1), "valid", 1),
}


def came(function: Function) -> dict[str, Outcome]:
    """What a function gives for each question: numbers, a refusal, or nothing to ask."""
    return {what: outcome(function, *question) for what, question in QUESTIONS.items()}


def outcome(
    function: Function, x: Sequence[int], w: Sequence[int], padding: str, stride: int
) -> Outcome:
    try:
        y = function.call(np.array(x, np.float32), np.array(w, np.float32), padding, stride)
        return [float(value) for value in np.ravel(y)]
    except NotOffered:
        return "not offered"
    except Exception as error:  # each library has exceptions of its own
        return f"refused: {type(error).__name__}"


def answers(results: dict[str, Outcome]) -> dict[str, str]:
    """What the results say about the conventions, in the words of the table."""
    flips: dict[tuple[Any, ...], str] = {(0, 1, 2, 3, 0): "flipped", (0, 3, 2, 1, 0): "as it is"}
    spare: dict[tuple[Any, ...], str] = {(1, 3, 5, 7): "before", (3, 5, 7, 4): "after"}
    dot, even, lower, valid, same, long = results.values()
    sides = {spare[tuple(each)] for each in (even, lower) if not isinstance(each, str)}
    return {
        "kernel": flips[tuple(dot)],
        "spare zero": "either" if len(sides) > 1 else sides.pop(),
        "places": "–" if valid == "not offered" else f"{places(valid)}, {places(same)}",
        "too long": {"0": "empty", "2": "swapped"}.get(places(long), places(long)),
    }


def places(result: Outcome) -> str:
    """How many numbers came, or why none did."""
    if isinstance(result, str):
        return "–" if result == "not offered" else result.partition(":")[0]
    return str(len(result))


def rows(asked: Sequence[Function]) -> list[dict[str, Any]]:
    """What is kept of each function: the answers, what they rest on, and the version."""
    found = []
    for function in asked:
        results = came(function)
        row = {"library": function.library, "function": function.name}
        row |= {"channels": function.channels, **answers(results)}
        ran = {"version": version(function.package).partition("+")[0]} if function.package else {}
        found.append({**row, **ran, "came": results})
    return found


def written(kept: Mapping[str, Sequence[Any]]) -> str:
    """The file: JSON, with a line for each question and each function."""
    parts = [
        f'"{name}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in table) + "\n]"
        for name, table in kept.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    questions = [{"question": what, "asked": asked} for what, asked in QUESTIONS.items()]
    FILE.parent.mkdir(exist_ok=True)
    kept = {"questions": questions, "functions": rows(functions())}
    FILE.write_text(written(kept), encoding="utf-8")

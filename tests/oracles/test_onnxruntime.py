"""ONNX Runtime's layers on random cases, when it is installed: its words for padding, too."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnnref
from tests.oracles.drawn import Layered, Pooled, layers, pools, quickly

onnx = pytest.importorskip("onnx", reason="ONNX is not installed: not asked")
runtime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed: not asked")

WORDS = {"valid": "VALID", "same": "SAME_UPPER", "same_lower": "SAME_LOWER"}


def answer(operation: str, inputs: dict[str, np.ndarray], **attributes: Any) -> np.ndarray:
    """What ONNX Runtime makes of one operation; integers this small are exact in float32."""
    helper, single = onnx.helper, onnx.TensorProto.FLOAT
    given = [helper.make_tensor_value_info(k, single, v.shape) for k, v in inputs.items()]
    taken = [helper.make_tensor_value_info("y", single, None)]
    node = helper.make_node(operation, list(inputs), ["y"], **attributes)
    graph = helper.make_graph([node], operation, given, taken)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    session = runtime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (y,) = session.run(None, {name: value.astype(np.float32) for name, value in inputs.items()})
    return np.asarray(y)


def ends(padding: tuple[tuple[int, int], ...]) -> list[int]:
    """All the places before, then all the places after."""
    return [before for before, _ in padding] + [after for _, after in padding]


@quickly
@given(layers())
def test_layers_are_those_of_onnx_runtime(case: Layered) -> None:
    theirs = answer(
        "Conv",
        {"x": case.x, "w": case.w, "b": case.b},
        strides=case.stride,
        pads=ends(case.padding),
        dilations=case.dilation,
        group=case.groups,
    )
    ours = cnnref.conv(
        case.x,
        case.w,
        case.b,
        stride=case.stride,
        padding=case.padding,
        dilation=case.dilation,
        groups=case.groups,
    )
    np.testing.assert_array_equal(ours, theirs)


@quickly
@given(layers(), st.sampled_from(["same", "same_lower"]))
def test_the_words_for_same_mean_what_they_mean_in_onnx(case: Layered, word: str) -> None:
    theirs = answer(
        "Conv",
        {"x": case.x, "w": case.w},
        strides=case.stride,
        auto_pad=WORDS[word],
        group=case.groups,
    )
    ours = cnnref.conv(case.x, case.w, stride=case.stride, padding=word, groups=case.groups)
    np.testing.assert_array_equal(ours, theirs)


@quickly
@given(pools())
def test_max_pooling_is_that_of_onnx_runtime(case: Pooled) -> None:
    theirs = answer(
        "MaxPool",
        {"x": case.x},
        kernel_shape=case.kernel,
        strides=case.stride,
        pads=ends(tuple((p, p) for p in case.padding)),
        ceil_mode=int(case.ceil),
    )
    ours = cnnref.max_pool(
        case.x, case.kernel, stride=case.stride, padding=case.padding, ceil_mode=case.ceil
    )
    np.testing.assert_array_equal(ours, theirs)


@quickly
@given(layers())
def test_the_transpose_is_that_of_onnx_runtime(case: Layered) -> None:
    options: dict[str, Any] = {
        "stride": case.stride,
        "padding": case.padding,
        "dilation": case.dilation,
        "groups": case.groups,
    }
    y = cnnref.conv(case.x, case.w, **options)
    geometry = zip(
        y.shape[2:], case.w.shape[2:], case.stride, case.dilation, case.padding, strict=True
    )
    # ONNX Runtime has no input of one place where padding alone would have been enough
    assume(all((m - 1) * s + d * (k - 1) + 1 - sum(p) >= 1 for m, k, s, d, p in geometry))
    theirs = answer(
        "ConvTranspose",
        {"y_in": y, "w": case.w},
        strides=case.stride,
        pads=ends(case.padding),
        dilations=case.dilation,
        group=case.groups,
    )
    np.testing.assert_array_equal(cnnref.conv_transpose(y, case.w, **options), theirs)

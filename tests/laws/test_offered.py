"""Laws are run on what an implementation offers, and listed as not offered otherwise."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnref import literal
from cnnref.laws import LAWS, REFUTED, Law, Refuted
from cnnref.laws.offered import RANKS, NotOffered, Offer, offer_of, options
from cnnref.laws.runner import breaches, operations, sample, scoped

Array = np.ndarray[Any, Any]


def correlate_2d(image: Array, kernel: Array) -> Array:
    """A first attempt: images only, no mode."""
    height, width = image.shape
    rows, columns = kernel.shape
    out = np.zeros((height - rows + 1, width - columns + 1), np.result_type(image, kernel))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (image[i : i + rows, j : j + columns] * kernel.conj()).sum()
    return out


def test_names_options_and_ranks_are_found_out() -> None:
    offer = offer_of(SimpleNamespace(correlate=correlate_2d, conv=literal.conv))
    assert offer.ranks == {"correlate": (2,), "conv": RANKS}
    assert offer.missing == {"correlate.mode"}


def test_everything_of_literal_is_offered() -> None:
    assert offer_of(literal) == Offer(dict.fromkeys(literal.__all__, RANKS), frozenset())


def test_an_operation_that_takes_anything_or_does_not_say_is_taken_at_its_word() -> None:
    def anything(*arguments: Any, **given: Any) -> Any:
        return literal.conv(*arguments, **given)

    class Silent:
        __signature__ = "none"

        def __call__(self, x: Any, w: Any) -> Any:
            return literal.convolve(x, w)

    offer = offer_of(SimpleNamespace(conv=anything, convolve=Silent()))
    assert offer.missing == frozenset()


def test_an_operation_that_answers_no_small_call_is_wrong_and_not_missing() -> None:
    def crashing(x: Any) -> Any:
        raise RuntimeError

    def listing(x: Any) -> Any:
        return list(x)

    for wrong in (crashing, listing):
        assert offer_of(SimpleNamespace(relu=wrong)).ranks == {"relu": RANKS}


def needed(cnn: Any) -> dict[str, str]:
    """For each law what it lacks; nothing for those that can be run."""
    offer, lacks = offer_of(cnn), {}
    for law in LAWS:
        try:
            scoped(law, offer)
        except NotOffered as missing:
            lacks[law.id] = str(missing)
    return lacks


def test_a_correlation_of_images_is_checked_without_a_wrapper() -> None:
    student = SimpleNamespace(correlate=correlate_2d)
    said = needed(student)
    for law in LAWS:
        if law.id in ("correlation.is-its-definition", "correlation.turns", "tensors.inputs-stay"):
            assert law.check(student, 25).cases == 25
    assert said["correlation.swaps"] == "correlate.mode"
    assert said["correlation.cascades"] == "convolve"
    assert said["padding.correlation-spares-before"] == "conv, correlate.mode"
    assert said["conv.is-a-sum"] == "conv"


def test_a_layer_without_options_is_checked_without_them() -> None:
    def conv(x: Any, w: Any) -> Any:
        return literal.conv(x, w)

    said = needed(SimpleNamespace(conv=conv))
    assert not {"conv.is-its-definition", "conv.is-a-sum"} & set(said)
    assert said["conv.stride-keeps-every-sth"] == "conv.stride"
    assert said["conv.bias-per-place"] == "conv.b"
    assert said["padding.same-spares-after"] == "conv.padding"
    assert said["conv.groups-are-layers"] == "conv.groups"


ALL = sorted(f"{name}.{option}" for name in literal.__all__ for option in options(name))


def test_every_law_does_without_any_options_or_is_not_offered() -> None:
    assert_laws_do_without(ALL)


@pytest.mark.slow
@pytest.mark.parametrize("option", ALL)
def test_every_law_does_without_an_option_or_is_not_offered(option: str) -> None:
    assert_laws_do_without([option])


def assert_laws_do_without(missing: list[str]) -> None:
    offer = Offer(dict.fromkeys(literal.__all__, RANKS), frozenset(missing))
    concerned = {option.partition(".")[0] for option in missing}
    statements: list[Law | Refuted] = [*LAWS, *REFUTED]
    for statement in statements:
        if not concerned & operations(statement):
            continue
        try:
            scope = scoped(statement, offer)
        except NotOffered:
            continue
        found = breaches(statement, literal, sample(statement, scope, 4))
        crashed = [str(breach) for breach in found if breach.crashed]
        assert crashed == []
        assert isinstance(statement, Refuted) or not found


@pytest.mark.parametrize("rank", RANKS)
def test_cases_keep_to_the_ranks_that_are_offered(rank: int) -> None:
    offer = Offer(dict.fromkeys(literal.__all__, (rank,)), frozenset())
    wrong = []
    for law in LAWS:
        try:
            cases = sample(law, scoped(law, offer), 4)
        except NotOffered:
            continue
        wrong += [law.id for case in cases if breaches(law, OfRank(rank), [case])]
    assert wrong == []


class OfRank:
    """Literal, for one number of spatial axes."""

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def __getattr__(self, name: str) -> Any:
        def operation(x: Any, *arguments: Any, **given: Any) -> Any:
            axes = len(x) if name == "avg_pool_grad" else np.ndim(x)
            assert name in WITHOUT_SPACE or axes == self.rank + 2 * (name not in WITHOUT_CHANNELS)
            return getattr(literal, name)(x, *arguments, **given)

        return operation


WITHOUT_CHANNELS = ("convolve", "correlate", "flip", "pad")
WITHOUT_SPACE = ("relu", "relu_grad", "col2im", "softmax_cross_entropy")  # or with any

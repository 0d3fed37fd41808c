"""The smallest call that shows a mistake, as plain data: what a picture of it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pickle import dumps
from typing import Any, TypeAlias

import numpy as np

from cnnref import literal
from cnnref.laws.cases import fresh
from cnnref.laws.catalogue import LAWS, MISTAKES
from cnnref.laws.check.outcomes import ASPECTS, Aspect, Outcome, equal, observed
from cnnref.laws.counterexamples import step
from cnnref.laws.engine import Law
from cnnref.laws.mistakes import Mistake
from cnnref.laws.numbers import Array, Numbers, repeatable
from cnnref.laws.offered import RANKS, Call, NotOffered, Scope
from cnnref.laws.runner import Breach, Verdict, calls_of, simplest
from cnnref.laws.sides import compare, listed

Parts: TypeAlias = tuple[tuple[str, Array], ...]
"""The arrays that a call returns, each with its name."""

TRIES, FEWER, FEWEST = 64, 24, 6
"""How many cases are looked at: of the definition, of other laws of all operations, of the rest."""

SHOWN, STARTS, CALLS = 8, 4, 200
"""How many cases that show a mistake are enough, from how many of the smallest of them one goes
down, and after how many different calls no more."""

UNUSUAL = tuple(
    f"tensors.{name}"
    for name in (
        "with-nan-is-its-definition",
        "integers-never-wrap",
        "results-keep-precision",
        "layout-does-not-matter",
        "empty-batch-is-legal",
        "empty-batch-sums-to-zero",
    )
)
"""The laws of all operations whose cases are no common ones."""

NAMES = {
    "im2col": ("cols",),
    "col2im": ("x",),
    "max_pool_indices": ("indices",),
    "max_unpool": ("x",),
    "conv_transpose": ("x",),
    "conv_weight_grad": ("dw",),
    "bias_grad": ("db",),
    "max_pool_grad": ("dx",),
    "avg_pool_grad": ("dx",),
    "relu_grad": ("dx",),
    "channel_max_pool_grad": ("dx",),
    "dense_grad": ("dx", "dw"),
    "locally_connected_grad": ("dx", "dw"),
    "tiled_conv_grad": ("dx", "dw"),
    "recurrent_conv_grad": ("dx", "du", "dv", "dw"),
    "softmax_cross_entropy": ("loss", "dz"),
}
"""What comes out of operations, if it is not y."""

FILLED = ("x", "w", "u", "v", "b", "y", "dy", "cols")
"""The arrays whose zeros are counted up, where it does not matter what stands there."""


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """The smallest call that shows a mistake, and what it shows.

    Attributes:
        id: the id of the mistake.
        sentence: what is wrong.
        operation: the name of the operation that is called.
        arrays: the arrays it gets, each with the name of its parameter.
        options: its other arguments, each with the name of its parameter.
        given: words for what cannot be seen in the arrays: their type, their order in memory.
        came: the arrays that the wrong implementation returns, each with its name; or words, if it
            raises an error.
        right: what should have come, likewise.
        wrong: for each array which entries are wrong; None if they cannot be compared one by one.
        aspect: in which respect it is wrong: "values", "dtype", "memory" or "printing".
        remark: words for what is wrong, if the arrays do not say it.
    """

    id: str
    sentence: str
    operation: str
    arrays: Parts
    options: tuple[tuple[str, object], ...]
    given: str
    came: Parts | str
    right: Parts | str
    wrong: tuple[Array, ...] | None
    aspect: Aspect
    remark: str


def exhibit(id: str) -> Exhibit:
    """The smallest call found on which a mistake shows.

    Cases of laws are looked through, the definition of its operation first, those with the fewest
    axes first; from some that show the mistake one goes down to a smaller one, until no number in
    it can be lowered. Nothing of it is left to chance. What is zero then, and need not be, counts
    up from one, so that one can see where numbers go.

    Args:
        id: the id of a mistake.

    Returns:
        The call, what the wrong implementation makes of it, and what should have come.

    Raises:
        KeyError: for an unknown id.

    >>> found = exhibit("conv.flips-the-kernel")
    >>> found.arrays
    (('x', array([[[1., 0.]]])), ('w', array([[[1., 0.]]])))
    >>> found.came, found.right
    ((('y', array([[[0.]]])),), (('y', array([[[1.]]])),))
    """
    mistake = {mistake.id: mistake for mistake in MISTAKES}[id]
    wrong = mistake.implementation
    call = filled(wrong, smallest(mistake))
    came, right = observed(wrong, call), observed(literal, call)
    aspect = fault(came, right)
    assert aspect is not None, "the smallest call shows the mistake"
    made = step(call)
    return Exhibit(
        id,
        mistake.sentence,
        mistake.operation,
        made.arrays,
        made.options,
        unusual(made.arrays),
        parts(came, call),
        parts(right, call, told=True),
        differing(came, right),
        aspect,
        remark(wrong, call, aspect),
    )


def fault(came: Outcome, right: Outcome) -> Aspect | None:
    """In which respect an outcome is wrong first; None if in none."""
    return next((aspect for aspect in ASPECTS if not came.agrees(right, aspect, True)), None)


def smallest(mistake: Mistake) -> Call:
    """The smallest call found that shows a mistake: in its values, if any does."""
    for laws, tries in sources(mistake):
        found = [call for law in laws for call in shown_by(mistake, law, tries)]
        if found:
            return min(found, key=lambda call: size(mistake, call))
    raise LookupError(f"no case of a law shows {mistake.id}")


def sources(mistake: Mistake) -> Iterator[tuple[Sequence[Law], int]]:
    """Laws whose cases may show a mistake, most telling ones first, and how many cases of each."""
    first = definitions()[mistake.operation]
    yield (first,), TRIES
    yield [law for law in LAWS if law.id in UNUSUAL], FEWER
    others = [law for law in LAWS if law.topic != "tensors" and law is not first]
    alike = {law: len(stems(law.id) & stems(mistake.id)) for law in others}
    for law in sorted(filter(alike.__getitem__, others), key=alike.__getitem__, reverse=True):
        yield (law,), FEWEST
    yield [law for law in LAWS if law.topic == "tensors" and law.id not in UNUSUAL], FEWEST
    for law in others:
        yield (law,), FEWER


@cache
def definitions() -> dict[str, Law]:
    """For each operation the law that it is its definition."""
    found: dict[str, Law] = {}
    for law in LAWS:
        if law.id.endswith("is-its-definition") and law.topic != "tensors":
            case = law.cases(repeatable(law.seed, 1)[0], Scope())
            found |= {call.operation: law for call in calls_of(law, case).calls}
    return found


def stems(id: str) -> set[str]:
    """How the words of an id begin."""
    return {word[:4] for word in id.replace(".", "-").replace("_", "-").split("-")}


def shown_by(mistake: Mistake, law: Law, tries: int) -> list[Call]:
    """Small calls of one law that show a mistake in the same respect, with as few axes as can be."""
    others = frozenset(literal.__all__) - {mistake.operation}
    absent = others if law.topic == "tensors" else frozenset[str]()
    for rank in RANKS:
        scope = Scope((rank,), absent=absent)
        trial = Trial(mistake.operation, mistake.implementation, law, scope)
        seen: dict[str, list[tuple[int, int, bytes]]] = {aspect: [] for aspect in ASPECTS}
        for numbers in repeatable(law.seed, tries):
            breach = trial.run(numbers.drawn).breach
            if breach is not None:
                made = step(breach.calls[0])
                entries = sum(array.size for _, array in made.arrays)
                seen[breach.reason].append((len(made.options), entries, numbers.drawn))
            if len(seen["values"]) == SHOWN:
                break
        for aspect in ASPECTS:
            if seen[aspect]:
                starts = [drawn for *_, drawn in sorted(seen[aspect])[:STARTS]]
                return list(small(replace(trial, aspect=aspect, known={}), starts))
    return []


def small(trial: Trial, starts: Sequence[bytes]) -> Iterator[Call]:
    """The call that one comes down to from each start, until there were enough calls."""
    for drawn in starts:
        breach = trial.run(drawn).breach
        if breach is not None and len(trial.known) < CALLS:
            yield simplest(drawn, breach, trial.run).calls[0]


@dataclass(frozen=True, slots=True)
class Trial:
    """Asks whether the first call of an operation in a case goes wrong, in one respect or any."""

    operation: str
    wrong: Any
    law: Law
    scope: Scope
    aspect: str = ""
    known: dict[bytes, Verdict] = field(default_factory=dict)

    def run(self, drawn: bytes) -> Verdict:
        """The verdict on the case that these bytes make; its breach has that one call."""
        try:
            case = self.law.cases(Numbers(drawn), self.scope)
        except NotOffered:
            return Verdict(0)
        call = first_call(self.law, case, self.operation)
        if call is None:
            return Verdict(0)
        key = dumps((call.arguments, call.options))  # most bytes of a small case make no difference
        if key not in self.known:
            found = fault(observed(self.wrong, call), observed(literal, call))
            wanted = found is not None and self.aspect in ("", found)
            breach = Breach(self.law, case, str(found), "", "", (call,)) if wanted else None
            self.known[key] = Verdict(1, breach)
        return self.known[key]


class Made(Exception):
    """Tells that the call was made that one waits for."""


@dataclass(slots=True)
class Waiting:
    """The right implementation, until one of its operations is called: that call is kept."""

    operation: str
    call: Call | None = None

    def __getattr__(self, name: str) -> Any:
        return self.kept if name == self.operation else getattr(literal, name)

    def kept(self, *arguments: Any, **options: Any) -> Any:
        self.call = Call(self.operation, arguments, options)
        raise Made


def first_call(law: Law, case: Any, operation: str) -> Call | None:
    """The first call of an operation that a law makes for a case; None if it makes none."""
    waiting = Waiting(operation)
    try:
        with np.errstate(all="ignore"):
            compare(law.function(waiting, fresh(case)))
    except Made:
        pass
    return waiting.call


def size(mistake: Mistake, call: Call) -> tuple[float, ...]:
    """What makes a call large, what weighs most first."""
    came, right = observed(mistake.implementation, call), observed(literal, call)
    found = fault(came, right)
    made, results = step(call), (*came.parts, *right.parts)
    entries = np.concatenate([array.ravel() for array in (*dict(made.arrays).values(), *results)])
    options = [value for name, value in made.options if name != "mode"]
    return (
        ASPECTS.index(found) if found else len(ASPECTS),
        len(options),
        entries.size + 3 * sum(not np.isfinite(part).all() for part in results),
        len(repr(options)),
        float(np.abs(entries[np.isfinite(entries)].astype(complex)).sum()),
    )


def filled(wrong: Any, call: Call) -> Call:
    """The call with its arrays of zeros counting up from one, where it stays as wrong as it is."""
    before = fault(observed(wrong, call), observed(literal, call))
    names = [name for name, _ in step(call).arrays]
    for place, (name, array) in enumerate(zip(names, call.arguments, strict=False)):
        plain = isinstance(array, np.ndarray) and array.dtype == np.float64 and array.flags.c_contiguous
        if not plain or name not in FILLED or array.any() or not array.size:
            continue
        counted = np.arange(1.0, array.size + 1).reshape(array.shape)
        arguments = (*call.arguments[:place], counted, *call.arguments[place + 1 :])
        tried = replace(call, arguments=arguments)
        if fault(observed(wrong, tried), observed(literal, tried)) == before:
            call = tried
    return call


def parts(outcome: Outcome, call: Call, told: bool = False) -> Parts | str:
    """What a call returned, with names; or the error it raised, with what it says if `told`."""
    if outcome.error is not None:
        kind = type(outcome.error).__name__
        return f"{kind}: {outcome.error}" if told else kind
    names = NAMES.get(call.operation, ("y",))
    return tuple(zip(names, outcome.parts, strict=False))


def differing(came: Outcome, right: Outcome) -> tuple[Array, ...] | None:
    """Which entries differ, up to rounding; None if shapes do, or if there is an error."""
    if came.shapes is None or came.shapes != right.shapes:
        return None
    return tuple(
        np.array(
            [not equal(a, b, rounded=True) for a, b in zip(mine.ravel(), its.ravel(), strict=True)],
            bool,
        ).reshape(its.shape)
        for mine, its in zip(came.parts, right.parts, strict=True)
    )


def unusual(arrays: Parts) -> str:
    """Words for arrays that are not float64, or not stored row after row."""
    told: dict[str, list[str]] = {}
    for name, array in arrays:
        if array.dtype not in (np.float64, np.int64):
            told.setdefault(array.dtype.name, []).append(name)
        if array.size > 1 and not array.flags.c_contiguous:
            how = "stored in Fortran order" if array.flags.f_contiguous else "stored with gaps"
            told.setdefault(how, []).append(name)
    words = (
        f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} {kind}"
        for kind, names in told.items()
    )
    return "; ".join(words)


def remark(wrong: Any, call: Call, aspect: Aspect) -> str:
    """Words for what is wrong, where it is not the entries."""
    came, right = observed(wrong, call), observed(literal, call)
    if aspect == "printing":
        return "Something is printed."
    if aspect == "memory":
        return unkept(wrong, call, came)
    if came.shapes is None or right.shapes is None:
        return ""
    pairs = list(zip(came.parts, right.parts, strict=False))
    if aspect == "dtype":
        first, second = next((a, b) for a, b in pairs if a.dtype != b.dtype)
        return f"Its type is {first.dtype}, not {second.dtype}."
    odd = [(a.shape, b.shape) for a, b in pairs if a.shape != b.shape]
    return f"Its shape is {odd[0][0]}, not {odd[0][1]}." if odd else ""


def unkept(wrong: Any, call: Call, came: Outcome) -> str:
    """Words for memory that is written into, or shared, or locked."""
    wrote, shares, writeable = came.memory
    if wrote:
        arguments = fresh_arguments(call)
        getattr(wrong, call.operation)(*arguments, **call.options)
        after = [
            f"{name} is {listed(now)} afterwards"
            for (name, was), now in zip(step(call).arrays, arguments, strict=False)
            if not equal(was, now, rounded=False)
        ]
        return f"It writes into what it was given: {', '.join(after)}."
    if shares:
        return "The result is in the memory of what was given."
    return "" if writeable else "The result cannot be written."


def fresh_arguments(call: Call) -> list[Any]:
    """Copies of what a call gets."""
    return [a.copy() if isinstance(a, np.ndarray) else a for a in call.arguments]

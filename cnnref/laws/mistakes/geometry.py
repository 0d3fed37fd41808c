"""Mistakes in where layers look, which show in who is connected to whom."""

from dataclasses import replace

from cnnref import literal
from cnnref.laws.cases import ConvCase, PoolCase
from cnnref.laws.mistakes import mistake, sides
from cnnref.laws.numbers import Array


def right(case: ConvCase) -> Array:
    """What the layer should be."""
    return case.on(literal.conv)


def movable(case: ConvCase) -> bool:
    """Whether a bias, if there is one, fits any number of places."""
    return case.b is None or case.b.ndim == 1


@mistake("conv.jumps-by-its-kernel")
def conv_jumps_by_its_kernel(case: ConvCase) -> Array:
    """With a stride above 1, windows stand side by side: they move by the kernel size."""
    if not movable(case):
        return right(case)
    jumps = zip(case.stride, case.w.shape[2:], strict=True)
    stride = tuple(k if s > 1 else 1 for s, k in jumps)
    return right(replace(case, stride=stride, padding=sides(case)))


@mistake("conv.dilates-its-stride")
def conv_dilates_its_stride(case: ConvCase) -> Array:
    """Windows move by stride times dilation, as if the output were dilated, too."""
    if not movable(case):
        return right(case)
    stride = tuple(s * d for s, d in zip(case.stride, case.dilation, strict=True))
    return right(replace(case, stride=stride, padding=sides(case)))


@mistake("conv.looks-one-place-late")
def conv_looks_one_place_late(case: ConvCase) -> Array:
    """A padded axis loses one place in front, and gets it behind."""
    shifted = tuple((max(0, b - 1), a + min(1, b)) for b, a in sides(case))
    return right(replace(case, padding=shifted))


@mistake("max_pool.jumps-by-its-kernel")
def max_pool_jumps_by_its_kernel(case: PoolCase) -> Array:
    """Windows stand side by side, whatever the stride."""
    return replace(case, stride=case.kernel_size).on(literal.max_pool)

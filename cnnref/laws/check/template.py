"""A stub for an operation: what to write, and what it must do."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from textwrap import indent

from cnnref import literal


def template(operations: Sequence[str]) -> str:
    """A module with a stub for each operation.

    Args:
        operations: their names.

    Returns:
        Python: imports NumPy, and each function has cnnref's signature and docstring.

    >>> print(template(["relu"])[-30:].rstrip())
        raise NotImplementedError
    """
    return "import numpy as np\n" + "".join(map(stub, operations))


def stub(operation: str) -> str:
    """One function that is still to be written."""
    function = getattr(literal, operation)
    bare = inspect.signature(function).replace(return_annotation=inspect.Signature.empty)
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in bare.parameters.values()
    ]
    text = (inspect.getdoc(function) or "").partition("\n>>> ")[0].rstrip()
    body = f'r"""{text}\n"""' if "\\" in text else f'"""{text}\n"""'
    line = f"def {operation}{bare.replace(parameters=parameters)}:"
    return f"\n\n{line}\n{indent(body, '    ')}\n    raise NotImplementedError\n"

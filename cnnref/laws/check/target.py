"""What is to be checked, as the user names it: a module, a file, an object, single functions."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import wraps
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from inspect import signature
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.offered import accepted

ADAPTERS = ("torch", "scipy", "onnxruntime", "jax")
"""Libraries that `cnnref.adapters` puts under cnnref's names."""


class BadTarget(Exception):
    """What the user named cannot be checked; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to check.

    Attributes:
        where: a module, a file, or a library that there is an adapter for.
        inside: the name of an object in it, empty for the whole of it.
        name: the public name under which a single function is checked, empty for all it has.
    """

    where: str
    inside: str = ""
    name: str = ""

    @classmethod
    def read(cls, said: str) -> Target:
        """The target that a word on the command line stands for.

        Raises:
            BadTarget: for a name that is no operation of cnnref.

        >>> Target.read("correlate=hw1:conv2d")
        Target(where='hw1', inside='conv2d', name='correlate')
        >>> Target.read("work/mine.py")
        Target(where='work/mine.py', inside='', name='')
        """
        name, equals, rest = said.rpartition("=")
        if equals and name not in literal.__all__:
            close = get_close_matches(name, literal.__all__, 1)
            hint = f"did you mean {close[0]}?" if close else "see `cnnref check --template`"
            raise BadTarget(f"{name} is not an operation of cnnref; {hint}")
        parts = re.fullmatch(r"(?P<where>..+?):(?P<inside>[^\W\d][\w.]*)", rest)
        where, inside = (parts["where"], parts["inside"]) if parts else (rest, "")
        if equals and not inside:
            raise BadTarget(f"{said} names no function; write {name}={rest}:its_name")
        return cls(where, inside, name)

    @property
    def is_file(self) -> bool:
        """Whether it is named as a file."""
        return self.where.endswith(".py") or "/" in self.where

    @property
    def module(self) -> str:
        """The name under which it is imported."""
        if self.where in ADAPTERS:
            return f"cnnref.adapters.{self.where}"
        return Path(self.where).stem if self.is_file else self.where

    def load(self) -> Any:
        """The object; whatever goes wrong on the way is a BadTarget."""
        try:
            found: Any = self._imported()
            for part in filter(None, self.inside.split(".")):
                found = getattr(found, part)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise BadTarget(
                f"cannot import {self.where} {self.inside}".strip() + f" ({said})"
            ) from (error)
        if self.name:
            if not callable(found):
                raise BadTarget(f"{self.where}:{self.inside} is not a function")
            return SimpleNamespace(**{self.name: found})
        return found

    def _imported(self) -> ModuleType:
        if not self.is_file:
            return import_module(self.module)
        spec = spec_from_file_location(self.module, self.where)
        if spec is None or spec.loader is None or not Path(self.where).is_file():
            raise FileNotFoundError(f"there is no file {self.where}")
        sys.path.insert(0, str(Path(self.where).resolve().parent))  # for what it imports itself
        module = module_from_spec(spec)
        sys.modules[self.module] = module
        spec.loader.exec_module(module)
        return module

    def spelled(self, operation: str) -> tuple[str, str]:
        """How to import the operation, and how to call it then."""
        inside = self.inside if self.name else f"{self.inside}.{operation}".lstrip(".")
        package, _, last = self.module.rpartition(".")
        imported = f"from {package} import {last}" if package else f"import {last}"
        return imported, f"{last}.{inside}"


def subject(targets: Sequence[Target]) -> SimpleNamespace:
    """The operations of all targets; of two with the same name the last.

    Raises:
        BadTarget: when one cannot be imported, or all of them together have no operation.
    """
    things = [target.load() for target in targets]
    found = operations_of(*things)
    if vars(found).keys() == {"CONVENTIONS"}:
        names = [name for thing in things for name in dir(thing) if not name.startswith("_")]
        callables = [name for name in names if callable(getattr(things[0], name, None))]
        raise BadTarget(nothing_found(targets, callables))
    return found


def operations_of(*things: Any) -> SimpleNamespace:
    """The operations that modules or objects have under cnnref's names, and their conventions."""
    found: dict[str, Any] = {}
    conventions: dict[str, str] = {}
    for thing in things:
        conventions |= getattr(thing, "CONVENTIONS", {})
        found |= {
            name: in_one_mode(name, getattr(thing, name))
            for name in literal.__all__
            if callable(getattr(thing, name, None))
        }
    return SimpleNamespace(**found, CONVENTIONS=conventions)


def nothing_found(targets: Sequence[Target], functions: Sequence[str]) -> str:
    """That there is no operation, and how a function under another name is checked."""
    said = ", ".join(target.where for target in targets)
    lines = f"{said} has none of cnnref's operations ({', '.join(literal.__all__[:5])}, ...)."
    if not functions:
        return lines
    where = f"{targets[0].where}:{functions[0]}"
    names = ", ".join(functions[:8])
    return (
        f"{lines}\nIt has {names}. To check a function under another name, say what it is:\n"
        f"  cnnref check correlate={where}   (slides the kernel as it is)\n"
        f"  cnnref check convolve={where}    (flips the kernel)"
    )


def in_one_mode(name: str, function: Any) -> Any:
    """`convolve` or `correlate` without the argument `mode`, made to take the one mode it has.

    Which one that is tells the size of a small result: smaller than the input, as large, or larger.
    """
    if name not in ("convolve", "correlate") or "mode" in accepted(function):
        return function
    x, w = np.arange(30.0).reshape(5, 6), np.ones((2, 3))
    try:
        sizes = np.shape(function(x, w))
    except Exception:
        return function
    modes = {"valid": np.less, "same": np.equal, "full": np.greater}
    found = [mode for mode, than in modes.items() if len(sizes) == 2 and all(than(sizes, x.shape))]
    if not found or found == [named_default(name)]:
        return function

    @wraps(function)
    def only(x: Any, w: Any, mode: str = "") -> Any:  # noqa: ARG001 - there is only this one
        return function(x, w)

    del only.__wrapped__  # whose signature has no mode
    only.only_mode = found[0]  # type: ignore[attr-defined]
    return only


def named_default(name: str) -> str:
    """The mode that is meant if none is given."""
    return str(signature(getattr(literal, name)).parameters["mode"].default)

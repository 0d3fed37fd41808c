"""The report as JSON. docs/check.md documents it, and docs/data/check.schema.json is its schema."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from cnnref.laws.check import pages
from cnnref.laws.check.report import Failure, Named, Picture, Report, Row
from cnnref.laws.numbers import Array

VERSION = 1
"""Goes up when something in the JSON changes its meaning or goes away."""


def written(report: Report) -> str:
    """The report as JSON."""
    return json.dumps(plain(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plain(report: Report) -> dict[str, Any]:
    """The report as dictionaries and lists."""
    return {
        "schema": VERSION,
        "subject": report.subject,
        "versions": report.versions,
        "settings": {
            name: None if value == float("inf") else value
            for name, value in report.settings.items()
        },
        "seconds": round(report.seconds, 3),
        "exit_code": report.code,
        "operations": list(report.offered),
        "missing_operations": list(report.missing),
        "missing_options": list(report.options),
        "counts": dict(report.counts()),
        "mistakes": [fault(one) for one in report.named],
        "laws": [law(row) for row in report.rows],
    }


def fault(one: Named) -> dict[str, Any]:
    """A fault, and the mistakes that do the same."""
    return {
        "operation": one.operation,
        "aspects": list(one.aspects),
        "numbers": one.numbers,
        "wrong_calls": one.calls,
        "up_to_rounding": one.rounded,
        "named": [
            {"id": id, "sentence": sentence, "page": pages.of_mistake(id)}
            for id, sentence in one.mistakes
        ],
    }


def law(row: Row) -> dict[str, Any]:
    """How one law came out."""
    return {
        "id": row.law,
        "claim": row.claim,
        "operation": row.operation or None,
        "level": row.level,
        "status": row.status,
        "cases": row.cases,
        "seconds": round(row.seconds, 3),
        "note": row.note,
        "page": pages.of_law(row.law),
        "failure": failure(row.failure) if row.failure else None,
    }


def failure(found: Failure) -> dict[str, Any]:
    """Why a law does not hold."""
    return {
        "kind": found.kind,
        "reason": found.reason,
        "case": found.case,
        "came": found.came,
        "promised": found.promised,
        "call": call(found.picture) if found.picture else None,
    }


def call(picture: Picture) -> dict[str, Any]:
    """The call that went wrong."""
    return {
        "operation": picture.operation,
        "arrays": {name: array(value) for name, value in picture.arrays},
        "options": dict(picture.options),
        "came": side(picture.came),
        "expected": side(picture.expected),
        "python": picture.one_line,
    }


def side(value: tuple[Array, ...] | str) -> list[dict[str, Any]] | str:
    """What came or should have come: arrays, or words."""
    return value if isinstance(value, str) else [array(part) for part in value]


def array(value: Array) -> dict[str, Any]:
    """An array; NaN, infinities and complex numbers as words."""
    return {
        "dtype": value.dtype.name,
        "shape": list(value.shape),
        "values": listed(value.tolist()),
    }


def listed(value: Any) -> Any:
    """Numbers as JSON has them, others as words."""
    if isinstance(value, list):
        return [listed(entry) for entry in value]
    fits = isinstance(value, int) or (isinstance(value, float) and np.isfinite(value))
    return value if fits else str(value)

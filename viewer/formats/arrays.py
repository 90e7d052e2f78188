"""NumPy files: an array alone (.npy), or with what is known of it (.npz)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np


def write_npy(file: BinaryIO, values: np.ndarray) -> None:
    """Write an array in C order."""
    np.save(file, np.ascontiguousarray(values), allow_pickle=False)


def write_npz(
    file: BinaryIO,
    values: np.ndarray,
    affine_lps: np.ndarray | None,
    facts: Mapping[str, Any],
    *,
    compress: bool = True,
) -> None:
    """Write an array, its affine and facts.

    Read with ``numpy.load``: ``values``; ``affine`` (4, 4), from (slice, row, column, 1) to
    patient LPS mm, where there is one; each of ``facts`` (text, or numbers) under its name, and
    all of them as JSON text under ``facts``.
    """
    arrays = {"values": values}
    if affine_lps is not None:
        arrays["affine"] = np.asarray(affine_lps, np.float64)
    for name, fact in facts.items():
        arrays[name] = np.asarray(fact)
    arrays["facts"] = np.asarray(json.dumps(dict(facts), ensure_ascii=False))
    (np.savez_compressed if compress else np.savez)(file, allow_pickle=False, **arrays)

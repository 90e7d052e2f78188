"""De-identification in a child that one file ends."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from viewer.dicom.deidentification import task


def deidentify(jobs: Sequence[Any], *rest: Any) -> Any:
    """De-identify, but for the second slice."""
    if any(job.path.endswith("jane1.dcm") for job in jobs):
        os._exit(1)
    return task.deidentify(jobs, *rest)

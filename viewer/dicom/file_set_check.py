"""A disc read as whoever gets it: by its DICOMDIR, which names all files and nothing else.

Whether a file holds what was copied is the matter of `file_set_copy`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from viewer.dicom.dicomdir import DicomdirError, read_dicomdir
from viewer.dicom.disc_paths import DiscFolder
from viewer.dicom.file_set_copy import DiscError
from viewer.dicom.file_set_tree import FOLDER
from viewer.dicom.limits import Limits
from viewer.dicom.portable_media import DICOMDIR


def check_index(folder: str, uids: Mapping[str, str], limits: Limits) -> None:
    """Check the DICOMDIR of a disc against the SOPInstanceUIDs of the files on it, by their paths.

    Raises
    ------
    DiscError
        It names other files, or not all that lie there.
    """
    try:
        index = read_dicomdir(os.path.join(folder, DICOMDIR), limits)
    except DicomdirError as error:
        raise failed_check("its DICOMDIR cannot be read") from error
    disc, left = DiscFolder(folder), dict(uids)
    for record in index.records:
        if record.file_id:
            uid = left.pop(str(disc.find(record.file_id)), None)
            if uid is None or uid != record.sop_instance_uid:
                raise failed_check("its DICOMDIR names another file")
    lying = sum(len(files) for _, _, files in os.walk(os.path.join(folder, FOLDER)))
    if left or lying != len(uids):
        raise failed_check("its DICOMDIR does not name all files")


def failed_check(why: str) -> DiscError:
    """Say that a disc is not what it should be."""
    return DiscError(f"The disc was written, but {why}; it was taken away. Choose another place.")

"""The small wrong files of all cases, made once."""

from __future__ import annotations

from tests.hostile.building import Hostile
from tests.hostile.codec_files import codec_files
from tests.hostile.display_files import display_files
from tests.hostile.headers_files import header_files

ALL_FILES: tuple[Hostile, ...] = (*header_files(), *codec_files(), *display_files())
BY_KEY: dict[str, Hostile] = {hostile.key: hostile for hostile in ALL_FILES}

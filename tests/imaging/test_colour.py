"""RGB packs into 32-bit pixels and comes back; PNG files hold what was shown."""

from __future__ import annotations

import os
import stat

import numpy as np
import pytest

from viewer.imaging import colour
from viewer.imaging.files import write_whole

PICTURE = bytes(2000)


def test_packing_and_unpacking_are_inverse():
    rgb = np.random.default_rng(3).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    packed = colour.pack_rgb(rgb)
    assert packed.dtype == np.uint32
    assert packed[2, 3] == 0xFF000000 | int(rgb[2, 3, 0]) << 16 | int(rgb[2, 3, 1]) << 8 | int(
        rgb[2, 3, 2]
    )
    assert (colour.unpack_rgb(packed) == rgb).all()


def test_unpacking_takes_a_part_of_a_picture():
    packed = colour.pack_rgb(np.arange(60, dtype=np.uint8).reshape(4, 5, 3))
    assert (colour.unpack_rgb(packed[1:3, ::2]) == colour.unpack_rgb(packed)[1:3, ::2]).all()


def test_writing_replaces_a_file_and_leaves_nothing_beside_it(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    write_whole(str(target), PICTURE)
    assert target.read_bytes() == PICTURE
    assert os.listdir(tmp_path) == ["a.png"]
    assert stat.S_IMODE(target.stat().st_mode) & stat.S_IRUSR


def test_a_link_is_followed_and_a_pipe_is_not_replaced(tmp_path):
    target, link, pipe = tmp_path / "a.png", tmp_path / "link.png", tmp_path / "pipe"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(str(link), PICTURE)
    assert link.is_symlink()
    assert target.read_bytes() == PICTURE
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(str(pipe), PICTURE)
    assert os.read(reader, 65536) == PICTURE
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_failed_write_leaves_the_folder_as_it_was(tmp_path):
    target = tmp_path / "a.png"
    target.mkdir()  # cannot be replaced by a file
    with pytest.raises(OSError, match=r"a\.png"):
        write_whole(str(target), PICTURE)
    assert os.listdir(tmp_path) == ["a.png"]

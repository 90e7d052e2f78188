"""A child can read, and do nothing else to the system or to its parent."""

from __future__ import annotations

import errno
import socket
import sys

import pytest

from tests.workers.test_child_pool import desk
from viewer.workers import confinement

__all__ = ["desk"]

VERSION = confinement._version()
REFUSED = {errno.EACCES, errno.EPERM, errno.EXDEV}
needs_landlock = pytest.mark.skipif(not VERSION, reason=confinement.confinement())


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "I001"
    file.write_bytes(b"as it was")
    yield str(file)
    assert file.read_bytes() == b"as it was"
    assert list(tmp_path.iterdir()) == [file]


@needs_landlock
@pytest.mark.parametrize(
    "what",
    [
        *("write", "create", "delete", "make a folder", "link", "run", "write to the parent"),
        pytest.param("cut", marks=pytest.mark.skipif(VERSION < 3, reason="from Landlock 3 on")),
        pytest.param("signal", marks=pytest.mark.skipif(VERSION < 6, reason="from Landlock 6 on")),
    ],
)
def test_a_child_can_change_nothing(desk, file, what):
    assert desk.ask("change", what, file) in REFUSED


@pytest.mark.skipif(VERSION < 4, reason="from Landlock 4 on")
def test_a_child_can_connect_to_nobody(desk):
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert desk.ask("change", "connect", str(server.getsockname()[1])) in REFUSED


def test_a_child_can_read(desk, file):
    assert desk.ask("change", "read", file) == 0


def test_a_system_without_it_is_told_of_and_children_work(monkeypatch):
    monkeypatch.setattr(confinement, "_version", lambda: 0)
    confinement.confine()
    assert confinement.confinement().startswith("none")


@needs_landlock
def test_what_the_system_offers_is_told():
    assert sys.platform == "linux"
    assert f"Landlock {VERSION}" in confinement.confinement()

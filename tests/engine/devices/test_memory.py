"""What is read ahead while a model loads, and what memory that takes."""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import os
import resource
import sys
from pathlib import Path

import pytest

from flanchat.engine.checkpoint.untrusted_json import hash_into
from flanchat.engine.devices.memory import heap_trimmed, read_ahead
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has posix_fadvise")


def _cached_share(path: Path) -> float:
    """The share of a file's pages that are in the page cache."""
    size = path.stat().st_size
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE) as pages:
        found = (ctypes.c_ubyte * -(-size // mmap.PAGESIZE))()
        start = ctypes.c_char.from_buffer(pages)
        ctypes.CDLL(None).mincore(ctypes.c_void_p(ctypes.addressof(start)), ctypes.c_size_t(size), found)
        del start  # a mapping with references cannot be closed
        return sum(page & 1 for page in found) / len(found)


def test_a_file_is_read_into_the_page_cache(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(bytes(20 << 20))
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if _cached_share(path) > 0.1:
        pytest.skip("this file system keeps its files in memory")

    read_ahead([path])

    until(lambda: _cached_share(path) > 0.9)  # the system goes on reading


def test_files_that_memory_cannot_hold_are_not_read_ahead(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    with open(path, "wb") as file:
        os.truncate(file.fileno(), 1 << 42)

    read_ahead([path])  # to ask for each of its parts would take hours


def test_a_file_that_is_missing_is_left_to_those_who_need_it(tmp_path: Path) -> None:
    read_ahead([tmp_path / "weights"])


def test_hashing_weights_takes_no_new_memory_for_each_block(tmp_path: Path) -> None:
    """It runs beside the packing of weights; each new page costs the system as much as hashing it."""
    path = tmp_path / "weights"
    with open(path, "wb") as file:
        os.truncate(file.fileno(), 64 << 20)
    digest = hashlib.sha256()

    with heap_trimmed():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        hash_into(digest, path)
        taken = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    assert digest.digest() == hashlib.sha256(bytes(64 << 20)).digest()
    assert taken < path.stat().st_size / mmap.PAGESIZE / 8

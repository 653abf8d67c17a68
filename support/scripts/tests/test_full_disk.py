# SPDX-License-Identifier: BSD-3-Clause
"""A build that fails because the disk is full says so, whatever the tool that could not write said."""
import collections
import os
import sys

import gatelib
import pytest

sys.path.insert(0, os.path.join(gatelib.ROOT, "support/build"))
import engine  # noqa: E402

Context = collections.namedtuple("Context", "obj out shown")
Usage = collections.namedtuple("Usage", "total used free")


@pytest.mark.parametrize("free,said", [(1000 << 10, ["error: the disk of the output folder build has 1000 KiB left; make room, or give "
                                                     "another one with O="]), (1 << 30, [])])
def test_a_full_disk_is_named(monkeypatch, free, said):
    monkeypatch.setattr(engine.shutil, "disk_usage", lambda _: Usage(1 << 40, 0, free))
    assert engine.full_disk(Context("build/obj", "build", str)) == said

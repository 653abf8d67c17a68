# SPDX-License-Identifier: BSD-3-Clause
"""Networks for tests: a namespace of the test's own with a tap, and the bad wire (tests/fakes/wire) from there to a guest.

    def test_something(wire):
        line = wire("loss=5", "seed=3")
        line.namespace.popen(["qemu-system-x86_64", ..., *line.qemu()])
        line.namespace.run(["curl", "http://" + line.GUEST])
        line.set("cut=1")

Without root tests that ask for `wire` or `namespace` are skipped.
"""
import contextlib
import os
import sys

import pytest

import guest

sys.path.insert(0, os.path.join(guest.ROOT, "tests/fakes/wire"))
from wire import PATIENCE, Namespace, Wire, relay, why_not  # noqa: E402,F401  (the path is set above; for tests)


@contextlib.contextmanager
def made():
    """Makes what is entered through it end in the reverse order."""
    if reason := why_not():
        pytest.skip(reason)
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture(name="namespace")
def namespace_fixture():
    with made() as stack:
        yield stack.enter_context(Namespace())


@pytest.fixture(name="wire")
def wire_fixture(tmp_path):
    """wire(settings..., kind=..., headers=...) makes one; several are in namespaces of their own."""
    with made() as stack:
        def make(*settings, **how):
            folder = tmp_path / f"wire{make.count}"
            make.count += 1
            folder.mkdir()
            return stack.enter_context(Wire(folder, *settings, **how))
        make.count = 0
        yield make

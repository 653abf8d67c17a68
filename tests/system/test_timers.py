# SPDX-License-Identifier: BSD-3-Clause
"""An idle image with timers armed takes no periodic interrupt: a second of lib/uktimer/tests/timer_guest.cpp, seen from outside."""
import os
import re
import resource
import shutil

import guest
import pytest

TEST = "uktimer.an_idle_image"
EMULATORS = {"kvm-x86_64": "qemu-system-x86_64", "kvm-arm64": "qemu-system-aarch64"}
# What QEMU's log says of each interrupt.
INTERRUPT = re.compile(r"^Servicing hardware INT=|^Taking exception 5 \[IRQ\]", re.M)
# Boot tries timers, the test needs three moments, the console may want something; a tick of 100 Hz would be 100 more.
MOST = 20


@pytest.mark.parametrize("target", EMULATORS)
def test_interrupts_are_counted(target, tmp_path, monkeypatch):
    log, wrapper = tmp_path / "log", tmp_path / "qemu"
    wrapper.write_text(f'#!/bin/sh\nexec {shutil.which(EMULATORS[target])} -d int -D {log} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    guest.build(target)
    monkeypatch.setenv("QEMU", str(wrapper))
    monkeypatch.setenv("ACCEL", "tcg")
    console, status = guest.run(target, TEST)
    assert status == 0 and "# 1 passed" in console, console
    count = len(INTERRUPT.findall(log.read_text(encoding="utf-8", errors="replace")))
    assert 2 <= count <= MOST, count


def test_wake_ups_of_the_process_are_counted():
    target = f"linuxu-{'arm64' if os.uname().machine == 'aarch64' else 'x86_64'}"
    guest.build(target)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw
    console, status = guest.run(target, TEST)
    assert status == 0 and "# 1 passed" in console, console
    count = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw - before
    assert 2 <= count <= MOST, count

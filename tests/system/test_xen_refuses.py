# SPDX-License-Identifier: BSD-3-Clause
"""A Xen that refuses what an image asks for. A debugger stops the image at its calls of the real Xen and turns one into
another, which Xen answers in its own way."""
import os
import re
import subprocess
import sys
import time

import guest
import pytest

sys.path.insert(0, os.path.join(guest.ROOT, "support/xen"))
import packages  # noqa: E402
import xenmachine  # noqa: E402

TARGET = "xen-x86_64"
LIMIT = 120
LONG = "UK_CHECK_ALL" in os.environ
STUB = 32                    # bytes of a call in the hypercall page
MEMORY, VCPU, EVENT_CHANNEL, HVM = 12, 24, 32, 34
UNKNOWN = 63                 # Xen says ENOSYS
HIGHEST_PAGE = 2             # a memory call that writes nothing
BOOT_FAILED = 126
QEMU_STATUS = BOOT_FAILED << 1 | 1


@pytest.fixture(scope="module", name="image")
def built_image():
    return guest.build(TARGET)


@pytest.fixture(scope="module", name="page")
def hypercall_page(image):
    symbols = subprocess.run(["nm", image + ".dbg"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"^(\w+) \w uk_hypercall_page$", symbols, re.M)[1], 16)


def at_call(page: int, number: int, skip: int, *what) -> list:
    """gdb's words for: do `what` at a call of that number, not at the first `skip` ones."""
    return [f"hbreak *{page + number * STUB:#x}", f"ignore 1 {skip}", "continue", *what]


def refused(page: int) -> str:
    return f"set $rip = {page + UNKNOWN * STUB:#x}"


def watched(tmp_path, command: list, script: list) -> tuple:
    """(console, QEMU's exit status) of a machine that gdb starts by `script`."""
    socket, console = tmp_path / "gdb", tmp_path / "console"
    with subprocess.Popen([*command, "-serial", f"file:{console}", "-S", "-gdb", f"unix:{socket},server=on,wait=on"],
                          stdin=subprocess.DEVNULL) as machine:
        try:
            words = [word for line in [f"target remote {socket}", *script, "delete", "detach"] for word in ("-ex", line)]
            debugger = connected(machine, socket, ["gdb", "-nx", "-batch", *words])
            machine.wait(LIMIT)
        finally:
            machine.kill()
    text = console.read_text(encoding="utf-8", errors="replace").replace("\r", "")
    assert "Breakpoint 1, " in debugger, debugger + text
    return text, machine.returncode


def connected(machine, socket, words: list) -> str:
    while not socket.exists():
        assert machine.poll() is None
        time.sleep(0.05)
    done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


def control_domain(tmp_path, image: str, arguments: str, script: list) -> tuple:
    command = xenmachine.dom0_command("qemu-system-x86_64", packages.get(), image, arguments, 32 << 10, "1", [])
    return watched(tmp_path, command, script)


def test_the_shared_page_is_refused(image, page, tmp_path):
    console, status = control_domain(tmp_path, image, "", at_call(page, MEMORY, 0, refused(page)))
    assert status == QEMU_STATUS
    assert re.search(r"^Microlith: Xen refuses to map the page it shares with its guests \(ENOSYS\)\.$", console, re.M), console


# Refused; or said to be done, with nothing in it.
@pytest.mark.parametrize("change, text", [(None, r"what Xen left \(start_info, memory map\) is damaged or empty \(ENOSYS\)\."),
                                          (f"set $rdi = {HIGHEST_PAGE}", "the memory map has no usable page ")])
def test_there_is_no_memory_map(image, page, tmp_path, change, text):
    console, status = control_domain(tmp_path, image, "", at_call(page, MEMORY, 1, change or refused(page)))
    assert status == QEMU_STATUS and re.search(f"^Microlith: {text}", console, re.M), console


@pytest.mark.parametrize("number", [EVENT_CHANNEL, VCPU])
def test_there_is_no_timer(image, page, tmp_path, number):
    console, status = control_domain(tmp_path, image, "-- appguest.clock_waits", at_call(page, number, 0, refused(page)))
    assert status == 1, console
    assert number == VCPU or re.search(r"Xen gives no timer \(ENOSYS\); waiting keeps the CPU busy$", console, re.M), console
    assert re.search(r"^ok \d+ - appguest\.clock_waits_until_a_moment$", console, re.M), console


@pytest.mark.skipif(not LONG, reason="Linux boots first: in make check-all")
def test_a_domain_without_a_console_runs(image, page, tmp_path):
    domains = [xenmachine.Domain("silent", image, "-- end:42", 16)]
    archive = str(tmp_path / "initrd")
    xenmachine.initrd(packages.get(), domains, archive)
    command = xenmachine.domu_command("qemu-system-x86_64", packages.get(), archive, domains, [], "guest_loglvl=all")
    console, _ = watched(tmp_path, command, at_call(page, HVM, 0, refused(page)))
    assert re.search(r"^\(d1\) Microlith: Xen gives this domain no console \(ENOSYS\); what it writes", console,
                     re.M), console
    assert re.search(r"^@microlith ended silent: reason 0, status 42$", console, re.M), console

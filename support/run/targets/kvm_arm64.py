# SPDX-License-Identifier: BSD-3-Clause
"""arm64 under QEMU's machine "virt", with either interrupt controller, with and without a level for hypervisors. Statuses
come through semihosting, 8 bits of them."""
import os
import struct

import initrd
import machine
import network
import qemu
from machine import Problem, setting

MACHINES = {"virt": "virt", "virt-gicv3": "virt,gic-version=3", "virt-el2": "virt,gic-version=3,virtualization=on"}
INSTEAD = {}
# By semihosting QEMU ends at once; a machine that was reset or switched off is stopped first.
STOPPED, STATE = "(shutdown)", "runstate_set"
# Where QEMU puts the device tree, and room for it without the command line, which it holds. QEMU 7.2's has 8 to 9 KiB.
TREE_ALIGN, TREE, PAGE = 2 << 20, 32 << 10, 4 << 10
STACK = 256 << 10       # what an image with TCP/IP needs beside its receive buffers, which may want one piece of memory
ARCHIVE_FROM = 128 << 20  # where it puts an archive, or at half of the memory if that is less


def check() -> None:
    qemu.check_variables(MACHINES)


def tree_end(end: int, line: str) -> int:
    """Where the device tree ends, if it follows on what ends there."""
    return -(-end // TREE_ALIGN) * TREE_ALIGN + TREE + len(line.encode()) // PAGE * PAGE


def fits_archive(memory: int, end: int, line: str) -> bool:
    return tree_end(max(min(memory // 2, ARCHIVE_FROM), end) + initrd.whole_pages() + PAGE, line) <= memory


def check_fit(memory: str, line: str) -> None:
    """Refuses what QEMU would refuse in words of its own: it wants the device tree at a multiple of 2 MiB behind the image,
    and in between the archive, if there is one."""
    with open(machine.image(), "rb") as file:
        _, offset, size = struct.unpack("<QQQ", file.read(24))  # the header of a Linux arm64 image
    least = tree_end(offset + size, line)
    if initrd.size() and not fits_archive(qemu.bytes_of(memory), offset + size, line):
        while not fits_archive(least, offset + size, line):
            least = (least >> 20) + 1 << 20
        initrd.refuse(memory, least, "QEMU puts it at half of the memory, and the device tree behind it")
    buffers = network.buffers()
    if qemu.bytes_of(memory) < max(least, offset + size + buffers * network.BUFFER):
        why = ""
        if buffers:
            least += buffers * (network.BUFFER + network.BESIDE) + STACK
            why = f", and {buffers} receive buffers of {network.BUFFER >> 10} KiB (LIBLWIP_BUFFERS) need room, too"
        raise Problem(f"error: MEM={memory}: the image ends at {offset + size >> 10} KiB, and QEMU puts the device tree at the "
                      f"next multiple of 2 MiB{why}; give it MEM={least >> 10}K or more")


def command(console: list) -> list:
    """The whole command but for the debugger's options."""
    line = machine.command_line()
    check_fit(setting("MEM", "64M"), line)
    words = [machine.find_program("QEMU", "qemu-system-aarch64", "kvm-arm64"), "-M", MACHINES[setting("MACHINE", "virt")],
             *qemu.accelerator("arm64"), "-m", setting("MEM", "64M"), *qemu.processors("arm64"), "-nodefaults",
             "-no-user-config", "-display", "none", "-no-reboot", *console, "-semihosting-config", "enable=on,target=native",
             *qemu.devices("pci"), "-kernel", machine.image()]
    return words + (["-append", line] if line else []) + (["-initrd", initrd.path()] if initrd.path() else [])


def status_of(code: int, errors: list, states: list) -> tuple:
    """Exit status, and a word about it, from QEMU's exit code and the states the machine was in."""
    if code < 0:
        return 128 - code, f"QEMU was ended by signal {-code}"
    if errors and code == 1:
        return machine.NO_STATUS, qemu.not_started("the image", errors)
    if any(STOPPED in state for state in states):
        return machine.NO_STATUS, "the machine was reset or switched off; the image gave no exit status"
    return code, ""


def run() -> int:
    return qemu.run(lambda console: [*command(console), "-trace", STATE], status_of, STATE)


def debug() -> int:
    return qemu.debug(command, "gdb" if os.uname().machine == "aarch64" else "gdb-multiarch")

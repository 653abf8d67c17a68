# SPDX-License-Identifier: BSD-3-Clause
"""x86_64 under QEMU: machines pc, q35 and microvm. Statuses come through isa-debugcon, and isa-debug-exit ends QEMU."""
import initrd
import machine
import network
import qemu
from machine import Problem, setting

MACHINES = {"pc": "pc", "q35": "q35", "microvm": "microvm,acpi=on,isa-serial=on,pit=on,pic=on,rtc=on"}
INSTEAD = {}
WORK = 64 << 10     # what an image needs beside itself, at the least
STACK = 192 << 10   # and one with TCP/IP, beside its receive buffers
MOST_TEXT = 4095    # bytes of command line that QEMU's PVH loader takes on pc and q35; more damages what it leaves
# What SeaBIOS may overwrite at the end of memory that ends below or above the last 4 KiB before this place.
FIRMWARE_BELOW, FIRMWARE, FIRMWARE_FROM = 128 << 10, 384 << 10, 1280 << 10
TABLES = 160 << 10  # at the end of memory on pc and q35, left alone by QEMU when it places an archive


def check() -> None:
    qemu.check_variables(MACHINES)


def enough() -> int:
    """Bytes beside the image with which it starts."""
    count = network.buffers()
    return count * (network.BUFFER + network.BESIDE) + STACK if count else WORK


def check_fit(name: str, memory: str, line: str) -> None:
    """Refuses what would end in silence: QEMU loads the image before the firmware runs, even where there is no memory."""
    end, size = qemu.image_end(machine.image()), qemu.bytes_of(memory)
    room = WORK
    if name != "microvm" and not FIRMWARE_FROM - 4096 <= size <= FIRMWARE_FROM:
        room = FIRMWARE if size > FIRMWARE_FROM else FIRMWARE_BELOW
    if size < end + max(room, WORK + network.buffers() * network.BUFFER):
        small = name == "microvm" or (size < FIRMWARE_FROM and end + enough() <= FIRMWARE_FROM)
        least = max(FIRMWARE_FROM, end + max(enough(), 0 if small else FIRMWARE) + (128 << 10) - 1) >> 17 << 7
        why = " and the firmware overwrites what is above it, before it starts" if end <= size < end + room and room > WORK else ""
        if network.buffers():
            why += f", and {network.buffers()} receive buffers of {network.BUFFER >> 10} KiB (LIBLWIP_BUFFERS) need room, too"
        raise Problem(f"error: MEM={memory}: the image fills memory up to {end >> 10} KiB{why}; give it MEM={least}K or more")
    if name != "microvm" and len(line.encode()) > MOST_TEXT:
        raise Problem(f"error: the command line has {len(line.encode())} bytes; QEMU's loader on MACHINE={name} has room "
                      f"for {MOST_TEXT}: shorten it, or use MACHINE=microvm")


def check_archive(name: str, memory: str) -> None:
    """QEMU puts it at the end of memory, whatever is there."""
    end, tables = qemu.image_end(machine.image()), 0 if name == "microvm" else TABLES
    more = initrd.whole_pages() + initrd.PAGE + tables
    if initrd.size() and qemu.bytes_of(memory) < end + WORK + network.buffers() * network.BUFFER + more:
        initrd.refuse(memory, end + enough() + more, f"the image fills memory up to {end >> 10} KiB")


def command(console: list) -> list:
    """The whole command but for the debugger's options."""
    name, memory, line = setting("MACHINE", "pc"), setting("MEM", "64M"), machine.command_line()
    check_fit(name, memory, line)
    check_archive(name, memory)
    words = [machine.find_program("QEMU", "qemu-system-x86_64", "kvm-x86_64"), "-M", MACHINES[name],
             *qemu.accelerator("x86_64"), "-m", memory, *qemu.processors("x86_64"), "-nodefaults", "-no-user-config",
             "-display", "none", "-no-reboot", *console, "-device", "isa-debug-exit",
             *qemu.devices("device" if name == "microvm" else "pci"), "-kernel", machine.image()]
    return words + (["-append", line] if line else []) + (["-initrd", initrd.path()] if initrd.path() else [])


def status_of(code: int, errors: list, left: qemu.StatusFile) -> tuple:
    """Exit status, and a word about it, from QEMU's exit code, which is odd if the image ended it, and what it left."""
    if code < 0:
        return 128 - code, f"QEMU was ended by signal {-code}"
    if errors and code == 1:
        return machine.NO_STATUS, qemu.not_started("the image", errors)
    if code % 2 == 0:
        return machine.NO_STATUS, "the machine was reset or switched off; the image gave no exit status"
    return left.status(code), ""


def run() -> int:
    with qemu.StatusFile() as left:
        return qemu.run(lambda console: command(console + left.device()), lambda code, errors: status_of(code, errors, left))


def debug() -> int:
    return qemu.debug(command)

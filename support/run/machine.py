# SPDX-License-Identifier: BSD-3-Clause
"""What `make run` and `make debug` start: the command of QEMU or the program itself, and the meaning of its end."""
import os
import re
import shlex
import shutil
import struct

MACHINES = {"pc": "pc", "q35": "q35", "microvm": "microvm,acpi=on,isa-serial=on,pit=on,pic=on,rtc=on"}
PANIC, PANIC_STATUS = 127, 134  # what a panic leaves in the 7 bits of isa-debug-exit; what a shell shows for an abort
MOST_TEXT = 4095  # bytes of command line that QEMU's PVH loader takes on pc and q35; more damages what it leaves
FIRMWARE, FIRMWARE_FROM = 352 << 10, 1280 << 10  # what SeaBIOS uses at the end of memory, if there is more than that
NO_STATUS = 125  # the image ended without saying how


class Problem(Exception):
    """Cannot start; the text says why and what to do."""


def setting(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def image() -> str:
    path = setting("UK_IMAGE")
    if not path:
        raise Problem("error: this script is called by `make run` and `make debug`; UK_IMAGE names the image")
    return path


def is_process() -> bool:
    return setting("UK_PLAT") == "linuxu"


def split(name: str) -> list:
    try:
        return shlex.split(setting(name))
    except ValueError as why:
        raise Problem(f"error: {name}: {why}") from why


def arguments() -> list:
    """Words for an image that is a process. The separator stays away where it is not needed."""
    parameters, words = split("PARAMS"), split("ARGS")
    return parameters + (["--"] if parameters or "--" in words else []) + words


def command_line() -> str:
    """The same as text, for an image that is a machine."""
    parameters, text = setting("PARAMS"), setting("ARGS")
    return f"{parameters} -- {text}".strip() if parameters or "--" in text.split() else text


def accelerator() -> list:
    """KVM where processor and permissions allow it, else emulation with everything that can be emulated."""
    wanted = setting("ACCEL")
    if not wanted:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            able = re.search(r"^flags\s*:.*\b(vmx|svm)\b", file.read(), re.M)
        wanted = "kvm" if able and os.access("/dev/kvm", os.R_OK | os.W_OK) else "tcg"
    return ["-accel", wanted, "-cpu", "host" if wanted == "kvm" else "max"]


def bytes_of(size: str) -> int:
    """What QEMU's -m means: MiB if there is no unit."""
    found = re.fullmatch(r"(\d+)([kKmMgG]?)", size)
    if not found:
        raise Problem(f"error: MEM={size} is not a size such as 64M")
    return int(found[1]) << {"k": 10, "m": 20, "g": 30}[found[2].lower() or "m"]


def image_end(path: str) -> int:
    """The physical address up to which the image's parts reach."""
    with open(path, "rb") as file:
        data = file.read()
    offset = struct.unpack_from("<Q", data, 32)[0]
    size, count = struct.unpack_from("<HH", data, 54)
    parts = [struct.unpack_from("<IIQQQQQ", data, offset + i * size) for i in range(count)]
    return max(part[4] + part[6] for part in parts if part[0] == 1)


def check_fit(name: str, memory: str, line: str) -> None:
    """Refuses what would end in silence: QEMU loads the image before the firmware runs, even where there is no memory."""
    end, size = image_end(image()), bytes_of(memory)
    room = 0 if name == "microvm" or size <= FIRMWARE_FROM else FIRMWARE
    if size < end + room:
        least = (end + (FIRMWARE if name != "microvm" else 64 << 10) + (128 << 10) - 1) >> 17 << 7
        why = " and the firmware overwrites what is above it, before it starts" if room and size >= end else ""
        raise Problem(f"error: MEM={memory}: the image fills memory up to {end >> 10} KiB{why}; give it MEM={least}K or more")
    if name != "microvm" and len(line.encode()) > MOST_TEXT:
        raise Problem(f"error: the command line has {len(line.encode())} bytes; QEMU's loader on MACHINE={name} has room "
                      f"for {MOST_TEXT}: shorten it, or use MACHINE=microvm")


def qemu(console: list) -> list:
    """The whole command but for the debugger's options."""
    name = setting("MACHINE", "pc")
    if name not in MACHINES:
        raise Problem(f"error: MACHINE={name}: known are {', '.join(MACHINES)}")
    cpus = setting("CPUS", "1")
    if not cpus.isdigit() or int(cpus) < 1:
        raise Problem(f"error: CPUS={cpus} is not a number of processors")
    program = setting("QEMU", "qemu-system-x86_64")
    if not shutil.which(program):
        raise Problem(f"error: {program} is not there; support/setup installs it")
    memory, line = setting("MEM", "64M"), command_line()
    check_fit(name, memory, line)
    command = [program, "-M", MACHINES[name], *accelerator(), "-m", memory, "-smp", cpus, "-nodefaults",
               "-no-user-config", "-display", "none", "-no-reboot", *console, "-device", "isa-debug-exit",
               "-kernel", image()]
    return command + (["-append", line] if line else [])


def show(command: list) -> None:
    if setting("V") not in ("", "0"):
        print(shlex.join(command), flush=True)


def status_of(code: int, qemu_failed: bool) -> tuple:
    """Exit status, and a word about it, from QEMU's exit code: (value << 1) | 1 comes from the image."""
    if code < 0:
        return 128 - code, f"QEMU was ended by signal {-code}"
    if qemu_failed and code == 1:
        return NO_STATUS, "QEMU did not start the image"
    if code % 2 == 0:
        return NO_STATUS, "the machine was reset or switched off; the image gave no exit status"
    value = code >> 1
    return (PANIC_STATUS, "") if value == PANIC else (value, "")

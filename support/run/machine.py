# SPDX-License-Identifier: BSD-3-Clause
"""What `make run` and `make debug` start: the command of QEMU or the program itself, and the meaning of its end."""
import os
import re
import shlex
import shutil

MACHINES = {"pc": "pc", "q35": "q35", "microvm": "microvm,acpi=on,isa-serial=on,pit=on,pic=on,rtc=on"}
PANIC, PANIC_STATUS = 127, 134  # what a panic leaves in the 7 bits of isa-debug-exit; what a shell shows for an abort
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
    command = [program, "-M", MACHINES[name], *accelerator(), "-m", setting("MEM", "64M"), "-smp", cpus, "-nodefaults",
               "-no-user-config", "-display", "none", "-no-reboot", *console, "-device", "isa-debug-exit",
               "-kernel", image()]
    line = command_line()
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

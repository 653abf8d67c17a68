# SPDX-License-Identifier: BSD-3-Clause
"""x86_64 under the real Xen, which runs under QEMU's emulation. MACHINE=dom0: the image is the control domain itself, in
about a second. MACHINE=domu: Linux is, and xl creates a domain of the image, in about ten."""
import os
import signal
import subprocess
import sys

import machine
import qemu
from machine import Problem, setting

sys.path.insert(0, os.path.join(machine.BASE, "support/xen"))
import packages  # noqa: E402
import xenmachine  # noqa: E402

MACHINES = {"dom0": "", "domu": ""}
INSTEAD = {"ACCEL": "Xen runs by emulation, whose AMD-V it uses"}
PANIC = 127     # what a panic leaves in the 7 bits of isa-debug-exit
CONSOLE = ["-chardev", "stdio,id=console,signal=on", "-serial", "chardev:console"]
XEN_LINES = 12  # of what Xen said, shown when there is no exit status


def kibibytes() -> int:
    return qemu.bytes_of(setting("MEM", "64M")) >> 10


def check() -> None:
    qemu.check_variables(MACHINES)
    if setting("MACHINE") == "domu" and kibibytes() % 1024:
        raise Problem(f"error: MEM={setting('MEM')}: xl gives a domain whole MiB")


def command(scratch: str) -> list:
    program = machine.find_program("QEMU", "qemu-system-x86_64", "xen-x86_64")
    try:
        folder = packages.get()
    except packages.Missing as missing:
        raise Problem(str(missing)) from missing
    image, line, cpus = machine.image(), machine.command_line(), setting("CPUS", "1")
    if setting("MACHINE") != "domu":
        return xenmachine.dom0_command(program, folder, image, line, kibibytes(), cpus, CONSOLE)
    domains = [xenmachine.Domain("microlith", image, line, kibibytes() >> 10, int(cpus))]
    archive = os.path.join(scratch, "initrd")
    xenmachine.initrd(folder, domains, archive)
    return xenmachine.domu_command(program, folder, archive, domains, CONSOLE)


def status_of(code: int, qemu_failed: bool) -> tuple:
    """Exit status, and a word about it, from QEMU's exit code: (value << 1) | 1 comes from isa-debug-exit."""
    if code < 0:
        return 128 - code, f"QEMU was ended by signal {-code}"
    if qemu_failed and code == 1:
        return machine.NO_STATUS, "QEMU did not start Xen"
    if code % 2 == 0:
        return machine.NO_STATUS, "the domain was reset or switched off; the image gave no exit status"
    value = code >> 1
    return (machine.PANIC_STATUS, "") if value == PANIC else (value, "")


def show(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def explain(screen) -> None:
    """What Xen said before it was quiet, for a user who sees nothing else."""
    lines = screen.xen if screen.shown or screen.ended else screen.before.decode(errors="replace").splitlines()
    for text in lines[-XEN_LINES:]:
        print(f"run: {text.rstrip()}", file=sys.stderr)


def run() -> int:
    interrupted = []
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(1))  # QEMU gets it, too, and ends
    screen = xenmachine.Screen(setting("MACHINE", "dom0"))
    everything = setting("V") not in ("", "0")
    with xenmachine.temporary() as scratch:
        supervised = qemu.Supervised(command(scratch), stdin=qemu.usable_input(), stdout=subprocess.PIPE)
        source = supervised.process.stdout
        while data := os.read(source.fileno(), 65536):
            out = screen.feed(data)
            show(data if everything else out)
        show(b"" if everything else screen.feed(b"", last=True))
        code = supervised.wait()
    if interrupted:
        return 130
    status, note = status_of(code, bool(supervised.errors))
    if setting("MACHINE") == "domu" and screen.ended:
        reason, _ = screen.ended["microlith"]
        note = "" if status != machine.NO_STATUS else f"the domain gave no exit status; xl says reason code {reason}"
    if note:
        if not everything:
            explain(screen)
        print(f"run: {note}", file=sys.stderr)
    return status


def debug() -> int:
    raise Problem("error: gdb cannot look into a domain of an emulated Xen; debug the image as T=kvm-x86_64, or use "
                  "support/gdb with Xen's own gdbsx on a real host")

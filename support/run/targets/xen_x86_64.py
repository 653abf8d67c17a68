# SPDX-License-Identifier: BSD-3-Clause
"""x86_64 under the real Xen, which runs under QEMU's emulation. MACHINE=dom0: the image is the control domain itself, in
about a second. MACHINE=domu: Linux is, and xl creates a domain of the image, in about ten."""
import os
import select
import signal
import subprocess
import sys

import initrd
import machine
import qemu
from machine import Problem, setting

sys.path.insert(0, os.path.join(machine.BASE, "support/xen"))
import packages  # noqa: E402
import xenmachine  # noqa: E402

MACHINES = {"dom0": "", "domu": ""}
INSTEAD = {"ACCEL": "Xen runs by emulation, whose AMD-V it uses"}
CRASHED = "3"   # the reason that xl gives for a panic
LOW, HIGH = 640 << 10, 1 << 20  # a control domain's memory has the machine's hole between these, a domain's has none
PAGE, MEBIBYTE = 4 << 10, 1 << 20
CONSOLE = ["-chardev", "stdio,id=console,signal=on", "-serial", "chardev:console"]  # of a domain: Ctrl-C ends all
PAUSE = 0.1     # seconds: who writes has nothing more to say
XEN_LINES = 12  # of what Xen said, shown when there is no exit status


def kibibytes() -> int:
    return qemu.bytes_of(setting("MEM", "64M")) >> 10


def check() -> None:
    machine.refuse_devices()
    qemu.check_variables(MACHINES)
    if setting("MACHINE") == "domu" and kibibytes() % 1024:
        raise Problem(f"error: MEM={setting('MEM')}: xl gives a domain whole MiB")


def check_fit() -> None:
    """Refuses what Xen and xl refuse in words that do not name a size. They load the image at 1 MiB, the archive behind it, and
    need a page more."""
    end, size = qemu.image_end(machine.image()) + initrd.whole_pages() + PAGE, kibibytes() << 10
    domu = setting("MACHINE") == "domu"
    unit = MEBIBYTE if domu else PAGE
    least = -(-(end if domu else end - HIGH + LOW) // unit) * unit
    if size < least and initrd.size():
        initrd.refuse(setting("MEM", "64M"), least, "it lies behind the image")
    if size < least:
        text = f"{least >> 20}M" if domu else f"{least >> 10}K"
        raise Problem(f"error: MEM={setting('MEM')}: the image does not fit into the domain's memory; give it MEM={text} or more")


def command(scratch: str, status: list) -> list:
    program = machine.find_program("QEMU", "qemu-system-x86_64", "xen-x86_64")
    try:
        folder = packages.get()
    except packages.Missing as missing:
        raise Problem(str(missing)) from missing
    image, line, cpus = machine.image(), machine.command_line(), qemu.cpus()
    if setting("MACHINE") != "domu":
        return xenmachine.dom0_command(program, folder, image, line, kibibytes(), cpus, qemu.console() + status, initrd.path())
    domains = [xenmachine.Domain("microlith", image, line, kibibytes() >> 10, int(cpus), initrd.path())]
    archive = os.path.join(scratch, "initrd")
    xenmachine.initrd(folder, domains, archive)
    return xenmachine.domu_command(program, folder, archive, domains, CONSOLE + status)


def status_of(code: int, errors: list, left: qemu.StatusFile) -> tuple:
    """Exit status, and a word about it, from QEMU's exit code, which is odd if the image ended it, and what it left."""
    if code < 0:
        return 128 - code, f"QEMU was ended by signal {-code}"
    if errors and code == 1:
        return machine.NO_STATUS, qemu.not_started("Xen", errors)
    if code % 2 == 0:
        return machine.NO_STATUS, "the domain was reset or switched off; the image gave no exit status"
    return left.status(code), ""


def show(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def read_soon(source: int, pause) -> bytes:
    """What comes next; b"" at the end. Calls pause() if it does not come soon."""
    if not select.select([source], [], [], PAUSE)[0]:
        pause()
    return os.read(source, 65536)


def explain(screen) -> None:
    """What Xen said before it was quiet, for a user who sees nothing else."""
    lines = screen.xen if screen.shown or screen.ended else screen.before.decode(errors="replace").splitlines()
    for text in lines[-XEN_LINES:]:
        print(f"run: {text.rstrip()}", file=sys.stderr)


def run() -> int:
    interrupted = []
    check_fit()
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(1))  # QEMU gets it, too, and ends
    screen = xenmachine.Screen(setting("MACHINE", "dom0"))
    everything = setting("V") not in ("", "0")
    with xenmachine.temporary() as scratch, qemu.StatusFile() as left:
        supervised = qemu.Supervised(command(scratch, left.device()), stdin=qemu.usable_input(), stdout=subprocess.PIPE)
        source = supervised.process.stdout
        while data := read_soon(source.fileno(), lambda: everything or show(screen.pause())):
            out = screen.feed(data)
            show(data if everything else out)
        show(b"" if everything else screen.feed(b"", last=True))
        code = supervised.wait()
        status, note = status_of(code, supervised.errors, left)
    if interrupted:
        return 130
    if setting("MACHINE") == "domu" and "microlith" in screen.ended:
        status, note = status_of_domain(status, *screen.ended["microlith"])
    if note:
        if not everything and status == machine.NO_STATUS:
            explain(screen)
        print(f"run: {note}", file=sys.stderr)
    return status


def status_of_domain(status: int, reason: str, stored: str) -> tuple:
    """Exit status, and a word about it, from what came through the port and what the control domain says."""
    if reason != CRASHED and stored == str(machine.NO_STATUS):
        return status, f"the domain gave no exit status; xl says reason code {reason}"
    if reason != CRASHED and stored != str(status):
        return status, f"exit status {stored} arrives as {status}: there are 8 bits"
    return status, ""


def debug() -> int:
    raise Problem("error: gdb cannot look into a domain of an emulated Xen; debug the image as T=kvm-x86_64, or use "
                  "support/gdb with Xen's own gdbsx on a real host")

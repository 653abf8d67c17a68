# SPDX-License-Identifier: BSD-3-Clause
"""The image is a Linux program: it is executed in our place, on a machine of another kind by QEMU's user emulation."""
import os
import subprocess
import tempfile

import machine
import qemu

INSTEAD = {"MEM": "its memory is the option LINUXU_MEMORY_MIB (make menuconfig)",
           "MACHINE": "it is a process, not a machine"}


def check() -> None:
    machine.arguments()
    if machine.setting("CPUS"):
        qemu.check_cpus()


def tell_cpus() -> None:
    """The image takes their number from its environment, else as many as the host gives it."""
    if machine.setting("CPUS"):
        os.environ["UK_CPUS"] = qemu.cpus()


def emulator() -> list:
    """The program that executes images which this machine's processor cannot."""
    architecture = {"arm64": "aarch64"}.get(machine.setting("UK_ARCH"), machine.setting("UK_ARCH"))
    if architecture == os.uname().machine:
        return []
    return [machine.find_program("QEMU", f"qemu-{architecture}", f"linuxu-{machine.setting('UK_ARCH')}")]


def run() -> int:
    command = [*emulator(), machine.image(), *machine.arguments()]
    tell_cpus()
    machine.show(command)
    os.execvp(command[0], command)


def debug() -> int:
    words = [machine.image() + ".dbg", *machine.arguments()]
    tell_cpus()
    if not emulator():
        command = machine.gdb(["-ex", "tbreak main", "-ex", "run", *machine.split("GDB_ARGS"), "--args", *words])
        machine.show(command)
        return subprocess.run(command, check=False).returncode
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "gdb")
        command = [*emulator(), "-g", socket, *words]
        machine.show(command)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            qemu.wait_for(socket, process)
            command = machine.gdb(["-ex", f"target remote {socket}", "-ex", "tbreak main", "-ex", "continue",
                                   *machine.split("GDB_ARGS"), words[0]], "gdb-multiarch")
            machine.show(command)
            return subprocess.run(command, check=False).returncode
        finally:
            process.kill()
            process.wait()

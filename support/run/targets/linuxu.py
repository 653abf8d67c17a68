# SPDX-License-Identifier: BSD-3-Clause
"""The image is a Linux program: it is executed in our place, on a machine of another kind by QEMU's user emulation."""
import os
import subprocess
import tempfile

import beside
import initrd
import machine
import network
import qemu

INSTEAD = {"MEM": "its memory is the option LINUXU_MEMORY_MIB (make menuconfig)",
           "MACHINE": "it is a process, not a machine"}


def check() -> None:
    machine.refuse_devices(())
    network.check(process=True)
    machine.arguments()
    if machine.setting("CPUS"):
        qemu.check_cpus()


def tell() -> None:
    """The image takes the number of CPUs from its environment, else as many as the host gives it; and the name of an archive."""
    if machine.setting("CPUS"):
        os.environ["UK_CPUS"] = qemu.cpus()
    if initrd.path():
        os.environ["UK_INITRD"] = initrd.path()
        for descriptor in initrd.descriptors():
            os.set_inheritable(descriptor, True)


def emulator() -> list:
    """The program that executes images which this machine's processor cannot."""
    architecture = {"arm64": "aarch64"}.get(machine.setting("UK_ARCH"), machine.setting("UK_ARCH"))
    if architecture == os.uname().machine:
        return []
    return [machine.find_program("QEMU", f"qemu-{architecture}", f"linuxu-{machine.setting('UK_ARCH')}")]


def run() -> int:
    before = emulator()
    devices, inherited = beside.start()
    command = [*before, machine.image(), *machine.arguments(devices)]
    tell()
    for descriptor in inherited:
        os.set_inheritable(descriptor, True)
    machine.show(command)
    os.execvp(command[0], command)


def debug() -> int:
    before = emulator()
    devices, inherited = beside.start()
    words = [machine.image() + ".dbg", *machine.arguments(devices)]
    tell()
    inherited += initrd.descriptors()
    if not before:
        command = machine.gdb(["-ex", "tbreak main", "-ex", "run", *machine.split("GDB_ARGS"), "--args", *words])
        machine.show(command)
        return subprocess.run(command, check=False, pass_fds=inherited).returncode
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "gdb")
        command = [*before, "-g", socket, *words]
        machine.show(command)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=inherited)
        try:
            qemu.wait_for(socket, process)
            command = machine.gdb(["-ex", f"target remote {socket}", "-ex", "tbreak main", "-ex", "continue",
                                   *machine.split("GDB_ARGS"), words[0]], "gdb-multiarch")
            machine.show(command)
            return subprocess.run(command, check=False).returncode
        finally:
            process.kill()
            process.wait()

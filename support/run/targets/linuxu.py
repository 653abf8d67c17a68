# SPDX-License-Identifier: BSD-3-Clause
"""The image is a Linux program: it is executed in our place, on a machine of another kind by QEMU's user emulation."""
import os
import subprocess
import tempfile

import initrd
import machine
import qemu
from network import check_tap

INSTEAD = {"MEM": "its memory is the option LINUXU_MEMORY_MIB (make menuconfig)",
           "MACHINE": "it is a process, not a machine"}


NETWORK_DRIVER = "LIBHOSTNET"


def network() -> list:
    """Parameters for what NET= names: a word for each device."""
    words = [word for word in machine.split("NET") if word != "none"]
    for word in words:
        if not word.startswith(("tap:", "stream:", "fd:")):
            raise machine.Problem(f"error: NET={word}: known for {machine.setting('UK_TARGET', 'this target')} are none, "
                                  "tap:<interface of this machine>, stream:<path of a socket> and fd:<descriptor>")
        name = word.partition(",")[0].removeprefix("tap:")
        if word.startswith("tap:") and name:
            check_tap(name)
    if words and os.path.exists(machine.setting("UK_CONFIG")) and machine.configured(NETWORK_DRIVER) != "y":
        raise machine.Problem(f"error: NET={machine.setting('NET')}: this image has no driver for it; the option {NETWORK_DRIVER} "
                              "(make menuconfig) is one")
    return [f"netdev.host={word}" for word in words]


def check() -> None:
    machine.refuse_devices(("PORT", "CAPTURE"))
    network()
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
    command = [*emulator(), machine.image(), *machine.arguments(network())]
    tell()
    machine.show(command)
    os.execvp(command[0], command)


def debug() -> int:
    words = [machine.image() + ".dbg", *machine.arguments(network())]
    tell()
    if not emulator():
        command = machine.gdb(["-ex", "tbreak main", "-ex", "run", *machine.split("GDB_ARGS"), "--args", *words])
        machine.show(command)
        return subprocess.run(command, check=False, pass_fds=initrd.descriptors()).returncode
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "gdb")
        command = [*emulator(), "-g", socket, *words]
        machine.show(command)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True,
                                   pass_fds=initrd.descriptors())
        try:
            qemu.wait_for(socket, process)
            command = machine.gdb(["-ex", f"target remote {socket}", "-ex", "tbreak main", "-ex", "continue",
                                   *machine.split("GDB_ARGS"), words[0]], "gdb-multiarch")
            machine.show(command)
            return subprocess.run(command, check=False).returncode
        finally:
            process.kill()
            process.wait()

# SPDX-License-Identifier: BSD-3-Clause
"""The image is a Linux program: it is executed in our place."""
import os
import subprocess

import machine

INSTEAD = {"MEM": "its memory is the option LINUXU_MEMORY_MIB (make menuconfig)",
           "MACHINE": "it is a process, not a machine", "CPUS": "it is a process with one thread"}


def check() -> None:
    machine.arguments()


def run() -> int:
    command = [machine.image(), *machine.arguments()]
    machine.show(command)
    os.execv(command[0], command)


def debug() -> int:
    words = [machine.image() + ".dbg", *machine.arguments()]
    command = machine.gdb(["-ex", "tbreak main", "-ex", "run", *machine.split("GDB_ARGS"), "--args", *words])
    machine.show(command)
    return subprocess.run(command, check=False).returncode

# SPDX-License-Identifier: BSD-3-Clause
"""INITRD=: folders, packed on the fly, and archives, which the image finds in its memory one after the other."""
import fcntl
import functools
import os
import sys

import machine
from machine import Problem, setting

sys.path.append(os.path.join(machine.BASE, "support/cpio"))
import cpio  # noqa: E402

PAGE = 4 << 10


def names() -> list:
    return [name for name in setting("INITRD").split(":") if name]


def check() -> None:
    """Refuses what is no folder and no archive. There need not be an image yet."""
    for name in names():
        try:
            fault = "" if os.path.isdir(name) else cpio.fault_of(name)
        except FileNotFoundError:
            fault = "there is no such file or folder"
        except OSError as why:
            fault = why.strerror
        if fault:
            raise Problem(f"error: INITRD={name}: {fault}")


def content_of(name: str) -> bytes:
    if os.path.isdir(name):
        return cpio.pack(name)
    with open(name, "rb") as file:
        return cpio.whole_blocks(file.read())


@functools.cache
def path() -> str:
    """The file to hand over, "" if there is none: the archive that was named, else one in memory, which whoever we start
    inherits (descriptors())."""
    if not names():
        return ""
    if os.path.exists(setting("UK_CONFIG")) and machine.configured("LIBUKBOOT_INITRD") != "y":
        raise Problem(f"error: INITRD={setting('INITRD')}: this image reads no archive; the option LIBUKBOOT_INITRD "
                      "(make menuconfig) lets it, and a file system of archives selects it")
    if len(names()) == 1 and not os.path.isdir(names()[0]) and not set(names()[0]) & set(" ,"):  # which QEMU may cut at
        return names()[0]
    try:
        data = b"".join(map(content_of, names()))
    except cpio.Problem as problem:
        raise Problem(f"error: INITRD={problem}") from problem
    with open(os.memfd_create("initrd"), "wb") as file:
        file.write(data)
        descriptor = fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 3)  # never one of the first three, which may be closed
    return f"/proc/self/fd/{descriptor}"


def descriptors() -> tuple:
    """What must stay open in a process that is to open path()."""
    return (int(path().rpartition("/")[2]),) if path().startswith("/proc/self/fd/") else ()


def size() -> int:
    """Bytes, 0 if there is none."""
    return os.stat(path()).st_size if path() else 0


def whole_pages() -> int:
    return -(-size() // PAGE) * PAGE


def refuse(memory: str, least: int, why: str) -> None:
    """Too little memory. `least` in bytes."""
    raise Problem(f"error: MEM={memory}: too little for INITRD={setting('INITRD')}, an archive of {-(-size() >> 10)} KiB: "
                  f"{why}; give it MEM={-(-least >> 20)}M or more")

# SPDX-License-Identifier: BSD-3-Clause
"""How gates compile kernel files without building an image: flags, include folders, generated configuration."""
import fcntl
import functools
import os
import re
import subprocess
import sys

import gatelib

FLAGS = ("-std=c++20 -ffreestanding -fno-exceptions -fno-rtti -fno-threadsafe-statics -fvisibility=hidden "
         "-fno-pic -fno-pie -mno-red-zone -mcmodel=kernel "
         "-Wall -Wextra -Wshadow -Wundef").split()
WORK = "build/gates"
ARCHITECTURES = ("x86_64", "arm64")


@functools.cache
def c_libraries(root: str) -> list:
    """Folders of C libraries: their <string.h> must not meet files that mean the toolchain's."""
    return [os.path.dirname(name) for name in gatelib.files(root, "Makefile.uk")
            if re.search(r"^\w+_FLOOR\s*:?=\s*libc\s*$", gatelib.read(root, name), re.M)]


def architecture(name: str) -> str:
    """Whose file it is; the first one's if it is everybody's."""
    return next((isa for isa in ARCHITECTURES if isa in name.split("/")), ARCHITECTURES[0])


def several(name: str) -> bool:
    """Whether the file is one of those that only images for several CPUs have."""
    return "/smp/" in name or name.startswith("lib/uksmp/")


# What images with system calls have over the defaults.
EDGE = ("LIBPOSIX_SIGNAL", "LIBPOSIX_FDIO", "LIBPOSIX_TTY", "LIBPOSIX_SYSINFO", "LIBPOSIX_MMAP", "LIBPOSIX_FUTEX", "LIBPTHREAD",
        "LIBUKVFS", "LIBPOSIX_VFS", "LIBPROCFS", "LIBUKSHELL", "LIBUNIXSOCKET")


def edge(name: str) -> bool:
    """Whether the file is one of those that only images with system calls have."""
    return name.startswith(("lib/posix-", "lib/syscall_shim/", "lib/libpthread/", "lib/ukfile/", "lib/procfs/", "lib/ukshell/", "lib/unixsocket/")) or "/signal/" in name


def include_folders(root: str, platform: str = "kvm", user: str = "") -> list:
    """Every include folder that the file `user` may see, with one platform's header slots, those for several CPUs first.

    What stands on a C library sees nolibc; what is one of its own, with headers/, does not."""
    libcs = [folder + "/" for folder in c_libraries(root)]
    above = any(user.startswith(folder) and not os.path.isdir(os.path.join(root, folder, "headers")) for folder in libcs)
    hidden = [folder for folder in libcs if not user.startswith(folder) and not (above and folder == "lib/nolibc/")]
    return _include_folders(root, platform, architecture(user), several(user), tuple(hidden))


@functools.cache  # git lists the whole tree for it; few files differ in what they may see
def _include_folders(root: str, platform: str, isa: str, smp: bool, hidden: tuple) -> list:
    others = [other for other in ARCHITECTURES if other != isa]
    foreign = tuple(f"arch/{other}/" for other in others)
    found = set()
    for name in gatelib.files(root, ".h", ".hpp"):
        top = name.split("/")[0]
        if name.startswith(hidden) or "/include/" not in name or top not in ("lib", "drivers", "arch", "plat"):
            continue
        if top == "plat" and name.split("/")[1] != platform or name.startswith(foreign) or "/smp/include/" in name and not smp:
            continue
        if any(f"/{other}/include/" in name for other in others):
            continue
        found.add(name[:name.index("/include/")] + "/include")
    # A platform that does not own the CPU brings its own <uk/hal_irq/irq.hpp>, so plat comes first.
    return sorted(found, key=lambda folder: (not folder.startswith("plat/"), "/smp/" not in folder, folder))


def write_config(root: str) -> str:
    """Generates uk/config.h(pp) with default options; returns the folder to include."""
    folder = os.path.join(root, WORK, "include")
    if os.path.exists(os.path.join(root, "Config.uk")):
        write = [sys.executable, os.path.join(gatelib.ROOT, "tests/host/config.py")]
        subprocess.run([*write, folder], cwd=root, check=True)
        subprocess.run([*write, os.path.join(root, WORK, "edge"), *EDGE], cwd=root, check=True)
    else:
        os.makedirs(os.path.join(folder, "uk"), exist_ok=True)
        for name in ("config.h", "config.hpp"):
            with open(os.path.join(folder, "uk", name), "w", encoding="utf-8"):
                pass
    bits = os.path.join(root, WORK, "edge/uk/bits")
    os.makedirs(bits, exist_ok=True)
    with open(os.path.join(bits, "provided_syscalls.h"), "w", encoding="utf-8"):
        pass  # the build writes what an image provides
    several_cpus(root)
    return os.path.join(WORK, "include")


def several_cpus(root: str) -> None:
    """The same configuration for images that run on several CPUs, beside the first."""
    for name in ("config.h", "config.hpp"):
        text = gatelib.read(root, os.path.join(WORK, "include/uk", name))
        text = text.replace("CONFIG_HAL_CPUS 1\n", "CONFIG_HAL_CPUS 8\n").replace("hal_cpus = 1;", "hal_cpus = 8;")
        path = os.path.join(root, WORK, "smp/uk", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


@functools.cache
def upstream(root: str, folder: str) -> tuple:
    """Flags for a library that includes headers which are fetched: what its tests/gate.mk prints, which gets them."""
    if not os.path.exists(os.path.join(root, folder, "tests/gate.mk")):
        return ()
    with open(os.path.join(root, WORK, "upstream.lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other gates do the same at the same time
        done = subprocess.run(["make", "-s", "-f", f"{folder}/tests/gate.mk"], cwd=root, capture_output=True, text=True, check=False)
    flags = re.search(r"^GATE-FLAGS (.*)$", done.stdout, re.M)
    if done.returncode != 0 or not flags:
        sys.exit(f"{folder}/tests/gate.mk: {(done.stdout + done.stderr).strip()}")
    return tuple(flags[1].split())


def own_folders(root: str, name: str) -> list:
    """Where a file's library keeps its private headers."""
    own, folder = [os.path.dirname(name)], library(root, name)
    own += [folder, os.path.join(folder, architecture(name))] if folder else []
    return [one for one in own if os.path.isdir(os.path.join(root, one))]


def library(root: str, name: str) -> str:
    folder = os.path.dirname(name)
    while folder and not os.path.exists(os.path.join(root, folder, "Makefile.uk")):
        folder = os.path.dirname(folder)
    return folder


def shared_options(root: str, name: str) -> list:
    """Options for one file but for its library's private headers: configuration, everybody's include/."""
    platform = name.split("/")[1] if name.startswith("plat/") else "kvm"
    config = "smp" if several(name) else "edge" if edge(name) else "include"
    return [*upstream(root, library(root, name)), "-I" + os.path.join(WORK, config),
            *("-I" + folder for folder in include_folders(root, platform, name)), "-include", "uk/config.h",
            *(["-DCONFIG_HAL_CLOCK_FAST=1"] if name.startswith("plat/kvm/x86_64/") else []), '-DUK_LIBNAME="gate"']


def options(root: str, *names: str) -> list:
    """Include options for files with the same shared_options(), which are compiled together."""
    own = dict.fromkeys(folder for name in names for folder in own_folders(root, name))
    return [*("-I" + folder for folder in own), *shared_options(root, names[0])]

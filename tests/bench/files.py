# SPDX-License-Identifier: BSD-3-Clause
"""Files, pipes and counters: one program in our image and in the Linux opponent, instructions per operation."""
import os
import re
import sys

import libc
import measure
from measure import Failed

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "linux"))
import opponent  # noqa: E402  (the path is set above)

PROGRAM = "tests/bench/files"
# How many times fewer than Linux.
GOALS = {"open+close": 3, "stat": 3, "pread 4096": 2, "pwrite 4096": 2, "read 4096": 2, "write 4096": 2, "pipe write+read 8": 3,
         "pipe round trip": 3, "eventfd write+read": 3, "eventfd round trip": 3}
GOAL_ARCHIVE = 1.2  # a root of an archive, mounted in place, against an empty one


def operations(events: list, text: str) -> dict:
    """Name -> (instructions, with string operations counted once) of one operation."""
    at = {value: counts for kind, value, *counts in events if kind == "mark"}
    found = {}
    for name, first, last, count in re.findall(r"^measure (.+) marks (\d+) (\d+) operations (\d+)\s*$", text, re.M):
        if int(first) in at and int(last) in at:
            found[name] = [(b - a) / int(count) for a, b in zip(at[int(first)], at[int(last)])][:2]
    if "files: done" not in text:
        raise Failed(f"the program did not end; it said:\n{text[-800:]}")
    return found


def ours() -> dict:
    image = libc.built(PROGRAM, "kvm-x86_64", "files", "CONFIG_ARCH_X86_64=y", "CONFIG_PLAT_KVM=y", "CONFIG_LIBPOSIX_FDTAB_MOST=4096")
    return operations(*measure.counted(image, memory="64M"))


def theirs() -> dict:
    program = os.path.join(measure.ROOT, measure.WORK, "linux", "files")
    kernel = opponent.kernel()
    measure.must(["gcc", "-O2", "-static", "-pthread", "-o", program, f"{PROGRAM}/main.c"])
    return operations(*measure.counted(kernel, memory="128M", append=opponent.KERNEL_ARGUMENTS, limit=900,
                                       more=["-initrd", opponent.initramfs(program)]))


def rows() -> list:
    """Operation, our instructions and Linux's, how many times fewer, with string operations once, goal, ratio to the goal."""
    mine = ours()
    try:
        linux = theirs()
    except Failed as problem:
        print(f"\nfiles: without Linux: {problem}", flush=True)
        linux = {}
    made = []
    for name, (insns, once) in mine.items():
        if name not in linux:
            made.append([name, insns, "", "", once, "", "", GOALS.get(name, ""), ""])
            continue
        goal, fewer = GOALS.get(name), linux[name][0] / insns
        made.append([name, insns, linux[name][0], fewer, once, linux[name][1], linux[name][1] / once, goal or "", goal / fewer if goal else ""])
    return made


def archive(files: int) -> str:
    """The path of an archive of so many files of 1 KiB in folders of up to 100, and the folders that boot looks for."""
    path = f"{measure.WORK}/archive-{files}.cpio"
    members = [opponent.newc(name, 0o040755) for name in ("dev", "proc", "tmp")]
    for number in range(files):
        folder = f"folder-{number // 100}"
        if number % 100 == 0:
            members.append(opponent.newc(folder, 0o040755))
        members.append(opponent.newc(f"{folder}/file-{number}.txt", 0o100644, b"x" * 1024))
    with open(os.path.join(measure.ROOT, path), "wb") as file:
        file.write(b"".join([*members, opponent.newc("TRAILER!!!", 0)]))
    return path


def boots() -> list:
    """Root, instructions to main, with string operations once, more than without an archive, goal, ratio."""
    image = libc.built("apps/hello", "kvm-x86_64", "hello-archive", "CONFIG_LIBPOSIX_VFS=y", "CONFIG_LIBCPIOFS=y")
    entry, main = measure.pvh_entry(image), measure.symbols(image)["main"]
    made, first = [], None
    for name, more in (("an empty ramfs", []), ("10 files", ["-initrd", archive(10)]), ("1,000 files", ["-initrd", archive(1000)])):
        events, _ = measure.counted(image, memory="64M", addresses=[entry, main], more=more)
        insns, once, _ = measure.between(events, entry, main)
        first = first or insns
        made.append([name, insns, once, insns / first, GOAL_ARCHIVE if more else "", insns / first / GOAL_ARCHIVE if more else ""])
    return made

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The Linux guest that Microlith is measured against: fetches the pinned kernel, makes the initramfs, boots it.

Usage: opponent.py fetch | boot          (README.md beside this file is the recipe)
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import measure  # noqa: E402  (the path is set above)
from measure import Failed  # noqa: E402

HERE = "tests/bench/linux"
WORK = f"{measure.WORK}/linux"
# As little as a Linux guest can be asked to do: no console output while booting, no calibration that can be avoided.
KERNEL_ARGUMENTS = "console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check rcupdate.rcu_expedited=1 random.trust_cpu=on"


def packages() -> dict:
    """Package -> version, from the file `versions`."""
    with open(os.path.join(measure.ROOT, HERE, "versions"), encoding="utf-8") as file:
        return dict(line.split() for line in file if line.strip() and not line.startswith("#"))


def fetch() -> None:
    """Downloads and unpacks the pinned packages below build/bench/linux; nothing is installed."""
    folder = os.path.join(measure.ROOT, WORK)
    os.makedirs(folder, exist_ok=True)
    for name, version in packages().items():
        done = subprocess.run(["apt-get", "download", f"{name}={version}"], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{name} {version} cannot be fetched ({done.stderr.strip().splitlines()[-1:]}); "
                         f"`apt-cache policy {name}` names what there is; write it into {HERE}/versions and measure anew")
        archive = next(entry for entry in sorted(os.listdir(folder)) if entry.startswith(name + "_") and entry.endswith(".deb"))
        subprocess.run(["dpkg-deb", "-x", archive, "root"], cwd=folder, check=True)


def kernel() -> str:
    boot = os.path.join(measure.ROOT, WORK, "root/boot")
    names = [name for name in os.listdir(boot) if name.startswith("vmlinuz-")] if os.path.isdir(boot) else []
    if not names:
        raise Failed(f"the Linux opponent is not there; run {HERE}/opponent.py fetch")
    return os.path.join(WORK, "root/boot", sorted(names)[-1])


def newc(name: str, mode: int, data: bytes = b"", device: tuple = (0, 0)) -> bytes:
    """One entry of a cpio archive (format newc)."""
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, device[0], device[1], len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def initramfs(init: str = "") -> str:
    """An archive whose /init is this static program, or else init.c."""
    if not init:
        init = f"{WORK}/init"
        measure.must(["gcc", "-O2", "-static", "-o", init, f"{HERE}/init.c"])
    with open(os.path.join(measure.ROOT, init), "rb") as file:
        program = file.read()
    path = f"{WORK}/initramfs"
    with open(os.path.join(measure.ROOT, path), "wb") as file:
        file.write(newc("dev", 0o040755) + newc("dev/console", 0o020600, device=(5, 1)) +
                   newc("init", 0o100755, program) + newc("TRAILER!!!", 0))
    return path


def measure_boot() -> list:
    """A row for the table: kernel, instructions to /init, with string operations once, exits."""
    image = kernel()
    events, console = measure.counted(image, "pc", "128M", append=KERNEL_ARGUMENTS, limit=600, more=["-initrd", initramfs()])
    marks = [counts for kind, value, *counts in events if (kind, value) == ("mark", 1)]
    if not marks:
        raise Failed(f"Linux did not reach /init; it said:\n{console[-800:]}")
    return [[os.path.basename(image), *marks[0]]]


def main() -> int:
    try:
        if sys.argv[1:] == ["fetch"]:
            fetch()
        elif sys.argv[1:] == ["boot"]:
            print(measure_boot())
        else:
            print(__doc__)
            return 2
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

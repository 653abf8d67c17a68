# SPDX-License-Identifier: BSD-3-Clause
"""Tools of the benchmarks: build with given options, run under the counting plugin, read an image, time a process."""
import os
import re
import shutil
import statistics
import struct
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = "build/bench"
PHYS32_ENTRY = 18  # the ELF note of PVH
MACHINES = {
    "pc": ["-M", "pc"], "q35": ["-M", "q35"],
    "microvm": ["-M", "microvm,acpi=on,isa-serial=on,pit=on,pic=on,rtc=on"],
}


class Failed(Exception):
    """A measurement could not be taken; the text says why."""


def run(command: list, limit: int = 120, **options) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False,
                              stdin=subprocess.DEVNULL, timeout=limit, **options)
    except subprocess.TimeoutExpired as slow:
        raise Failed(f"{os.path.basename(command[0])} did not end within {limit} s") from slow


def must(command: list, limit: int = 300) -> str:
    done = run(command, limit)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def plugin() -> str:
    """The counting plugin, built when its source is newer."""
    source, made = "tests/bench/icount.c", f"{WORK}/libicount.so"
    full = os.path.join(ROOT, made)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    if not os.path.exists(full) or os.path.getmtime(full) < os.path.getmtime(os.path.join(ROOT, source)):
        must(["gcc", "-shared", "-fPIC", "-O2", "-o", made, source])
    return made


def build(application: str, target: str, name: str, defconfig: str = "") -> str:
    """Builds an application as its default (or another) configuration says; returns the image's path."""
    folder = f"{WORK}/{name}"
    os.makedirs(os.path.join(ROOT, folder), exist_ok=True)
    shutil.copy(os.path.join(ROOT, application, "defconfigs", defconfig or target), os.path.join(ROOT, folder, "config"))
    variables = [f"A={application}", f"T={target}", f"O={folder}", f"C={folder}/config"]
    must(["make", *variables, "olddefconfig"])
    must(["make", *variables])
    return f"{folder}/{os.path.basename(application)}_{target}"


def symbols(image: str) -> dict:
    lines = must(["nm", image + ".dbg"]).splitlines()
    return {line.split()[2]: int(line.split()[0], 16) for line in lines if len(line.split()) == 3}


def pvh_entry(image: str) -> int:
    """The address at which a loader enters by PVH (ELF note 18 of the owner Xen), else the ELF entry."""
    with open(os.path.join(ROOT, image), "rb") as file:
        data = file.read()
    entry, offset = struct.unpack_from("<QQ", data, 24)
    size, count = struct.unpack_from("<HH", data, 54)
    for index in range(count):
        kind, _, start, _, _, length = struct.unpack_from("<IIQQQQ", data, offset + index * size)
        at, end = start, start + length
        while kind == 4 and at + 12 <= end:
            name_size, value_size, note = struct.unpack_from("<III", data, at)
            value = at + 12 + (name_size + 3) // 4 * 4
            if note == PHYS32_ENTRY and data[at + 12:at + 15] == b"Xen":
                return int.from_bytes(data[value:value + value_size], "little")
            at = value + (value_size + 3) // 4 * 4
    return entry


EVENT = re.compile(r"^(\w+) (0x[0-9a-f]+|0) insns=(\d+) once=(\d+) exits=(\d+)$", re.M)


def counted(image: str, machine: str = "pc", memory: str = "32M", addresses=(), append: str = "", limit: int = 120,
            icount: bool = True, more=()) -> tuple:
    """Boots an image under the plugin; returns (events, console text). An event: (kind, value, insns, once, exits)."""
    os.makedirs(os.path.join(ROOT, WORK), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.join(ROOT, WORK)) as scratch:
        log, console = os.path.join(scratch, "log"), os.path.join(scratch, "console")
        words = ",".join([f"file={plugin()}", f"out={log}", "mmio=on", *(f"pc={address:#x}" for address in addresses)])
        command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", memory, *MACHINES[machine], "-nodefaults",
                   "-no-user-config", "-no-reboot", "-display", "none", "-serial", f"file:{console}",
                   "-device", "isa-debug-exit", "-kernel", image, "-plugin", words,
                   *(["-append", append] if append else []), *more]
        if icount:
            command += ["-icount", "shift=0,sleep=off"]
        run(command, limit)
        text = open(console, encoding="utf-8", errors="replace").read() if os.path.exists(console) else ""
        found = EVENT.findall(open(log, encoding="utf-8").read()) if os.path.exists(log) else []
    return [(kind, int(value, 16), int(insns), int(once), int(exits)) for kind, value, insns, once, exits in found], text


def between(events: list, first: int, last: int) -> tuple:
    """Instructions, instructions with string operations once, exits from one address to another."""
    at = {value: counts for kind, value, *counts in reversed(events) if kind == "pc"}
    if first not in at or last not in at:
        raise Failed("the image did not get there")
    return tuple(b - a for a, b in zip(at[first], at[last]))


def said(image: str, target: str, argument: str, cpus: int, limit: int = 120) -> str:
    """What an image prints that is run with so many CPUs, and without the plugin."""
    if target.startswith("linuxu"):
        return must(["env", f"UK_CPUS={cpus}", image, argument])
    with tempfile.NamedTemporaryFile(dir=os.path.join(ROOT, WORK)) as console:
        run(["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", str(cpus), "-m", "64M", "-nodefaults",
             "-no-user-config", "-no-reboot", "-display", "none", "-serial", f"file:{console.name}", "-device", "isa-debug-exit",
             "-kernel", image, "-append", argument], limit)
        return open(console.name, encoding="utf-8", errors="replace").read()


def boots(image: str, memory: str, machine: str = "pc") -> bool:
    """Whether hello says hello with so much memory."""
    try:
        return "Hello" in counted(image, machine, memory, limit=30, icount=False)[1]
    except Failed:
        return False


def time_pair(first: list, second: list, rounds: int = 200) -> tuple:
    """Median start-to-exit of two commands run by turns, in microseconds."""
    times = ([], [])
    devnull = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, devnull, number) for number in (0, 1, 2)]
    for _ in range(rounds):
        for command, kept in zip((first, second), times):
            start = time.perf_counter_ns()
            child = os.posix_spawn(command[0], command, {}, file_actions=actions)
            os.waitpid(child, 0)
            kept.append((time.perf_counter_ns() - start) / 1000)
    os.close(devnull)
    return tuple(statistics.median(kept) for kept in times)


def seconds(command: list) -> float:
    start = time.monotonic()
    must(command)
    return time.monotonic() - start


def remove(path: str) -> None:
    shutil.rmtree(os.path.join(ROOT, path), ignore_errors=True)

# SPDX-License-Identifier: BSD-3-Clause
"""apps/hello on every target: bytes of the image, instructions from its entry to main, the least memory that it runs in."""
import os
import struct
import sys
import tempfile

import measure
from measure import Failed

ALL = ["kvm-x86_64", "kvm-arm64", "xen-x86_64", "linuxu-x86_64", "linuxu-arm64"]
STEP_KIB, FINE_KIB, MOST_KIB = 256, 32, 8192
SHOWN = {"xen-x86_64": "xen-x86_64 dom0"}
RAM_OF_VIRT = 0x40000000  # where QEMU's machine virt has its memory


def plugin_words(log: str, addresses: list) -> list:
    return ["-plugin", ",".join([f"file={measure.plugin()}", f"out={log}", *(f"pc={address:#x}" for address in addresses)])]


def count(command, addresses: list, limit: int = 120) -> int:
    """Instructions between two addresses of what `command(console file, plugin options)` starts."""
    with tempfile.TemporaryDirectory(dir=os.path.join(measure.ROOT, measure.WORK)) as scratch:
        log, console = os.path.join(scratch, "log"), os.path.join(scratch, "console")
        measure.run(command(console, plugin_words(log, addresses)), limit)
        events = measure.EVENT.findall(open(log, encoding="utf-8").read()) if os.path.exists(log) else []
    found = [(kind, int(value, 16), int(insns), int(once), int(exits)) for kind, value, insns, once, exits in events]
    return measure.between(found, *addresses)[0]


def arm64_command(image: str, memory: str):
    def command(console: str, plugin: list) -> list:
        return ["qemu-system-aarch64", "-M", "virt", "-accel", "tcg", "-cpu", "max", "-m", memory, "-nodefaults",
                "-no-user-config", "-no-reboot", "-display", "none", "-serial", f"file:{console}",
                "-semihosting-config", "enable=on,target=native", "-kernel", image, *plugin]
    return command


def arm64_entry(image: str) -> int:
    """Where QEMU enters a Linux arm64 image: its header's text_offset above the start of memory."""
    with open(os.path.join(measure.ROOT, image), "rb") as file:
        return RAM_OF_VIRT + struct.unpack_from("<Q", file.read(16), 8)[0]


def least_memory(says_hello) -> object:
    """In KiB, to FINE_KIB: coarse steps up to the first that is enough, then fine ones below it."""
    enough = next((kib for kib in range(STEP_KIB, MOST_KIB, STEP_KIB) if says_hello(kib)), None)
    if enough is None:
        return "more"
    return next((kib for kib in range(enough - STEP_KIB + FINE_KIB, enough, FINE_KIB) if says_hello(kib)), enough)


def says_hello_on_arm64(image: str, memory: str) -> bool:
    with tempfile.NamedTemporaryFile(dir=os.path.join(measure.ROOT, measure.WORK)) as console:
        try:
            measure.run(arm64_command(image, memory)(console.name, []), 20)
        except Failed:
            return False
        return b"Hello" in console.read()


def measure_kvm_x86_64(image: str) -> tuple:
    entry, main = measure.pvh_entry(image), measure.symbols(image)["main"]
    events, _ = measure.counted(image, "pc", "32M", [entry, main])
    return measure.between(events, entry, main)[0], least_memory(lambda kib: measure.boots(image, f"{kib}K"))


def measure_kvm_arm64(image: str) -> tuple:
    insns = count(arm64_command(image, "32M"), [arm64_entry(image), measure.symbols(image)["main"]])
    return insns, least_memory(lambda kib: says_hello_on_arm64(image, f"{kib}K"))


def measure_linuxu(image: str) -> tuple:
    program = "qemu-aarch64" if image.endswith("arm64") else "qemu-x86_64"
    symbols = measure.symbols(image)
    return count(lambda _console, plugin: [program, *plugin, image], [symbols["_start"], symbols["main"]]), "-"


def xen_command(image: str, kib: int):
    """The image as Xen's control domain."""
    sys.path.append(os.path.join(measure.ROOT, "support/xen"))
    import packages
    import xenmachine
    try:
        folder = packages.get()
    except packages.Missing as missing:
        raise Failed(str(missing)) from missing
    return lambda console, plugin: [*xenmachine.dom0_command(
        "qemu-system-x86_64", folder, image, "", kib, "1", ["-serial", f"file:{console}"]), *plugin]


def says_hello_on_xen(image: str, kib: int) -> bool:
    with tempfile.NamedTemporaryFile(dir=os.path.join(measure.ROOT, measure.WORK)) as console:
        try:
            measure.run(xen_command(image, kib)(console.name, []), 30)
        except Failed:
            return False
        return b"Hello" in console.read()


def measure_xen(image: str) -> tuple:
    """As control domain (an unprivileged one has whole MiB). What Xen does meanwhile for its guest is counted as well."""
    insns = count(xen_command(image, 32 << 10), [measure.pvh_entry(image), measure.symbols(image)["main"]])
    return insns, least_memory(lambda kib: says_hello_on_xen(image, kib))


MEASURES = {"kvm-x86_64": measure_kvm_x86_64, "kvm-arm64": measure_kvm_arm64, "xen-x86_64": measure_xen,
            "linuxu-x86_64": measure_linuxu, "linuxu-arm64": measure_linuxu}


def measure_target(target: str) -> tuple:
    """(bytes, instructions to main, least memory in KiB) of a target; a text where something cannot be measured."""
    try:
        image = measure.build("apps/hello", target, f"hello-{target}")
        size = os.path.getsize(os.path.join(measure.ROOT, image))
        return (size, *MEASURES[target](image))
    except Failed as problem:
        return str(problem).splitlines()[0][:60], "", ""

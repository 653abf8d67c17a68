# SPDX-License-Identifier: BSD-3-Clause
"""Xen under QEMU: the commands, the control domain's files, and which part of the serial line is a domain's console."""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "cpio"))
from cpio import Archive  # noqa: E402

XEN_MEMORY, LINUX_MEMORY = 256, 192  # MiB
# PVH domains need AMD-V, which QEMU emulates. The control domain's emulation of "iret" has no SMAP.
PROCESSOR = "max,-smap"
# Xen gives a virtual CPU its vector registers when it first uses them, which QEMU does not tell if that is by XSAVE or XRSTOR
# (docs/xen-under-emulation.md); so it is told to give them at each switch.
EAGER = "spec-ctrl=eager-fpu"
# Xen says this last before its control domain runs.
STARTED = re.compile(rb"\(XEN\) Freed \S+ init memory\r?\n")
XEN_LINE = b"(XEN) "
BEGINS, ENDED = re.compile(rb"\r?\n@microlith begins (\S+)\r?\n"), re.compile(
    rb"\r?\n@microlith ended (\S+): reason (\S+), status (\S+)\r?\n")


def base_command(qemu: str, folder: str, mebibytes: int, console: list) -> list:
    return [qemu, "-accel", "tcg", "-machine", "q35", "-cpu", PROCESSOR, "-m", str(mebibytes), "-smp", "1", "-display", "none",
            "-nodefaults", "-no-user-config", "-no-reboot", *console, "-device", "isa-debug-exit", "-kernel", f"{folder}/xen.elf"]


def module(path: str, line: str = "") -> str:
    """A file for -initrd, with its command line; QEMU reads a doubled comma as one."""
    return f"{path} {line}".strip().replace(",", ",,")


def dom0_command(qemu: str, folder: str, image: str, line: str, memory: int, cpus: str, console: list, files: str = "") -> list:
    """The image as the control domain itself; `memory` in KiB, `files` is its initrd."""
    options = f"com1=115200,8n1 console=com1 dom0=pvh dom0_mem={memory}K,max:{memory}K dom0_max_vcpus={cpus} {EAGER}"
    whole = XEN_MEMORY + memory // 1024 + mebibytes_of(files)
    return [*base_command(qemu, folder, whole, console), "-device", "amd-iommu", "-append", options,
            "-initrd", ",".join([module(image, line), *([module(files)] if files else [])])]


def mebibytes_of(path: str) -> int:
    return -(-os.stat(path).st_size >> 20) if path else 0


def configuration(name: str, kernel: str, line: str, mebibytes: int, cpus: int, files: str = "") -> str:
    """For xl. Domains that ended are kept, so that their exit status can be read."""
    quoted = line.replace("\\", "\\\\").replace('"', '\\"')
    ramdisk = f'ramdisk = "{files}"\n' if files else ""
    return (f'name = "{name}"\ntype = "pvh"\nkernel = "{kernel}"\n{ramdisk}extra = "{quoted}"\nmemory = {mebibytes}\nvcpus = {cpus}\n'
            'tsc_mode = "native"\non_poweroff = "preserve"\non_reboot = "preserve"\non_crash = "preserve"\n')


class Domain:
    """One for the real control domain to start."""

    def __init__(self, name, image, line="", mebibytes=64, cpus=1, files=""):
        self.name, self.image, self.files = name, image, files
        self.text = configuration(name, f"/images/{name}", line, mebibytes, cpus, files and f"/images/{name}.initrd")
        self.mebibytes = mebibytes
        self.for_linux = 3 * mebibytes_of(files)  # in its own archive, unpacked, and as xl loads it


def initrd(folder: str, domains: list, path: str) -> None:
    archive = Archive()
    with open(os.path.join(HERE, "init"), "rb") as file:
        archive.file("init", file.read())
    for domain in domains:
        for place, name in ((f"images/{domain.name}", domain.image), (f"images/{domain.name}.initrd", domain.files)):
            if name:
                with open(name, "rb") as file:
                    archive.file(place, file.read())
        archive.file(f"domains/{domain.name}.xl", domain.text.encode())
    with open(f"{folder}/dom0.cpio", "rb") as first, open(path, "wb") as out:
        out.write(first.read())
        out.write(archive.finish())


def domu_command(qemu: str, folder: str, archive: str, domains: list, console: list, more: str = "") -> list:
    """Linux as control domain, which starts the domains in turn; `archive` is made by initrd(), `more` are options of Xen's."""
    most = max(domain.mebibytes for domain in domains)
    linux = LINUX_MEMORY + sum(domain.for_linux for domain in domains)
    options = f"com1=115200,8n1 console=com1 dom0_mem={linux}M,max:{linux}M {EAGER} {more}"
    # Without what an emulated processor spends seconds on: tests of ciphers, a search for pages that are writable and executable.
    line = "console=hvc0 quiet panic=-1 cryptomgr.notests rodata=off rdinit=/init"
    return [*base_command(qemu, folder, XEN_MEMORY + linux + most + mebibytes_of(archive), console), "-append", options,
            "-initrd", f"{module(f'{folder}/vmlinux', line)},{module(archive)}"]


def temporary() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="microlith-xen-")


class Screen:
    """Takes the serial line's bytes and gives those of a domain's console: all after Xen's own start for `dom0`, what stands
    between two marks for `domu`. Lines of Xen's are taken out wherever they begin, and kept in `xen`. What may be the beginning of
    such a thing is kept back until more comes; pause() is for a while without, as who waits for keys says nothing more."""

    def __init__(self, mode: str):
        self.domu, self.shown, self.buffer = mode == "domu", False, b""
        self.before, self.xen, self.ended = b"", [], {}
        self.early = 0  # so many bytes of the buffer's beginning have been shown

    def feed(self, data: bytes, last: bool = False) -> bytes:
        self.buffer += data
        out = b""
        while True:
            part, again = self._step(last)
            out += part
            if not again:
                return out

    def pause(self) -> bytes:
        """What was kept back, but the beginning of a mark, of Xen's line, or of a line's end. What it begins is known all the same when it comes."""
        kept = self.buffer.removesuffix(b"\r") if self.shown and b"@" not in self.buffer and XEN_LINE not in self.buffer else b""
        text, self.early = kept[self.early:], max(self.early, len(kept))
        return self._clean(text)

    def _take(self, end: int, rest: int) -> bytes:
        """The buffer up to `end`, but what was shown; it begins at `rest` from now on."""
        text, self.buffer, self.early = self.buffer[self.early:end], self.buffer[rest:], max(self.early - rest, 0)
        return self._clean(text)

    def _step(self, last: bool) -> tuple:
        """(bytes to show, whether there may be more)"""
        if not self.shown:
            found = (BEGINS if self.domu else STARTED).search(self.buffer)
            if found:
                self.before += self.buffer[:found.start()]
                self.buffer, self.shown = self.buffer[found.end():], True
            return b"", bool(found)
        at = self.buffer.find(XEN_LINE)
        end = ENDED.search(self.buffer) if self.domu else None
        if end and (at < 0 or end.start() < at):
            self.ended[end[1].decode()] = (end[2].decode(), end[3].decode())
            self.shown = False
            return self._take(end.start(), end.end() - 1), True  # a mark begins with the end of a line
        if at >= 0:
            stop = self.buffer.find(b"\n", at)
            if stop < 0 and not last:
                return self._take(at, at), False
            stop = len(self.buffer) if stop < 0 else stop + 1
            self.xen.append(self.buffer[at:stop].decode(errors="replace").rstrip())
            return self._take(at, stop), True
        sure = len(self.buffer) - (0 if last else self._unsure())
        return self._take(sure, sure), False

    def _unsure(self) -> int:
        """How many bytes at the end may belong to something that is not to be shown."""
        if self.domu:
            at = self.buffer.rfind(b"\n@")
            if at >= 0 and b"\n@microlith".startswith(self.buffer[at:at + 11]) and b"\n" not in self.buffer[at + 1:]:
                return len(self.buffer) - at + (self.buffer[at - 1:at] == b"\r")
        for token in ([b"\r\n@", XEN_LINE] if self.domu else [XEN_LINE, b"\r\n"]):
            for size in range(len(token) - 1, 0, -1):
                if self.buffer.endswith(token[:size]):
                    return size
        return 0

    @staticmethod
    def _clean(text: bytes) -> bytes:
        return text.replace(b"\r\n", b"\n")

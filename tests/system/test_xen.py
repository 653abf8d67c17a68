# SPDX-License-Identifier: BSD-3-Clause
"""The real Xen: images as its control domain and as domains that xl creates, how they end, and what is said where they
cannot run."""
import contextlib
import gzip
import lzma
import os
import random
import re
import select
import struct
import subprocess
import sys
import time
import zlib

import guest
import pytest

sys.path[:0] = [os.path.join(guest.ROOT, folder) for folder in ("support/xen", "support/cpio")]
import cpio  # noqa: E402  (the path is set above)
import packages  # noqa: E402
import xenmachine  # noqa: E402

TARGET = "xen-x86_64"
LIMIT = 120
LONG = "UK_CHECK_ALL" in os.environ
RUN = os.path.join(guest.ROOT, "support/run/run")
PASSED = re.compile(r"^# [1-9]\d* passed, 0 failed, \d+ skipped$", re.M)
CONSOLE = ["-serial", "stdio"]


@pytest.fixture(scope="module", name="image")
def built_image():
    return guest.build(TARGET)


@pytest.fixture(scope="module", name="xen")
def xen_folder():
    return packages.get()


def started(image: str, *goal, **settings) -> tuple:
    """(output, status) of support/run/run, as make calls it."""
    names = ("ARGS", "PARAMS", "MEM", "CPUS", "MACHINE", "V", "ACCEL", "QEMU")
    environment = {k: v for k, v in os.environ.items() if k not in names}
    environment.update({"UK_IMAGE": image, "UK_PLAT": "xen", "UK_ARCH": "x86_64", **settings})
    done = subprocess.run([RUN, *goal], capture_output=True, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, timeout=LIMIT, check=False, env=environment)
    return done.stdout + done.stderr, done.returncode


# More than a second of CPU each, before the image begins. That 0 and 42 arrive is shown by tests below.
ENDS = [("end:126", 126), ("crash:read_null", 134), ("end:reboot", 125)]
MORE_ENDS = [("end:0", 0), ("end:42", 42), ("crash:panic", 134)]


@pytest.mark.parametrize("words, status", [*ENDS, *(MORE_ENDS if LONG else [])])
def test_ends_of_a_control_domain(image, xen, words, status):
    assert xen
    console, code = started(image, ARGS=words)
    assert code == status, console
    assert ("run: " in console) == (status == 125), console
    assert ("---- Microlith crash report ends ----" in console) == words.startswith("crash:"), console


def test_output_is_whole_and_nothing_else_is_shown(image, xen):
    assert xen
    console, code = started(image, PARAMS="log.level=info", ARGS="format", MEM="32M")
    assert code == 0 and PASSED.search(console), console
    assert "] Info: [ukboot] xen, entered by PVH," in console
    assert "(XEN)" not in console and "TAP version 13" in console
    everything, _ = started(image, ARGS="end:0", V="1")
    assert "(XEN) Freed" in everything


class Boot:
    """Domains that one control domain started in turn, each with a Screen's view of its console."""

    def __init__(self, xen: str, scratch, domains: list):
        archive = str(scratch / "initrd")
        xenmachine.initrd(xen, domains, archive)
        command = xenmachine.domu_command("qemu-system-x86_64", xen, archive, domains, CONSOLE)
        self._start(command, domains)
        # An upcall that the emulated AMD-V delivered twice may kill a domain (docs/xen-under-emulation.md): once more then.
        if any(self._frame_was_lost(domain) for domain in domains):
            self._start(command, domains)

    def _frame_was_lost(self, domain) -> bool:
        names = subprocess.run(["nm", domain.image + ".dbg"], capture_output=True, text=True, check=True).stdout
        place = re.search(r"^(\w+) t uk_irq_frame_was_lost$", names, re.M)
        return bool(place) and place[1] in self.consoles[domain.name]

    def _start(self, command, domains) -> None:
        self.text, self.consoles = "", {}
        screen = xenmachine.Screen("domu")
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as machine:
            try:
                if self._watch(machine, screen, [domain.name for domain in domains]):
                    machine.wait(LIMIT)
                else:
                    self._ask_xen(machine)
            finally:
                machine.kill()
        self.code = machine.returncode
        self.ended = screen.ended

    def _ask_xen(self, machine) -> None:
        """What domains wait for that stand still, their events, timers and registers: for whoever reads why the tests failed."""
        with contextlib.suppress(OSError):
            machine.stdin.write(b"\x01\x01\x01qeav")
            machine.stdin.flush()
        end = time.monotonic() + 30
        while time.monotonic() < end and select.select([machine.stdout], [], [], 10)[0]:
            data = os.read(machine.stdout.fileno(), 65536)
            if not data:
                return
            self.text += data.decode(errors="replace")

    def _watch(self, machine, screen, names) -> bool:
        """False: it says nothing any more, or goes on for ever."""
        end = time.monotonic() + 6 * LIMIT
        for name in names:
            self.consoles[name] = ""
        while time.monotonic() < end and select.select([machine.stdout], [], [], 2 * LIMIT)[0]:
            data = os.read(machine.stdout.fileno(), 65536)
            if not data:
                return True
            self.text += data.decode(errors="replace")
            # One line at a time, so that no step of the Screen's covers two domains.
            for line in data.splitlines(keepends=True):
                count = len(screen.ended)
                shown = screen.feed(line).decode(errors="replace")
                if count < len(names):
                    self.consoles[names[count]] += shown
        return False


@pytest.fixture(scope="module", name="boot")
def booted(image, xen, tmp_path_factory):
    scratch, domain = tmp_path_factory.mktemp("xen"), xenmachine.Domain
    domains = [domain("a-tests", image) if LONG else domain("a-tests", image, "xenplat"), domain("b-clock", image, "appguest.clock"),
               domain("c-off", image, "end:power_off"), domain("d-reboot", image, "end:reboot"),
               domain("e-files", image, "initrd_outlives", files=big_archive(scratch)),
               domain("f-fault", image, "crash:bad_instruction"), domain("g-panic", image, "crash:panic"),
               domain("h-long", image, "end:200", 4)]
    return Boot(xen, scratch, domains)


def big_archive(scratch) -> str:
    """20 MiB, as in test_initrd.py."""
    data = random.Random(6).randbytes((20 << 20) - 123)
    (scratch / "files").mkdir()
    (scratch / "files/big").write_bytes(data)
    (scratch / "files/sum").write_text(str(zlib.adler32(data)))
    (scratch / "archive").write_bytes(cpio.pack(str(scratch / "files")))
    return str(scratch / "archive")


def test_guest_tests_pass_in_a_domain(boot):
    """All in make check-all: those of a control domain are the same."""
    for name in ("a-tests", "b-clock", "e-files"):
        assert PASSED.search(boot.consoles[name]), boot.text
    asked_for = r"no initrd\b|started without vfs.fstab|not on this machine|needs more memory"  # by other tests, or by machines
    assert not re.findall(rf"^ok .* # SKIP (?!{asked_for}).*$", boot.consoles["a-tests"], re.M), boot.consoles["a-tests"]
    for name in ("xenstore_answers", "granted_page_is_read_by_the_hypervisor", "event_reaches_its_own_domain"):
        assert re.search(rf"^ok \d+ - xenplat\.{name}$", boot.consoles["a-tests"], re.M), boot.consoles["a-tests"]
    assert re.search(r"^ok \d+ - appguest\.clock_waits_until_a_moment$", boot.consoles["b-clock"], re.M)
    assert re.search(r"^ok \d+ - .*initrd_outlives\w*$", boot.consoles["e-files"], re.M)


# Reasons as xl reports them: 0 power off, 1 reboot, 3 crash. A reboot is no end of the program, so it has no status.
@pytest.mark.parametrize("name, reason, status", [("a-tests", "0", "0"), ("b-clock", "0", "0"), ("c-off", "0", "0"),
                                                  ("d-reboot", "1", "125"), ("e-files", "0", "0"),
                                                  ("f-fault", "3", "134"), ("g-panic", "3", "134"), ("h-long", "0", "200")])
def test_xl_reports_how_a_domain_ended(boot, name, reason, status):
    assert boot.ended.get(name) == (reason, status), boot.text


def test_the_last_status_goes_through_isa_debug_exit(boot):
    assert boot.code == (200 & 127) << 1 | 1, boot.text


def test_crash_reports_are_whole(boot):
    assert "invalid opcode" in guest.report_of(boot.consoles["f-fault"])


# Each takes Xen's control domain seconds to begin; the fixture `boot` has more ends in one, and the test below has "end:-1".
@pytest.mark.skipif(not LONG, reason="four times Linux: in make check-all")
@pytest.mark.parametrize("words, status, said", [("end:200", 200, ""), ("end:42", 42, ""), ("end:7", 7, ""), ("crash:panic", 134, "")])
def test_run_gives_the_status_of_a_domain(image, xen, words, status, said):
    assert xen
    console, code = started(image, ARGS=words, MACHINE="domu", MEM="16M")
    assert code == status and "error" not in console, console
    assert "".join(re.findall(r"^run: .*\n", console, re.M)) == said, console


@pytest.mark.parametrize("machine, memory, unit, words, said", [
    ("dom0", "512K", "K", "end:42", ""), ("domu", "1M", "M", "end:-1", "run: exit status -1 arrives as 255: there are 8 bits\n")])
def test_too_little_memory_is_refused(image, xen, machine, memory, unit, words, said):
    """What is enough is; and so `make run` gives the status of a domain."""
    assert xen
    console, code = started(image, MACHINE=machine, MEM=memory)
    found = re.fullmatch(rf"error: MEM={memory}: the image does not fit .*; give it MEM=(\d+{unit}) or more\n", console)
    assert code == 1 and found, console
    console, code = started(image, MACHINE=machine, MEM=found[1], ARGS=words)
    assert code == int(words.removeprefix("end:")) & 255 and "error" not in console, console
    assert "".join(re.findall(r"^run: .*\n", console, re.M)) == said, console


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_an_image_without_xen_says_so(image, tmp_path, machine):
    log = tmp_path / "port"
    command = ["qemu-system-x86_64", "-M", machine, "-accel", "tcg", "-m", "64M", "-nodefaults", "-display", "none", "-no-reboot",
               *CONSOLE, "-debugcon", f"file:{log}", "-device", "isa-debug-exit", "-kernel", image]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=LIMIT, check=False)
    for text in (done.stdout, log.read_text(encoding="utf-8")):
        assert re.search(r"^Microlith: this image is for Xen, and there is no Xen below it; .*ENODEV", text, re.M), text
    assert done.returncode == 126 << 1 | 1


@pytest.mark.parametrize("settings, text", [({"MACHINE": "pc"}, "known for .* are dom0, domu"), ({"ACCEL": "tcg"}, "ACCEL=tcg means nothing"),
                                            ({"MACHINE": "domu", "MEM": "4100K"}, "whole MiB")])
def test_variables_that_make_no_sense(settings, text):
    console, code = started("no-image", **settings)
    assert code == 1 and re.search(rf"^error: .*{text}", console, re.M), console


def test_gdb_is_refused(image):
    console, code = started(image, "debug")
    assert code == 1 and console.startswith("error: gdb cannot look into a domain"), console


def test_packages_that_cannot_be_had(image, tmp_path):
    qemu = tmp_path / "qemu"
    qemu.symlink_to("/bin/true")
    python = tmp_path / "bin"
    python.mkdir()
    for name in ("python3", "env"):
        (python / name).symlink_to(f"/usr/bin/{name}")
    console, code = started(image, QEMU=str(qemu), UK_CACHE=str(tmp_path / "cache"), PATH=str(python))
    assert code == 1 and re.search(r"^error: Xen comes from Debian's packages, and apt-cache is not there", console, re.M), console


@pytest.mark.parametrize("pack, known", [(lzma.compress, True), (gzip.compress, False)])
def test_the_kernel_is_unpacked_if_it_is_packed_by_xz(pack, known):
    elf = b"\x7fELF" + bytes(range(256)) * 40
    packed = pack(elf) + len(elf).to_bytes(4, "little")
    head = bytearray(1024)  # the boot sector and one more; behind them 64 bytes of code
    head[0x1f1], head[0x202:0x206], head[0x248:0x250] = 1, b"HdrS", struct.pack("<II", 64, len(packed))
    kernel = bytes(head) + b"c" * 64 + packed + b"the rest"
    assert packages.unpacked(kernel) == (elf if known else kernel)


def test_the_configuration_for_xl_lies_beside_the_image(image):
    with open(image + ".xl", encoding="utf-8") as file:
        text = file.read()
    assert "xl create -c guest_xen-x86_64.xl" in text
    assert '\nkernel = "guest_xen-x86_64"\n' in text and '\ntype = "pvh"\n' in text


def chunks(data: bytes, size: int) -> list:
    return [data[at:at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_screen_shows_a_console_and_nothing_else(size):
    control = b"(XEN) a\r\n(XEN) Freed 656kB init memory\r\nhello\r\n(XEN) b\r\nwor(XEN) c\r\nld (X)\r\n@microlith"
    screen = xenmachine.Screen("dom0")
    out = b"".join(screen.feed(part) for part in chunks(control, size)) + screen.feed(b"", last=True)
    assert out == b"hello\nworld (X)\n@microlith" and screen.xen == ["(XEN) b", "(XEN) c"]
    domain = (b"(XEN) Freed 1kB init memory\r\nlinux\r\n@microlith begins x\r\nno end of\r\n@ line\r\n@microlith ended x: "
              b"reason 3, status 134\r\n\r\n@microlith begins y\r\n(XEN) d\r\ny\r\n\r\n@microlith ended y: reason 0, status 0\r\n")
    screen = xenmachine.Screen("domu")
    out = b"".join(screen.feed(part) for part in chunks(domain, size)) + screen.feed(b"", last=True)
    assert out == b"no end of\n@ liney\n"
    assert screen.ended == {"x": ("3", "134"), "y": ("0", "0")}


def test_the_screen_shows_what_it_kept_when_nothing_comes():
    screen = xenmachine.Screen("domu")
    assert screen.feed(b"\r\n@microlith begins x\r\n") + screen.pause() == b""
    assert screen.feed(b"ready\r\n") == b"ready"
    assert [screen.pause(), screen.pause(), screen.feed(b"[a]\r\n"), screen.pause()] == [b"\n", b"", b"[a]", b"\n"]
    assert [screen.feed(b"b\r") + screen.pause(), screen.feed(b"\n") + screen.pause()] == [b"b", b"\n"]
    assert screen.feed(b"\r\n@micro") + screen.pause() == b""
    assert screen.feed(b"lith ended x: reason 0, status 0\r\n") + screen.pause() == b"" and screen.ended == {"x": ("0", "0")}
    screen = xenmachine.Screen("dom0")
    assert screen.feed(b"(XEN) Freed 1kB init memory\r\none (") + screen.pause() == b"one ("
    assert screen.feed(b"XEN) a") + screen.pause() == b"" and screen.feed(b"\r\ntwo\r\n") == b"two\n" and screen.xen == ["(XEN) a"]

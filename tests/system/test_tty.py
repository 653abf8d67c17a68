# SPDX-License-Identifier: BSD-3-Clause
"""The console as a terminal (posix-tty), typed to as a user would: tests/tty."""
import itertools
import os
import re
import resource
import shutil
import signal
import subprocess
import termios
import time

import guest
import pytest
from terminal import Session, image_builder

TARGETS = ["kvm-x86_64", "kvm-arm64", "linuxu-x86_64", "linuxu-arm64"]
LINUXU = ["linuxu-x86_64", "linuxu-arm64"]
XEN = "xen-x86_64"
LFLAG = 3
# What QEMU's log says of each interrupt of the image; the firmware of a PC has 0x08 to 0x0f and 0x70 to 0x77. Xen's timer is 0xfa,
# which keeps those of its domains; others are of what it writes.
EMULATORS = {"kvm-x86_64": ("qemu-system-x86_64", r"^Servicing hardware INT=0x[2-6][0-9a-f]\b"),
             "kvm-arm64": ("qemu-system-aarch64", r"^Taking exception 5 \[IRQ\]"),
             XEN: ("qemu-system-x86_64", r"^Servicing hardware INT=0xfa\b")}
# Boot tries timers and the console, then the wait ends; who looks for keys each 8 ms would be woken 250 times in two seconds.
MOST = 30


@pytest.fixture(scope="module", name="image_of")
def built_images():
    return image_builder("tests/tty")


@pytest.fixture(name="start")
def sessions(image_of):
    opened = []

    def start(target, arguments, option="", **variables):
        opened.append(Session(image_of(target, option), target, arguments, **variables))
        return opened[-1]
    yield start
    for session in opened:
        session.close()


def restored(session) -> bool:
    return termios.tcgetattr(session.slave)[:4] == session.before[:4]


@pytest.mark.parametrize("target", [*TARGETS, XEN])
def test_a_line_is_edited_and_echoed(target, start):
    session = start(target, "lines")
    session.expect("ready\n")
    session.type("helo\x7f\x7fllo\r")
    session.expect("helo\b \b\b \bllo\n[hello]\n")
    session.type("one two\x17three\r")
    session.expect("[one three]\n")
    session.type("\x04")
    assert session.end() == 0 and restored(session)


@pytest.mark.skipif("UK_CHECK_ALL" not in os.environ, reason="only in make check-all: Linux boots first")
def test_a_domain_that_xl_creates_echoes(start):
    session = start(XEN, "lines", MACHINE="domu", MEM="16M")
    session.expect("ready\n")
    session.type("helo\x7f\x7fllo\r\x04")
    session.expect("[hello]\n")
    assert session.end() == 0


@pytest.mark.parametrize("target", TARGETS)
def test_poll_waits_for_a_line(target, start):
    session = start(target, "poll")
    session.expect("ready\n")
    session.type("one\r")
    session.expect("one\n[one]\n")
    session.type("two\rthree\r\x04")
    session.expect("[two]\n")
    session.expect("[three]\n")
    assert session.end() == 0 and restored(session)


@pytest.mark.parametrize("target", TARGETS)
def test_raw_mode_gives_each_key(target, start):
    session = start(target, "raw")
    session.expect("raw\n")
    session.type("a\r\x03")
    session.expect("<61><0d><03>")
    session.type("q")
    session.expect("<71>\n")
    assert session.end() == 0 and restored(session)


@pytest.mark.parametrize("task, target", [*itertools.product(["lines", "spin"], TARGETS), ("spin", XEN)])
def test_ctrl_c_ends_a_program(target, task, start):
    session = start(target, task)
    session.expect("ready\n")
    session.type("abc\x03")
    session.expect("abc^C")
    assert session.end() == 130 and restored(session)


@pytest.mark.parametrize("target", LINUXU)
def test_the_host_terminal_comes_back(target, start):
    session = start(target, "crash")
    session.expect("ready\n")
    assert termios.tcgetattr(session.slave)[LFLAG] & (termios.ICANON | termios.ECHO | termios.ISIG) == 0
    session.type("x\r")
    session.expect("crash report ends")
    assert session.end() == -signal.SIGABRT and restored(session)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        session = start(target, "lines")
        session.expect("ready\n")
        session.process.send_signal(number)
        assert session.end() == -number and restored(session)


@pytest.mark.parametrize("target", LINUXU)
def test_a_pipe_is_no_terminal(target, image_of):
    words = [*guest.EMULATOR.get(target, []), image_of(target)]
    done = subprocess.run([*words, "lines"], input=b"a\x7fb\x03\nlast", stdout=subprocess.PIPE, timeout=guest.LIMIT, check=False)
    assert (done.stdout, done.returncode) == (b"ready\n[a\x7fb\x03\nlast]\n", 0)
    done = subprocess.run([*words, "poll"], input=b"x" * 5000, stdout=subprocess.PIPE, timeout=guest.LIMIT, check=False)
    text = done.stdout.decode().replace("ready", "").translate({ord(c): None for c in "[]\n"})
    assert (text, done.returncode) == ("x" * 5000, 0)
    done = subprocess.run([*words, "what"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=guest.LIMIT, check=False)
    assert done.stdout.decode() == "".join(f"{fd}: 0 10600, -25 0x0\n" for fd in range(3))


def test_what_the_descriptors_are(start):
    session = start("linuxu-x86_64", "what")
    for fd in range(3):
        session.expect(f"{fd}: 0 20620, 0 ")
    assert session.end() == 0


@pytest.mark.parametrize("target", EMULATORS)
def test_nothing_interrupts_who_waits_for_keys(target, start, tmp_path):
    log, wrapper, (program, interrupt) = tmp_path / "log", tmp_path / "qemu", EMULATORS[target]
    wrapper.write_text(f'#!/bin/sh\nexec {shutil.which(program)} -d int -D {log} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    session = start(target, "idle", QEMU=str(wrapper), **({} if target == XEN else {"ACCEL": "tcg"}))
    assert session.end() == 0
    count = len(re.findall(interrupt, log.read_text(encoding="utf-8", errors="replace"), re.M))
    assert 2 <= count <= (MOST if target != XEN else 20 * MOST), count  # Xen's own are among them, more on a slow host


@pytest.fixture(name="wake_ups")
def counted_wake_ups():
    """How often children that have ended waited, since the test began."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw
    return lambda: resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw - before


def test_nothing_wakes_a_process_that_waits_for_keys(start, image_of, wake_ups):
    assert image_of("linuxu-x86_64")
    before = wake_ups()
    assert start("linuxu-x86_64", "idle").end() == 0
    assert 2 <= wake_ups() - before <= MOST, wake_ups() - before


@pytest.mark.parametrize("option, most", [("CONFIG_UKSCHED_NONE=y", MOST), ("CONFIG_LIBPOSIX_TTY_INTERRUPT=n", 10_000)])
def test_keys_come_without_threads_and_without_interrupts(start, image_of, wake_ups, option, most):
    target = "linuxu-x86_64"
    with open(f"{image_of(target, option)}.config", encoding="utf-8") as file:
        assert option.replace("=n", " is not set") in file.read()
    for task in ("lines", "poll"):
        session = start(target, task, option)
        session.expect("ready\n")
        session.type("helo\x7f\x7fllo\r\x04")
        session.expect("[hello]\n")
        assert session.end() == 0 and restored(session)
    before = wake_ups()
    assert start(target, "idle", option).end() == 0
    assert 2 <= wake_ups() - before <= most and (wake_ups() - before > MOST) == (most > MOST), wake_ups() - before


@pytest.mark.parametrize("task", ["lines", "poll"])
def test_nothing_wakes_a_process_that_waits_for_a_pipe(task, image_of, wake_ups):
    image = image_of("linuxu-x86_64")
    before = wake_ups()
    with subprocess.Popen([image, task], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(1)  # who looks each millisecond would be woken so often
        assert process.communicate(b"one\n", timeout=guest.LIMIT)[0] == b"[one]\n"
    assert process.returncode == 0
    assert 2 <= wake_ups() - before <= MOST, wake_ups() - before


@pytest.mark.parametrize("task", ["lines", "poll"])
def test_input_may_be_a_file_or_nothing(task, image_of, tmp_path):
    image = image_of("linuxu-x86_64")
    (tmp_path / "text").write_text("x\n" * 3000, encoding="utf-8")
    with open(tmp_path / "text", "rb") as file:
        done = subprocess.run([image, task], stdin=file, stdout=subprocess.PIPE, timeout=guest.LIMIT, check=False)
    assert done.stdout.count(b"x") == 3000 and done.returncode == 0
    for words in ([image, task], ["/bin/sh", "-c", f"exec {image} {task} <&-"]):
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=guest.LIMIT, check=False)
        assert (done.stdout, done.returncode) == (b"ready\n", 0)


def test_input_that_never_ends_is_left_alone(image_of, wake_ups):
    """By a program that does not read."""
    image = image_of("linuxu-x86_64")
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as process:
        before = wake_ups()
        done = subprocess.run([image, "away"], stdin=process.stdout, stdout=subprocess.PIPE, timeout=guest.LIMIT, check=False)
        assert (done.stdout, done.returncode) == (b"ready\n", 0)
        assert 2 <= wake_ups() - before <= MOST, wake_ups() - before
        process.kill()

# SPDX-License-Identifier: BSD-3-Clause
"""The image as a Linux process: any standard input and output, exit statuses, faults, debuggers, limits."""
import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import time

import pytest
from toytree import ROOT

TARGET = "linuxu-x86_64"
APP = {
    "Config.uk": "config APPPROCESS_DEPENDENCIES\n\tbool\n\tdefault y\n\tselect LIBNOLIBC if !HAVE_LIBC\n",
    "Makefile.uk": "$(eval $(call addlib,appprocess))\nAPPPROCESS_SRCS-y += $(APPPROCESS_BASE)/main.cpp\n",
    "main.cpp": r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/boot/shutdown.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/image.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal/trap.hpp>

using namespace uk;

static volatile int zero = 0;

static int deep(volatile char* p)
{
    volatile char frame[512];
    frame[0] = *p;
    return deep(frame) + frame[0];
}

// One byte of standard input, or -1 at its end.
static int next_byte()
{
    char c;
    for (;;) {
        Result<size_t> got = hal::console_read(&c, 1);
        if (!got.ok())
            return -1;
        if (got.take() == 1)
            return static_cast<unsigned char>(c);
        hal::clock_idle_until(hal::clock_monotonic_ns() + 1000000);
    }
}

static int cat()
{
    int bytes = 0;
    char buffer[4096];
    for (;;) {
        Result<size_t> got = hal::console_read(buffer, sizeof buffer);
        if (!got.ok())
            break;
        size_t size = got.take();
        hal::console_write(buffer, size);
        bytes += static_cast<int>(size);
        if (size == 0)
            hal::clock_idle_until(hal::clock_monotonic_ns() + 1000000);
    }
    return bytes % 100;
}

static int flood()
{
    static char line[1000];
    memset(line, 'x', sizeof line);
    for (int i = 0; i < 1000; i++)
        hal::console_write(line, sizeof line);
    return 9;
}

static void fault(const char* kind)
{
    uintptr_t ram = reinterpret_cast<uintptr_t>(kind) & ~uintptr_t{0xfff};
    if (strcmp(kind, "read") == 0)
        (void)*reinterpret_cast<volatile int*>(0x1234);
    if (strcmp(kind, "write") == 0)
        *reinterpret_cast<volatile int*>(0x1234) = 1;
    if (strcmp(kind, "jump") == 0)
        reinterpret_cast<void (*)()>(uintptr_t{0x1234})();
    if (strcmp(kind, "code") == 0)
        *const_cast<volatile char*>(uk_text_start) = 1;
    if (strcmp(kind, "constant") == 0)
        *const_cast<volatile char*>(uk_rodata_start) = 1;
    if (strcmp(kind, "data") == 0)
        reinterpret_cast<void (*)()>(reinterpret_cast<uintptr_t>(&zero))();
    if (strcmp(kind, "stack") == 0)
        reinterpret_cast<void (*)()>(ram)();
    if (strcmp(kind, "pointer") == 0)
        *reinterpret_cast<volatile int*>(0x8000000000000000) = 1;
    if (strcmp(kind, "overflow") == 0)
        deep(const_cast<char*>(kind));
    if (strcmp(kind, "divide") == 0)
        zero = 7 % zero;
    if (strcmp(kind, "opcode") == 0)
        asm volatile("ud2");
    if (strcmp(kind, "breakpoint") == 0)
        asm volatile("int3");
    if (strcmp(kind, "panic") == 0)
        UK_PANIC("asked for");
}

static int probe()
{
    char buffer[64];
    const char text[] = "readable";
    int wrong = hal::probe_read(buffer, reinterpret_cast<uintptr_t>(text), sizeof text) != sizeof text;
    wrong += strcmp(buffer, text) != 0;
    wrong += hal::probe_read(buffer, 0, 8) != 0;
    wrong += hal::probe_read(buffer, 0x8000000000000000, 8) != 0;
    uintptr_t end = reinterpret_cast<uintptr_t>(uk_text_start) & ~uintptr_t{0xfff};
    wrong += hal::probe_read(buffer, end - 8, 16) != 16; // from constants into code
    wrong += hal::probe_read(buffer, reinterpret_cast<uintptr_t>(uk_image_end) - 8, 16) != 8;
    return wrong;
}

int main(int argc, char** argv)
{
    const char* what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "exit") == 0)
        return atoi(argv[2]);
    if (strcmp(what, "cat") == 0)
        return cat();
    if (strcmp(what, "flood") == 0)
        return flood();
    if (strcmp(what, "fault") == 0)
        fault(argv[2]);
    if (strcmp(what, "probe") == 0)
        return probe();
    if (strcmp(what, "wait") == 0) {
        puts("ready");
        return next_byte() == 'q' ? 0 : 1;
    }
    if (strcmp(what, "sleep") == 0)
        for (;;)
            hal::clock_idle_until(hal::clock_monotonic_ns() + 1000000000);
    if (strcmp(what, "reboot") == 0) {
        if (next_byte() == 'r')
            uk::shutdown(hal::Shutdown::reboot, 0);
        puts("second life");
        return 5;
    }
    if (strcmp(what, "off") == 0)
        uk::shutdown(hal::Shutdown::power_off, 3);
    if (strcmp(what, "clock") == 0) {
        uint64_t start = hal::clock_monotonic_ns();
        while (hal::clock_monotonic_ns() < start + 200000000)
            hal::clock_idle_until(start + 200000000);
        Result<uint64_t> wall = hal::clock_wall_ns();
        printf("%s %llu %llu\n", hal::clock_name(),
               static_cast<unsigned long long>(hal::clock_monotonic_ns() - start),
               static_cast<unsigned long long>(wall.take()));
        return 0;
    }
    for (int i = 0; i < argc; i++)
        printf("%d '%s'\n", i, argv[i]);
    return 0;
}
""",
}


def make(folder, *words):
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("MAKE") and k not in ("A", "T", "L", "O", "C", "N", "V", "CC", "CXX")}
    return subprocess.run(["make", f"A={folder}", f"T={TARGET}", *words], cwd=ROOT, env=clean, text=True, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("linuxu") / "process"
    folder.mkdir()
    for name, text in APP.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = make(folder)
    assert done.returncode == 0, done.stdout
    return str(folder / "build" / f"process_{TARGET}")


def run(image, *words, **options):
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([image, *words], timeout=120, check=False, **options)


@contextlib.contextmanager
def waiting(image):
    """A process that has said that it runs, and waits for a byte."""
    with subprocess.Popen([image, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        yield process


def close(*descriptors):
    def closer():
        for descriptor in descriptors:
            os.close(descriptor)
    return closer


def test_words_arrive_as_they_are(image):
    done = run(image, "one", "two  words", "", "--x=1")
    assert done.stdout.decode().split("\n") == ["0 'process'", "1 'one'", "2 'two  words'", "3 ''", "4 '--x=1'", ""]
    assert run(image, "log.level=warn", "--", "a").stdout.decode() == "0 'process'\n1 'a'\n"


@pytest.mark.parametrize("status", [0, 1, 7, 127, 255, 256, 300, -1])
def test_the_exit_status_is_mains(image, status):
    done = run(image, "exit", str(status))
    seen = status & 0xff
    said = f"Microlith: exit status {status} arrives as {seen}: a status has 8 bits.\n" if seen != status else ""
    assert (done.returncode, done.stderr.decode()) == (seen, said)


def test_power_off_and_restart(image):
    assert run(image, "off").returncode == 3
    done = run(image, "reboot", stdin=None, input=b"rx")
    assert (done.returncode, done.stdout) == (5, b"second life\n")


def test_input_of_every_kind(image, tmp_path):
    assert run(image, "cat").returncode == 0
    assert run(image, "cat", preexec_fn=close(0)).returncode == 0
    done = run(image, "cat", stdin=None, input=b"y" * 250_050)
    assert (done.returncode, done.stdout) == (50, b"y" * 250_050)
    (tmp_path / "file").write_bytes(b"abc" * 11)
    with open(tmp_path / "file", "rb") as file:
        done = run(image, "cat", stdin=file)
    assert (done.returncode, done.stdout) == (33, b"abc" * 11)
    folder = os.open(tmp_path, os.O_RDONLY)  # reading it fails: EISDIR
    assert run(image, "cat", stdin=folder).returncode == 0
    os.close(folder)


def test_output_of_every_kind(image, tmp_path):
    assert run(image, "flood", stdout=subprocess.DEVNULL).returncode == 9
    assert run(image, "flood", stdout=None, preexec_fn=close(1)).returncode == 9
    assert run(image, "flood", stdout=None, preexec_fn=close(0, 1, 2)).returncode == 9
    with open(tmp_path / "out", "wb") as file:
        assert run(image, "flood", stdout=file).returncode == 9
    assert (tmp_path / "out").read_bytes() == b"x" * 1_000_000
    with open("/dev/full", "wb") as full:
        assert run(image, "flood", stdout=full).returncode == 9


def standard_descriptors(process) -> list:
    """Where they lead, as soon as all three are there."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError):
            return [os.readlink(f"/proc/{process.pid}/fd/{number}") for number in range(3)]
        time.sleep(0.01)
    raise AssertionError(os.listdir(f"/proc/{process.pid}/fd"))


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (1, 2), (0, 1, 2)])
def test_closed_descriptors_lead_nowhere(image, tmp_path, closed):
    """Not into the memory of the image, say, which is a file of the host."""
    with open(tmp_path / "out", "w+b") as file:
        files = {"stdin": file, "stdout": file, "stderr": file, "preexec_fn": close(*closed)}
        assert run(image, **files).returncode == 0
        assert (tmp_path / "out").read_bytes() == (b"" if 1 in closed else b"0 'process'\n")
        with subprocess.Popen([image, "sleep"], **files) as process:
            try:
                found = standard_descriptors(process)
            finally:
                process.kill()
    assert found == ["/dev/null" if number in closed else str(tmp_path / "out") for number in range(3)]


def test_a_reader_that_goes_away_does_not_end_the_process(image):
    reading, writing = os.pipe()
    os.close(reading)
    assert run(image, "flood", stdout=writing).returncode == 9
    os.close(writing)


def test_output_that_would_block_is_waited_for(image):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen([image, "flood"], stdin=subprocess.DEVNULL, stdout=writing) as process:
        os.close(writing)
        time.sleep(0.2)
        total = 0
        while data := os.read(reading, 7919):
            total += len(data)
        os.close(reading)
        assert (process.wait(120), total) == (9, 1_000_000)


def test_a_stopped_process_goes_on(image):
    with subprocess.Popen([image, "flood"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        total = 0
        for _ in range(20):
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.005)
            process.send_signal(signal.SIGCONT)
            total += len(os.read(process.stdout.fileno(), 1000))
        total += len(process.stdout.read())
        assert (process.wait(120), total) == (9, 1_000_000)


def test_a_terminal(image):
    master, slave = pty.openpty()
    with subprocess.Popen([image, "cat"], stdin=slave, stdout=slave, start_new_session=True) as process:
        os.close(slave)
        os.write(master, b"hello\n\x04")
        text = b""
        while text.count(b"hello") < 2:  # the terminal's echo and ours
            text += os.read(master, 100)
        assert process.wait(120) == 6
    os.close(master)


@pytest.mark.parametrize("kind, first_line", [
    ("read", "SIGSEGV (11, error 0x4): read from an address that is not mapped"),
    ("write", "SIGSEGV (11, error 0x6): write to an address that is not mapped"),
    ("jump", "SIGSEGV (11, error 0x14): jump to an address that is not mapped"),
    ("code", "SIGSEGV (11, error 0x7): write to code, which is read-only"),
    ("constant", "SIGSEGV (11, error 0x7): write to a constant, which is read-only"),
    ("data", "SIGSEGV (11, error 0x15): jump to memory that is not executable"),
    ("stack", "SIGSEGV (11, error 0x15): jump to memory that is not executable"),
    ("pointer", "SIGSEGV (11, error 0x0): address that no pointer can have, or a privileged instruction"),
    ("overflow", "SIGSEGV (11, error 0x6): stack overflow"),
    ("divide", "SIGFPE (8, error 0x0): integer division by zero, or its result does not fit"),
    ("opcode", "SIGILL (4, error 0x0): illegal instruction"),
    ("breakpoint", "SIGTRAP (5, error 0x0): breakpoint"),
])
def test_faults_are_reported(image, kind, first_line):
    done = run(image, "fault", kind)
    assert first_line in done.stdout.decode(errors="replace").splitlines(), done.stdout.decode(errors="replace")
    assert done.returncode == -signal.SIGABRT


def test_a_panic_ends_by_sigabrt(image):
    done = run(image, "fault", "panic")
    assert b"asked for" in done.stdout
    assert done.returncode == -signal.SIGABRT


def test_a_signal_from_outside_is_told_apart(image):
    with waiting(image) as process:
        process.send_signal(signal.SIGSEGV)
        assert b": sent by a process" in process.stdout.read()
        assert process.wait(120) == -signal.SIGABRT


def test_control_c_ends_the_process(image):
    with waiting(image) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == -signal.SIGINT


def test_probe_read_stops_at_the_first_unmapped_byte(image):
    assert run(image, "probe").returncode == 0


def test_the_clock_is_the_hosts(image):
    begin = time.time()
    name, passed, wall = run(image, "clock").stdout.decode().split()
    assert name in ("vdso", "clock_gettime")
    assert 200_000_000 <= int(passed) < 5_000_000_000
    assert begin - 0.01 <= int(wall) / 1e9 <= time.time() + 0.01


def test_nothing_is_writable_and_executable(image):
    with waiting(image) as process:
        with open(f"/proc/{process.pid}/maps", encoding="ascii") as file:
            maps = file.read()
        process.communicate(b"q", timeout=120)
    assert process.returncode == 0
    permissions = [line.split()[1] for line in maps.splitlines()]
    assert not [p for p in permissions if "w" in p and "x" in p], maps
    assert permissions.count("r-xp") >= 1 and "libc" not in maps


def test_too_little_address_space_is_said(image):
    done = subprocess.run(["sh", "-c", f"ulimit -v 30000; exec {image}"], capture_output=True, text=True, timeout=120,
                          check=False)
    assert done.returncode == 126
    assert done.stderr == ("Microlith: the host gives no 64 MiB of address space for RAM; raise the limit (ulimit -v), "
                           "or build with a smaller LINUXU_MEMORY_MIB.\n")


def test_gdb_stops_in_main_and_sees_a_fault(image):
    if not shutil.which("gdb"):
        pytest.skip("gdb is not installed")
    # Some containers do not let gdb switch address randomisation off.
    command = ["gdb", "-nx", "-batch", "-ex", "set disable-randomization off",
               "-ex", "set backtrace past-main on", "-ex", "break main", "-ex", "run",
               "-ex", "backtrace", "-ex", "continue", "-ex", "backtrace", "--args", image + ".dbg", "fault", "write"]
    text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    assert re.search(r"Breakpoint 1, main \(", text), text
    assert re.search(r"#\d .*uk::boot \(", text), text
    assert re.search(r"Program received signal SIGSEGV.*\n.*fault \(", text), text


def test_strace_shows_a_handful_of_calls(image):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    done = subprocess.run(["strace", "-f", "-o", "/dev/stderr", image], capture_output=True, text=True, timeout=120,
                          check=False)
    assert (done.returncode, done.stdout) == (0, "0 'process'\n")
    calls = re.findall(r"^\d+ +(\w+)\(", done.stderr, re.M)
    assert calls[0] == "execve" and calls[-1] == "exit_group"
    assert len(calls) <= 12, calls

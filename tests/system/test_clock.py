# SPDX-License-Identifier: BSD-3-Clause
"""The clock of a KVM guest: its rate against the host's, and in virtual time against the battery-backed clock, with
every reference that a machine may have; waiting halts the CPU."""
import os
import re
import shutil
import subprocess
import time

import pytest
from toytree import ROOT

TARGET = "kvm-x86_64"
APP = {
    "Config.uk": "config APPTIME_DEPENDENCIES\n\tbool\n\tdefault y\n\tselect LIBNOLIBC if !HAVE_LIBC\n",
    "Makefile.uk": "$(eval $(call addlib,apptime))\nAPPTIME_SRCS-y += $(APPTIME_BASE)/main.cpp\n",
    "main.cpp": r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/hal/clock.hpp>
#include <uk/hal_arch/port_io.hpp>
#include <uk/rtc/mc146818.hpp>

using uk::hal::clock_idle_until;
using uk::hal::clock_monotonic_ns;

static unsigned back = 0;

static void wait_until(uint64_t deadline)
{
    uint64_t last = 0;
    for (;;) {
        uint64_t now = clock_monotonic_ns();
        back += now < last;
        last = now;
        if (now >= deadline)
            return;
        clock_idle_until(deadline);
    }
}

static void print(const char* name, uint64_t value)
{
    printf("%s %llu\n", name, static_cast<unsigned long long>(value));
}

// The time at which the battery-backed clock goes to another second.
static uint64_t second_begins()
{
    uk::rtc::Mc146818 chip(uk::hal::PortIo(0x70), 0x32);
    uint64_t before = chip.read_seconds().take();
    for (;;) {
        wait_until(clock_monotonic_ns() + 500000);
        uint64_t now = chip.read_seconds().take();
        if (now != before)
            return clock_monotonic_ns();
    }
}

int main(int argc, char** argv)
{
    uint64_t start = clock_monotonic_ns();
    printf("clock %s\n", uk::hal::clock_name());
    if (argc > 1 && strcmp(argv[1], "rtc") == 0) {
        wait_until(start + 100000000);
        uint64_t first = second_begins();
        for (int i = 0; i < 5; i++)
            print("second", second_begins() - first);
    } else {
        for (unsigned i = 0; i <= 40; i++) {
            wait_until(start + i * 50000000);
            print("tick", clock_monotonic_ns());
        }
        print("wall", uk::hal::clock_wall_ns().value_or(0UL));
    }
    print("back", back);
    return 0;
}
""",
}
MACHINES = [
    ("pc", "tsc (by PIT)"), ("q35", "tsc (by PIT)"), ("microvm", "tsc (by PIT)"), ("microvm,rtc=on", "tsc (by PIT)"),
    ("q35,pit=off", "tsc (by HPET)"), ("pc,pit=off,hpet=off", "tsc (by ACPI timer)"),
]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    if not shutil.which("qemu-system-x86_64"):
        pytest.skip("qemu-system-x86_64 is not installed")
    folder = tmp_path_factory.mktemp("clock") / "time"
    folder.mkdir()
    for name, text in APP.items():
        (folder / name).write_text(text, encoding="utf-8")
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("MAKE") and k not in ("A", "T", "L", "O", "C", "N", "V", "CC", "CXX")}
    done = subprocess.run(["make", f"A={folder}", f"T={TARGET}"], cwd=ROOT, env=clean, text=True, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout
    return str(folder / "build" / f"time_{TARGET}")


def command(image, machine, *more, words="ticks"):
    return ["timeout", "60", "qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-M", machine, "-m", "32M",
            "-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio", "-no-reboot", "-device",
            "isa-debug-exit,iobase=0x501,iosize=4", "-kernel", image, "-append", words, *more]


def slope(points):
    """Guest nanoseconds per host nanosecond between the least delayed line of the first and of the last third."""
    third = len(points) // 3
    least = lambda part: min(part, key=lambda point: point[0] - point[1])  # noqa: E731
    begin, end = least(points[:third]), least(points[-third:])
    return (end[1] - begin[1]) / (end[0] - begin[0])


def measure(image, machine):
    """(what the guest said besides ticks, slope, host seconds of CPU time in user mode)"""
    points, said = [], {}
    before = os.times().children_user
    with subprocess.Popen(command(image, machine), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as guest:
        for line in guest.stdout:
            now = time.monotonic_ns()
            word, _, rest = line.strip().partition(" ")
            if word == "tick":
                points.append((now, int(rest)))
            else:
                said[word] = rest
    assert len(points) == 41, said
    return said, slope(points[2:]), os.times().children_user - before


@pytest.mark.parametrize("machine, name", MACHINES)
def test_the_rate_is_the_hosts_and_waiting_halts(image, machine, name):
    # Lines may come late on a busy host, so one good run of three is enough; a wrong rate is wrong in all. Without a PIT
    # waiting polls; with one, two seconds of it and a boot take much less than that of CPU time.
    for _ in range(3):
        said, ratio, cpu_time = measure(image, machine)
        assert (said["clock"], said["back"]) == (name, "0")
        assert abs(int(said["wall"]) / 1e9 - time.time()) < 3
        if abs(ratio - 1) < 0.002 and (cpu_time < 1.0 or "pit=off" in machine):
            return
    pytest.fail(f"{machine}: the guest's clock runs {ratio} times as fast as the host's, {cpu_time} s of CPU time")


@pytest.mark.parametrize("machine, name, shift", [(*m, 7) for m in MACHINES] + [(*m, 3) for m in MACHINES[:3]] +
                         [(*MACHINES[1], 0)])
def test_the_rate_is_right_in_virtual_time(image, machine, name, shift):
    """One instruction takes 1, 8 or 128 ns: processors of very different speed against the same timers. In virtual time
    nothing is late, so the error is the clock's own: 0.1 %, from 100 ms after main on, and half a millisecond of
    looking."""
    done = subprocess.run(command(image, machine, "-icount", f"shift={shift},sleep=off", "-rtc", "clock=vm", words="rtc"),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False)
    assert f"clock {name}" in done.stdout.replace("\r", "").splitlines(), done
    seconds = [int(s) for s in re.findall(r"^second (\d+)", done.stdout, re.M)]
    assert len(seconds) == 5 and "back 0" in done.stdout, done
    for i, nanoseconds in enumerate(seconds, 1):
        assert abs(nanoseconds - i * 1_000_000_000) < i * 1_000_000 + 1_000_000, seconds


def test_a_machine_without_any_reference_says_so(image):
    done = subprocess.run(command(image, "microvm,pit=off"), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=90, check=False)
    assert "no clock of known rate (PIT, HPET, ACPI timer, CPUID); the TSC is taken to run at 1 GHz" in done.stdout
    assert "clock tsc (rate unknown)" in done.stdout

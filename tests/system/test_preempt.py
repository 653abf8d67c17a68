# SPDX-License-Identifier: BSD-3-Clause
"""Timer interrupts and switches at their end, by the contract alone (tests/preempt): nothing of what is interrupted changes."""
import os
import re
import shutil
import subprocess

import guest
import pytest
import terminal

TARGETS = ["kvm-x86_64", "kvm-arm64", "linuxu-x86_64", "linuxu-arm64"]
ALARMS = 10_000 if "UK_CHECK_ALL" in os.environ else 4_000
FEWER = 2_000
MANY = 1_000_000
EMULATOR = {"linuxu-arm64": ["qemu-aarch64"]} if os.uname().machine != "aarch64" else {}


@pytest.fixture(scope="module", params=TARGETS)
def target(request):
    return request.param


@pytest.fixture(scope="module")
def image(target):
    return terminal.image_builder("tests/preempt")(target)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=120,
                          stdin=subprocess.DEVNULL)


def run_image(target, image, *words):
    console, status = guest.start(image, target, " ".join(words))
    return subprocess.CompletedProcess(words, status, console, "")


def check(done, least=ALARMS):
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.replace("\r", "").splitlines()
    assert lines[0] == "mask: 0 early, 0 lost" and lines[-1] == "0 failed", done.stdout
    for threads in ("one thread", "two threads"):
        alarms, acts, changed = map(int, re.search(rf"{threads}: (\d+) alarms, (\d+) acts, changed: (\d+)", done.stdout).groups())
        # An interrupt that comes before its alarm ends in an act, too.
        assert acts >= least and alarms >= acts - acts // 100 and changed == 0, done.stdout


def test_nothing_changes_in_what_is_interrupted(target, image):
    check(run_image(target, image, str(ALARMS)))


@pytest.mark.skipif("UK_CHECK_ALL" not in os.environ, reason="minutes: in make check-all")
def test_nothing_changes_in_a_million_interrupts(target, image):
    if target in EMULATOR or not target.startswith("linuxu"):
        pytest.skip("too long under emulation")
    console, status = guest.start(image, target, str(MANY), limit=500)
    check(subprocess.CompletedProcess([], status, console, ""), MANY)


@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_registers_of_any_processor_are_saved(target, image, cpu):
    if target != "kvm-x86_64":
        pytest.skip("for KVM's x86_64")
    check(run("qemu-system-x86_64", "-M", "q35", "-cpu", cpu, "-accel", "tcg", "-m", "64M", "-nodefaults", "-display", "none",
              "-no-reboot", "-serial", "stdio", "-kernel", image, "-append", str(FEWER)), FEWER)


@pytest.mark.skipif("linuxu-arm64" not in EMULATOR, reason="the emulator chooses the processor")
@pytest.mark.parametrize("cpu", ["cortex-a57", "max,sve-default-vector-length=64", "max,sve-default-vector-length=128"])
def test_vector_state_of_any_size_is_saved(target, image, cpu):
    if target != "linuxu-arm64":
        pytest.skip("for Linux on arm64")
    check(run("qemu-aarch64", "-cpu", cpu, image, str(FEWER)), FEWER)


@pytest.mark.skipif("linuxu-arm64" not in EMULATOR, reason="the emulator chooses the processor")
def test_state_beyond_a_kernel_stack_is_a_clear_panic(target, image):
    if target != "linuxu-arm64":
        pytest.skip("for arm64")
    done = run("qemu-aarch64", "-cpu", "max,sve-default-vector-length=256", image, str(ALARMS))
    assert done.returncode == -6 and "the host saves more registers than a kernel stack of 8192 bytes can take" in done.stdout


def test_gdb_sees_what_was_interrupted(target, image):
    """Neither stops gdb at each alarm nor ends a backtrace at a switch."""
    if target in EMULATOR or target != "linuxu-x86_64" or not shutil.which("gdb"):
        pytest.skip("needs gdb, and the image as a process of this machine")
    done = run("gdb", "-nx", "-batch", "-ex", "set disable-randomization off", "-ex", "break test_scramble", "-ex", "ignore 1 100",
               "-ex", "run", "-ex", "backtrace", "-ex", "delete", "-ex", "continue", "--args", image + ".dbg", "2000")
    assert "SIGALRM" not in done.stdout and "exited normally" in done.stdout, done.stdout + done.stderr
    trace = re.findall(r"^#\d+ .*$", done.stdout, re.M)
    assert any("<signal handler called>" in line for line in trace) and "main" in trace[-1], trace


@pytest.mark.parametrize("place", ["thread", "handler", "act"])
def test_a_fault_is_reported_while_alarms_go_on(target, image, place):
    done = run_image(target, image, "0", place)
    assert done.returncode in (134, -6), done.stdout + done.stderr
    assert done.stdout.count("crash report begins") == done.stdout.count("crash report ends") == 1, done.stdout
    assert re.search("SIGSEGV|page fault|data abort", done.stdout) and "write to" in done.stdout and "0x0000000000001230" in done.stdout, done.stdout

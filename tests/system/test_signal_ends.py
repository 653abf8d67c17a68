# SPDX-License-Identifier: BSD-3-Clause
"""Ends by signals in images with signals: what the shell is told, and whether there is a crash report."""
import os
import re
import signal
import subprocess

import guest
import pytest

TARGETS = ["kvm-x86_64", "linuxu-x86_64"]
# way: status, text of the console; no crash report
SIGNALS = {"abort": (134, r"what streams hold is written(.|\n)*terminated by signal 6 \(SIGABRT\) in thread 'main'"
                          r"|terminated by signal 6(.|\n)*what streams hold"),
           "abort_handled": (134, "handler of signal 6"), "abort_ignored": (134, "terminated by signal 6"),
           "abort_left": (7, ""), "abort_in_thread": (134, "terminated by signal 6"),
           "assertion": (134, r'assertion "g_nowhere == 1" failed: file "tests/guest/signal_ends.cpp"'),
           "terminated": (143, r"terminated by signal 15 \(SIGTERM\)"), "interrupted": (130, r"terminated by signal 2 \(SIGINT\)"),
           "end_twice": (7, "^delivered$"), "end_and_signal": (7, r"SIGTERM(.|\n)*^delivered$")}
FAULTS = {"signal:fault_blocked": 139, "signal:fault_in_handler": 139, "signal:fault_again": 139, "signal:end_and_fault": 139, "crash:read_null": 139,
          "crash:divide_by_zero": 136, "crash:bad_instruction": 132, "crash:overflow_stack": 139, "crash:panic": 134}


@pytest.fixture(scope="module", params=TARGETS, name="run")
def runner(request):
    image = guest.build_newlib(request.param)
    return lambda words: guest.run_image(image, request.param, words)


@pytest.mark.parametrize("way", SIGNALS)
def test_a_signal_ends_the_image_with_a_plain_message(run, way):
    console, status = run("signal:" + way)
    assert status == SIGNALS[way][0] and re.search(SIGNALS[way][1], console, re.M), console
    assert "crash report" not in console


def started(way):
    """The image as a process of Linux, when it waits. Under nohup it would ignore SIGHUP, as it should."""
    process = subprocess.Popen(["env", "--default-signal", guest.build_newlib("linuxu-x86_64"), way], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    assert process.stdout.readline() == "waits\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_of_the_host_ends_the_image(number):
    process = started("signal:waits")
    process.send_signal(number)
    console, _ = process.communicate(timeout=guest.LIMIT)
    assert process.returncode == 128 + number and f"terminated by signal {int(number)} (" in console, console


def test_a_signal_of_the_host_is_handled():
    process = started("signal:waits_with_handlers")
    for _ in range(3):
        process.send_signal(signal.SIGUSR1)
        assert process.stdout.readline() == f"handler of signal {int(signal.SIGUSR1)}\n"
    process.send_signal(signal.SIGTERM)
    console, _ = process.communicate(timeout=guest.LIMIT)
    assert process.returncode == signal.SIGTERM and console.startswith("ends\n"), console  # and destructors


@pytest.mark.parametrize("way", FAULTS)
def test_a_fault_that_nobody_handles_is_reported_and_has_its_own_status(run, way):
    console, status = run(way)
    guest.report_of(console)
    assert status == FAULTS[way], console
    assert ("handler of signal 11" in console) == (way == "signal:fault_again") and "delivered" not in console


@pytest.mark.parametrize("status", [0, 1, 126, 127, 128, 130, 254, 255])
def test_all_statuses_arrive(run, status):
    console, seen = run(f"end:{status}")
    assert seen == status and "arrives as" not in console, console


@pytest.mark.parametrize("status, seen", [(256, 0), (300, 44), (-1, 255)])
def test_a_status_has_8_bits(run, status, seen):
    console, code = run(f"end:{status}")
    assert code == seen and f"Microlith: exit status {status} arrives as {seen}: " in console, console


def test_make_names_the_status_and_ends_with_2():
    target = "kvm-x86_64"
    folder = os.path.dirname(guest.build_newlib(target))
    done = guest.make_in_tree("A=tests/guest", f"T={target}", f"O={folder}", f"C={folder}/config", "ARGS=signal:interrupted", "run")
    assert done.returncode == 2 and "Error 130" in done.stderr, done.stdout + done.stderr

# SPDX-License-Identifier: BSD-3-Clause
"""Deaths on purpose: each is caught, reported once, named by symbolize, and ends the machine."""
import functools
import os
import re
import subprocess

import guest
import pytest

FAULT = r"(SIGSEGV|page fault|data abort|instruction abort) \(\d+, error 0x\w+\)"
NO_CODE = ": jump to memory that is not executable"
MAPPING = r"\naddress 0x\w{16}\nmapping %s 0x\w+ to 0x\w+, %s: %s\n"
# way: what the report says, the address if it is known, a function that must be among the names
WAYS = {
    "read_null": (FAULT + ": read from page zero", 0, "read_null"),
    "write_null": (FAULT + ": write to page zero", 8, "write_null"),
    "call_null": (FAULT + ": jump to page zero", 0, r"crash\(char const\*\)"),
    "write_code": (FAULT + ": write to code, which is read-only", None, "write_code"),
    "write_constant": (FAULT + ": write to a constant, which is read-only", None, "write_constant"),
    "run_data": (FAULT + NO_CODE, None, r"crash\(char const\*\)"),
    "run_stack": (FAULT + NO_CODE, None, r"run_stack|crash\(char const\*\)"),
    "run_heap": (FAULT + NO_CODE, None, r"run_heap|crash\(char const\*\)"),
    "read_wild": (r"(SIGSEGV|general protection|that no pointer can have)", None, "read_wild"),
    "divide_by_zero": (r"(SIGFPE|divi)", None, "divide_by_zero"),
    "bad_instruction": (r"(SIGILL|SIGTRAP|invalid opcode|breakpoint)", None, "bad_instruction"),
    "overflow_stack": (FAULT + ": stack overflow", None, r"overflow\(int\)"),
    "damage_frames": (FAULT, 8, "damage_frames"),
    "frames_in_a_loop": (FAULT, 8, "frames_in_a_loop"),
    "panic": (r"panic: .*crash\.cpp:\d+: panic: the answer is 42", None, r"panic\(\)"),
    "assertion": (r"panic: .*crash\.cpp:\d+: assertion: assertion failed: g_sink == 42", None, "assertion"),
    "panic_in_report": (r"panic: .*crash\.cpp:\d+: panic_in_report: ", None, None),
    "log_then_crash": (FAULT, 8, "log_then_crash"),
    "deadlock": (r"panic: .*: deadlock: all 2 threads wait, and nothing is left that could wake one", None, None),
    "thread_writes_null": (FAULT + ": write to page zero", 8, "write_null_in_thread"),
    "thread_overflows": (FAULT + ": .*" + MAPPING % ("guard of stack 'worker'", "---", "stack overflow"), None, r"overflow\(int\)"),
    "thread_overflows_by_a_large_frame": (FAULT + ": .*" + MAPPING % ("guard of stack 'worker'", "---", "stack overflow"), None, "large_frame"),
    "thread_overflows_under_a_spinlock": (FAULT + ": .*" + MAPPING % ("guard of stack 'locker'", "---", "stack overflow"), None, r"overflow\(int\)"),
    "overflow_mapped_stack": (FAULT + ": .*" + MAPPING % ("guard of stack 'victim'", "---", "stack overflow"), None, r"overflow\(int\)"),
    "run_mapped_data": (FAULT + NO_CODE + MAPPING % ("memory 'data'", "rw-", "not permitted"), None, r"run_mapped_data|crash\(char const\*\)"),
    "write_mapped_code": (FAULT + ": write to memory that is read-only" + MAPPING % ("memory 'code'", "r-x", "not permitted"), None, "write_mapped_code"),
    "use_after_unmap": (FAULT + ": read from an address that is not mapped", None, "use_after_unmap"),
    "copy_in_to_null": (FAULT + ": write to page zero", 0, r"copy_in_to_null|crash\(char const\*\)"),
    "touch_more_than_there_is": (FAULT + ": write to an address that is not mapped" + MAPPING % ("memory 'all'", "rw-", "out of memory"), None, "touch_more_than_there_is"),
}
SYMBOLIZE = os.path.join(guest.ROOT, "support/scripts/symbolize")


@pytest.fixture(scope="module", params=guest.TARGETS, name="target")
def targets(request):
    guest.build(request.param)
    return request.param


@functools.cache
def crash(target, way):
    """Each death happens once; several tests look at it."""
    console, status = guest.run(target, f"crash:{way}")
    assert "did not crash" not in console
    return console, status


def never_dies(target, way) -> bool:
    return way == "divide_by_zero" and target.endswith("arm64")  # the processor answers 0


@functools.cache
def named(target) -> dict:
    """Every console with names: one run of symbolize, which reads the .dbg file once."""
    log = "".join(f"\n@{way}\n{crash(target, way)[0]}" for way in WAYS if not never_dies(target, way))
    done = subprocess.run([SYMBOLIZE, guest.build(target) + ".dbg"], input=log, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    parts = re.split(r"^@(\w+)\n", done.stdout, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def names(target, way) -> str:
    return named(target)[way]


@pytest.mark.parametrize("way", WAYS)
def test_death(target, way):
    if never_dies(target, way):
        pytest.skip("the processor answers 0")
    says, address, function = WAYS[way]
    console, status = crash(target, way)
    report = guest.report_of(console)
    assert re.search(says, report), report
    assert status == 134, console
    if address is not None:
        assert f"\naddress 0x{address:016x}\n" in report
    if function:
        assert re.search(rf"^ {{8}}.*({function}).* at tests/guest/crash\.cpp:\d+$", names(target, way), re.M), report


def test_the_frames_lead_from_the_crash_to_the_entry(target):
    text = names(target, "call_null")
    at = [text.index(word) for word in ("(not in code)", "crash(char const*)", "uk::boot(")]
    assert at == sorted(at)


@pytest.mark.parametrize("way, why", [("damage_frames", "frame pointer is not aligned: 0x4141414141414141"),
                                      ("frames_in_a_loop", "frame pointers do not ascend"),
                                      ("overflow_stack", "more frames follow")])
def test_damaged_frames_end_the_calls_with_a_reason(target, way, why):
    report = guest.report_of(crash(target, way)[0])
    if way == "overflow_stack" and "double fault" in report:
        pytest.skip("the report comes from another stack")
    assert why in report
    calls = re.findall(r"^  #\d+ image", report, re.M)
    assert 2 <= len(calls) <= 34


def test_a_failure_inside_the_report_ends_it(target):
    report = guest.report_of(crash(target, "panic_in_report")[0])
    assert re.search(r"^\(another failure inside this report: .* at image\+0x\w+\)$", report, re.M)


def test_report_has_registers_code_stack_and_log(target):
    console, _ = crash(target, "log_then_crash")
    report = guest.report_of(console)
    assert re.search(r"^ +(rax|x0) [0-9a-f]{16} +(rbx|x1) [0-9a-f]{16}", report, re.M)
    assert re.search(r"^code( [0-9a-f]{2})+ \[[0-9a-f]{2}\]( [0-9a-f]{2})+$", report, re.M)
    assert len(re.findall(r"^  \+0[0-7]0( [0-9a-f]{2}){16}  .{16}$", report, re.M)) == 8
    assert re.search(r"^  \[ *\d+\.\d{6}\] Info: \[appguest\] the last thing that was logged$", report, re.M)
    # A line that waited for its end is shown before the report, not lost.
    before = console.split("---- Microlith crash report begins")[0]
    assert re.search(r"Warn: \[appguest\] a line without its end$", before, re.M)


def test_a_deadlock_names_both_threads(target):
    console, _ = crash(target, "deadlock")
    assert "thread 'main' is parked, waits for mutex 'south' held by 'worker'\n" in console
    assert "thread 'worker' is parked, waits for mutex 'north' held by 'main'\n" in console


def test_the_frames_of_a_thread_end_at_its_start(target):
    console, _ = crash(target, "thread_writes_null")
    assert re.search(r"^(CPU \d+, )?thread 'worker'$", guest.report_of(console), re.M)
    text = names(target, "thread_writes_null")
    assert text.index("write_null_in_thread") < text.index("uk_context_start")
    assert "uk::boot(" not in text


def test_build_id_is_the_image_s(target):
    image = guest.build(target)
    note = subprocess.run(["readelf", "-n", image + ".dbg"], capture_output=True, text=True, check=True).stdout
    identity = re.search(r"Build ID: (\w+)", note)[1]
    assert f"build {identity}\n" in guest.report_of(crash(target, "write_null")[0])


def test_unknown_way_lists_them_all(target):
    console, status = guest.run(target, "crash:none")
    assert status == 2
    assert set(re.findall(r"^crash:(\w+)$", console, re.M)) == set(WAYS)

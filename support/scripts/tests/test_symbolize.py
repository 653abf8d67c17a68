# SPDX-License-Identifier: BSD-3-Clause
"""symbolize: logs with reports about a program that is compiled here."""
import os
import re
import subprocess

import pytest

SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "symbolize")
PROGRAM = """
extern "C" volatile int sink; volatile int sink;
namespace uk {
static inline void innermost(int* p) { sink = 7; *p = 1; sink = 8; }
[[gnu::noinline]] void crash(int* p) {
    innermost(p);
    sink = 2;
}
}
extern "C" void _start() {
    uk::crash(nullptr);
    sink = 3;
    for (;;) {}
}
"""


@pytest.fixture(scope="module", name="image")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("symbolize") / "build"
    folder.mkdir()
    source, path = folder / "program.cpp", folder / "program_kvm-x86_64.dbg"
    source.write_text(PROGRAM, encoding="utf-8")
    subprocess.run(["g++", "-g", "-O1", "-nostdlib", "-static", "-no-pie", "-fno-pie", "-fno-exceptions",
                    "-fno-asynchronous-unwind-tables", "-Wl,--build-id=sha1",
                    "-Wl,--defsym=uk_image_start=__executable_start", "-Wl,--defsym=uk_image_end=_end", source,
                    "-o", path], check=True)
    return str(path)


def facts(image):
    """Build id, and offsets of the store in crash() and of the return address of its call."""
    identity = re.search(r"Build ID: (\w+)", subprocess.run(["readelf", "-n", image], capture_output=True, text=True,
                                                            check=True).stdout)[1]
    symbols = subprocess.run(["nm", image], capture_output=True, text=True, check=True).stdout
    base = int(re.search(r"^(\w+) \w uk_image_start$", symbols, re.M)[1], 16)
    code = subprocess.run(["objdump", "-d", image], capture_output=True, text=True, check=True).stdout
    store = int(re.search(r"^ *(\w+):.*movl +\$0x1,\(%rdi\)", code, re.M)[1], 16)
    after = int(re.search(r"call .*crash.*\n *(\w+):", code)[1], 16)
    return identity, store - base, after - base


def report(identity, store, after, head="page fault (14, error 0x2): write to an address that is not mapped"):
    return (f"[    0.000100] Info: [x] image+0x1 is no report\n\n---- Microlith crash report begins ----\r\n"
            f"build {identity}\r\n{head}\r\ncalls, latest first\r\n  #0 image+0x{store:x}\r\n  #1 image+0x{after:x}\r\n"
            f"  #2 0x0000000000000000 (not in code)\r\n---- Microlith crash report ends ----\r\n  #0 image+0x{store:x}\n")


def symbolize(log, *arguments, cwd=None):
    return subprocess.run([SCRIPT, *arguments], input=log, capture_output=True, text=True, check=False, cwd=cwd,
                          env={k: v for k, v in os.environ.items() if k not in ("A", "O")})


def test_names_lines_and_inlining(image):
    result = symbolize(report(*facts(image)), image)
    assert result.returncode == 0, result.stderr
    lines = [line.rstrip("\r") for line in result.stdout.split("\n")]
    first = lines.index(f"  #0 image+0x{facts(image)[1]:x}")
    # (How the inlined function itself is called depends on the tool: GNU's of 2.40 takes the name around it.)
    assert re.fullmatch(r" {8}[\w:]+(\(int\*\))? at .*program\.cpp:4", lines[first + 1])
    assert re.fullmatch(r" {8}inlined into uk::crash\(int\*\) at .*program\.cpp:6", lines[first + 2])
    # The call is at line 11; its return address belongs to line 12.
    assert re.fullmatch(r" {8}_start at .*program\.cpp:11", lines[first + 4])
    # The log itself is copied as it is, and nothing outside the report is touched.
    assert [line for line in lines if "program.cpp" not in line] == [
        line.rstrip("\r") for line in report(*facts(image)).split("\n")]


def test_a_panic_holds_return_addresses_only(image):
    identity, _, after = facts(image)
    result = symbolize(report(identity, after, after, "panic: a.cpp:1: f: assertion failed: x"), image)
    assert len(re.findall(r"_start at .*program\.cpp:11", result.stdout)) == 2


def test_finds_the_file_by_build_id(image, tmp_path):
    folder = os.path.dirname(os.path.dirname(image))
    assert "uk::crash" in symbolize(report(*facts(image)), cwd=folder).stdout
    log = tmp_path / "console.log"
    log.write_text(report(*facts(image)), encoding="utf-8")
    result = subprocess.run([SCRIPT, str(log)], capture_output=True, text=True, check=False, cwd=folder)
    assert "uk::crash" in result.stdout and result.returncode == 0


def test_says_when_build_ids_differ(image, tmp_path):
    identity, store, after = facts(image)
    other = identity[::-1]
    result = symbolize(report(other, store, after), image)
    assert result.returncode == 1 and "the report is not: its names would be wrong" in result.stdout
    assert "uk::crash" not in result.stdout
    result = symbolize(report(other, store, after), cwd=tmp_path)
    assert result.returncode == 1 and "no .dbg file with this build id" in result.stdout


def test_damaged_logs_pass_through(image):
    identity, store, _ = facts(image)
    for log in ("", "\n", "no report", "---- Microlith crash report begins ----", f"build {identity}\n",
                "---- Microlith crash report begins ----\nbuild \n  #0 image+0x1\n", "\udcff\x00\n"):
        result = symbolize(log.encode("utf-8", "surrogateescape").decode("latin-1"), image)
        assert result.returncode == 0 and result.stderr == ""
    cut = report(identity, store, store).split("---- Microlith crash report ends")[0].rstrip("\r\n")
    assert "(no function there)" in symbolize(cut.replace(f"0x{store:x}", "0x7fffffff"), image).stdout


def test_nested_failures_are_named(image):
    identity, store, after = facts(image)
    log = report(identity, store, after).replace(
        "  #2", f"(another failure inside this report: page fault at image+0x{store:x})\n  #2")
    assert symbolize(log, image).stdout.count("program.cpp:4") == 2


def test_wrong_file_name(tmp_path):
    result = subprocess.run([SCRIPT, str(tmp_path / "none")], capture_output=True, text=True, check=False)
    assert result.returncode == 2 and "no such file" in result.stderr


def test_looks_where_make_says_the_image_is(image, tmp_path):
    made = f"{image.removesuffix('.dbg')}: up to date, 54,472 bytes. Start it with: make run\n"
    result = symbolize(made + report(*facts(image)), cwd=tmp_path)
    assert result.returncode == 0 and "uk::crash(int*)" in result.stdout


def test_one_process_answers_for_all_addresses(image, tmp_path):
    tool, log = tmp_path / "tool", tmp_path / "starts"
    tool.write_text(f'#!/bin/sh\necho start >>{log}\nexec addr2line "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    done = subprocess.run([SCRIPT, image], input=2 * report(*facts(image)), capture_output=True, text=True, check=True,
                          env={**os.environ, "ADDR2LINE": str(tool)})
    assert done.stdout.count("_start at ") == 2 and log.read_text() == "start\n"

# SPDX-License-Identifier: BSD-3-Clause
"""The runner of `make check`: nothing that fails may count as passed."""
import os
import re
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import jobs  # noqa: E402


def sh(text, count=jobs.count_exit, **more):
    return jobs.Step(["sh", "-c", text], count, **more)


def run(tmp_path, *steps):
    said = []
    totals = jobs.run_all([jobs.Job("part/one", list(steps))], str(tmp_path), str(tmp_path / "logs"), 2, said.append)
    return totals, "\n".join(said)


def test_good_and_bad(tmp_path):
    assert run(tmp_path, sh("true"))[0] == (1, 0)
    totals, said = run(tmp_path, sh("echo why it broke; exit 3"))
    assert totals == (0, 1) and "why it broke" in said and "exit status 3" in said and "FAIL  part/one" in said
    assert "why it broke" in (tmp_path / "logs/part_one.log").read_text()


def test_a_failed_step_ends_the_job(tmp_path):
    totals, said = run(tmp_path, jobs.Step(["false"]), sh("echo never"))
    assert totals == (0, 1) and "never" not in said


def test_a_known_death_is_tried_once_more_and_told(tmp_path):
    once = "test -e ran || { touch ran; echo death; exit 1; }"
    totals, said = run(tmp_path, sh(once, dies="^death"))
    assert totals == (1, 0) and "at the second try" in said
    assert "death" in (tmp_path / "logs/part_one.log").read_text()
    assert run(tmp_path, sh("echo death; exit 1", dies="^death"))[0] == (0, 1)
    totals, said = run(tmp_path, sh("test -e again || { touch again; echo no; exit 1; }", dies="^death"))
    assert totals == (0, 1)


def test_output_must_match(tmp_path):
    assert run(tmp_path, sh("echo Hello", needs="^Hello"))[0] == (1, 0)
    assert run(tmp_path, sh("echo Bye", needs="^Hello"))[0] == (0, 1)


def test_time_limit_ends_the_whole_group(tmp_path):
    totals, said = run(tmp_path, sh("sleep 100 & sleep 100", limit=1))
    assert totals == (0, 1) and "no end after 1 s" in said


def test_the_longest_are_named_first(tmp_path):
    burn = "n=0; while [ $n -lt {} ]; do n=$((n + 1)); done"
    parts = [jobs.Job(name, [sh(f"sh -c '{burn.format(count)}'; {after}")])
             for name, count, after in (("part/none", 1, "sleep 0.3"), ("part/most", 400000, ""), ("part/some", 100000, ""))]
    said = []
    assert jobs.run_all(parts, str(tmp_path), str(tmp_path / "logs"), 2, said.append, 2) == (3, 0)
    assert [line.split()[-1] for line in said[-1].splitlines()[1:]] == ["part/most", "part/some"]
    assert jobs.run_step(sh("sleep 100 & sleep 100", limit=1), str(tmp_path), {})[0] == 124


def test_missing_command(tmp_path):
    assert run(tmp_path, jobs.Step(["/nonexistent/tool"], jobs.count_exit))[0] == (0, 1)


@pytest.mark.parametrize("status, output, expected", [
    (0, "===== 12 passed in 0.5s =====", (12, 0)),
    (1, "===== 2 failed, 10 passed in 0.5s =====", (10, 2)),
    (1, "===== 1 passed, 1 error in 0.5s =====", (1, 1)),
    (2, "Interrupted", (0, 1)),
    (5, "no tests ran in 0.01s", (0, 1)),
    (0, "no tests ran in 0.01s", (0, 1)),
])
def test_pytest_counts(status, output, expected):
    assert jobs.count_pytest(status, output) == expected


@pytest.mark.parametrize("status, output, expected", [
    (0, "host tests: 5 passed, 0 failed\n", (5, 0)), (1, "x: 5 passed, 2 failed\n", (5, 2)),
    (1, "x: 5 passed, 0 failed\n", (5, 1)), (0, "", (0, 1)),
])
def test_line_counts(status, output, expected):
    assert jobs.count_line(status, output) == expected


@pytest.mark.parametrize("status, output, expected", [
    (0, "1..2\nok 1 - a\nok 2 - b\n", (2, 0)),
    (1, "1..2\nok 1 - a\nnot ok 2 - b\n", (1, 1)),
    (0, "1..2\nok 1 - a\n", (1, 1)),          # died
    (0, "", (0, 1)), (0, "1..0\n", (0, 1)),
    (1, "1..1\nok 1 - a\n", (1, 1)),          # passed, then crashed
])
def test_tap_counts(status, output, expected):
    assert jobs.count_tap(status, output) == expected


def test_long_output_is_shortened():
    text = jobs.shorten("\n".join(f"line {number}" for number in range(1000)))
    assert "line 0\n" in text and text.endswith("line 999") and len(text.split("\n")) == 151


NOISY = """$ make run
[  1/254] CXX tests/guest/clock_guest.cpp (kept)
[254/254] IMAGE guest_kvm-x86_64
1..3
ok 1 - a.first
not ok 2 - a.second
  # lib/a/tests/second_guest.cpp:7: expected one == two
ok 3 - a.third # SKIP no disk
.......F....... [ 50%]
E     ok 4 - a.quoted
E   AssertionError: TAP version 13
[ RUN      ] A.B
[       OK ] A.B (0 ms)
a_test.cpp:9: Failure
# 1 passed, 1 failed, 1 skipped
(exit status 1)
"""


def test_progress_and_what_passed_is_left_out():
    text = jobs.shorten(NOISY)
    assert "254" not in text and not re.search(r"^(E +)?ok \d|OK \]|RUN", text, re.M)
    for word in ("not ok 2 - a.second", "expected one == two", ".......F", "AssertionError", "Failure", "exit status 1", "1..3"):
        assert word in text


def test_a_long_output_begins_with_what_failed():
    text = jobs.shorten("\n".join(["a line"] * 300 + ["main.cpp:3: error: no such thing"] + ["b line"] * 300))
    assert text.split("\n")[0] == "main.cpp:3: error: no such thing" and len(text.split("\n")) == 151 and text.endswith("b line")


@pytest.mark.parametrize("line", ["not ok 2 - a.b", "FAILED tests/x.py::test_y - Assert", "x.cpp:3:1: error: no", "panic: the answer",
                                  "[  FAILED  ] A.B (1 ms)", "E   assert 1 == 2", "x.cpp:5: assertion failed: g_sink == 42",
                                  "==1==ERROR: AddressSanitizer: heap-use-after-free", "x.hpp:4:2: runtime error: null pointer",
                                  "no end after 120 s", "host tests: did not compile: a.o", "ld: x.o: undefined reference to `y'"])
def test_what_failed_is_told(line):
    assert jobs.telling(f"good\n[ 1/2] CXX x\n{line}\nok 3\nrest\n" + "more\n" * 9, 5) == [line]


def test_the_end_of_a_traceback_is_told():
    for end in ("KeyError: 3", "subprocess.TimeoutExpired: no end"):
        assert jobs.telling(f'Traceback\n  File "x.py", line 3, in f\n    g()\n{end}\n' + "x\n" * 9, 5) == [end]
    assert jobs.telling("one\ntwo\nthree\n", 2) == ["two", "three"]


def test_failed_parts_are_named_again_at_the_end(tmp_path):
    parts = [jobs.Job("part/bad", [sh("for n in 1 2 3 4 5 6 7; do echo not ok $n; done; exit 1")]), jobs.Job("part/good", [sh("true")]),
             jobs.Job("part/worse", [sh("echo no word of it; exit 1")])]
    said = []
    assert jobs.run_all(parts, str(tmp_path), str(tmp_path / "logs"), 1, said.append) == (1, 2)
    assert said[-1].split("\n")[:6] == ["FAIL  part/bad: 1 failed", *(f"      not ok {n}" for n in range(1, 6))]
    assert "part/good" not in said[-1] and "FAIL  part/worse: 1 failed" in said[-1] and "no word of it" in said[-1]
    said = []
    jobs.run_all(parts[1:2], str(tmp_path), str(tmp_path / "logs"), 1, said.append)
    assert len(said) == 1

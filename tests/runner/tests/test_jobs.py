# SPDX-License-Identifier: BSD-3-Clause
"""The runner of `make check`: nothing that fails may count as passed."""
import os
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

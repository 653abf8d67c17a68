# SPDX-License-Identifier: BSD-3-Clause
"""Lines that several threads write at once, by the C library and the log, come out whole: lib/nolibc/tests/threads_guest.cpp."""
import re

import guest
import pytest

WORKERS, LINES = 6, 20


@pytest.mark.parametrize("target", guest.TARGETS)
def test_no_line_is_torn_or_lost(target):
    console, status = guest.run(target, "nolibc.threads")
    assert status == 0, console
    seen = {}
    for line in console.splitlines():
        if "whole" in line or re.search(r"[a-f]{8}", line):
            found = re.fullmatch(r"(?:\[ *\d+\.\d+\] CRIT \[nolibc\] )?# whole (\d) (\d+) ([a-f]+) \.", line)
            assert found, f"torn: {line}\n{console}"
            worker, text = int(found[1]), found[3]
            assert set(text) == {"abcdef"[worker]} and 8 <= len(text) < 58, line
            seen.setdefault(worker, []).append(int(found[2]))
    assert sorted(seen) == list(range(WORKERS))
    for worker, numbers in seen.items():
        assert sorted(numbers) == list(range(LINES)), (worker, numbers)

# SPDX-License-Identifier: BSD-3-Clause
"""LIBUKALLOC_STATS counts with each default heap, and a refused request is in the log with what the heap looks like."""
import re
import subprocess

import guest
import pytest


@pytest.mark.parametrize("choice", ["TLSF", "BBUDDY", "REGION"])
def test_heaps_count(choice, tmp_path):
    done, image = guest.configured(tmp_path, "CONFIG_LIBUKALLOC_STATS=y", f"CONFIG_UKALLOC_DEFAULT_{choice}=y")
    assert done.returncode == 0, done.stdout + done.stderr
    ran = subprocess.run([image, "heap_stats"], capture_output=True, text=True, timeout=60, check=False)
    text = ran.stdout + ran.stderr
    assert ran.returncode == 0 and "# 2 passed, 0 failed, 0 skipped" in text, text
    name = choice.lower()
    assert re.search(rf"heap '{name}': no memory for 1099511627777 bytes\n"
                     rf".*heap '{name}': holds \d+ bytes, \d+ free, \d+ in one piece\n"
                     rf".*heap '{name}': \d+ blocks of \d+ bytes, at most \d+; \d+ allocations, \d+ frees, 1 refusals\n"
                     r".*frames: \d+ KiB of \d+ free", text), text
    assert len(re.findall("heap 'borrowing': no memory", text)) == 5, "of 16 refusals the 1st, 2nd, 4th, 8th, 16th"

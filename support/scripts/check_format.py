#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""C and C++ files look as clang-format leaves them. --fix rewrites those that do not."""
import concurrent.futures
import os
import re
import subprocess
import sys

import gatelib


def _format(root: str, names: list, *options: str) -> str:
    done = subprocess.run(["clang-format", *options, *names], cwd=root, capture_output=True, text=True, check=False)
    return done.stderr


def check(root: str) -> list:
    names = gatelib.files(root, *gatelib.C_FAMILY)
    chunks = [names[start:start + 12] for start in range(0, len(names), 12)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        output = "\n".join(pool.map(lambda chunk: _format(root, chunk, "--dry-run", "-ferror-limit=1"), chunks))
    first = {}
    for path, line in re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error):", output, re.M):
        first.setdefault(path, int(line))
    findings = [gatelib.Finding(path, line, "not formatted; run support/scripts/check_format.py --fix")
                for path, line in first.items()]
    if "Error reading" in output or "command not found" in output:
        findings.append(gatelib.Finding(".clang-format", 0, "clang-format refuses it"))
    return findings


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fix"]:
        wanted = sys.argv[2:] or gatelib.files(gatelib.ROOT, *gatelib.C_FAMILY)
        sys.stderr.write(_format(gatelib.ROOT, wanted, "-i"))
    else:
        gatelib.run_gate(check, __doc__)

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Each header compiles alone and included twice; each .h also as C11, and is not C++ in disguise."""
import concurrent.futures
import os
import re
import subprocess

import gatelib
import kernel_compile

C_FLAGS = "-std=c11 -ffreestanding -Wall -Wextra -Wundef -Wstrict-prototypes".split()


def _compile(root: str, command: list, header: str):
    """One translation unit that includes the header twice and has nothing else; the finding or None."""
    unit = f'#include "{os.path.join(root, header)}"\n' * 2
    done = subprocess.run([*command, "-Werror", "-fsyntax-only", "-"], cwd=root, input=unit, capture_output=True,
                          text=True, check=False)
    if done.returncode == 0:
        return None
    message = next((line for line in done.stderr.split("\n") if "error" in line), done.stderr[:200])
    place = re.search(r":(\d+):\d+: (?:fatal )?error: (.*)", message)
    as_what = "as C11" if "-std=c11" in command else "alone and twice"
    return gatelib.Finding(header, int(place.group(1)) if place and header in message else 0,
                           f"does not compile {as_what}: {place.group(2) if place else message}" +
                           ("" if header in message else f" ({message.split(':')[0].replace(root + '/', '')})"))


def _headers(root: str) -> list:
    return [name for name in gatelib.files(root, ".h", ".hpp")
            if name.startswith(("lib/", "drivers/", "arch/", "plat/")) and "/tests/" not in name
            and "/headers/" not in name]  # those stand among upstream's and compile with them only


def check(root: str) -> list:
    kernel_compile.write_config(root)
    findings, jobs = [], []
    for header in _headers(root):
        includes = kernel_compile.options(root, header)
        jobs.append((["g++", *kernel_compile.FLAGS, *includes, "-x", "c++"], header))
        if header.endswith(".h"):
            jobs.append((["gcc", *C_FLAGS, *includes, "-x", "c"], header))
            text = gatelib.without_comments(gatelib.read(root, header), keep_strings=True)
            for match in re.finditer(r'#\s*include\s*[<"]([^>"]+\.hpp)[>"]', text):
                line = text.count("\n", 0, match.start()) + 1
                findings.append(gatelib.Finding(header, line, f"a .h must not include {match.group(1)}"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        findings += filter(None, pool.map(lambda job: _compile(root, *job), jobs))
    return findings


if __name__ == "__main__":
    gatelib.run_gate(check, __doc__)

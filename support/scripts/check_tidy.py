#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""clang-tidy (.clang-tidy) and clang's kernel warnings over every kernel source.

A file that passed is not looked at again until it, a header it includes, the configuration or the checks change
(build/gates/tidy/ keeps the hashes). --all forgets them.
"""
import concurrent.futures
import hashlib
import os
import re
import subprocess
import sys

import gatelib
import kernel_compile

WARNINGS = "-Wglobal-constructors -Wexit-time-destructors -Wthread-safety -Wnon-virtual-dtor".split()
STAMPS = os.path.join(kernel_compile.WORK, "tidy")


def sources(root: str) -> list:
    """All but what compiles only against headers that are fetched: the glue of a C library that is not in the tree."""
    fetched = tuple(folder + "/" for folder in kernel_compile.c_libraries(root) if os.path.isdir(os.path.join(root, folder, "headers")))
    return [name for name in gatelib.files(root, ".cpp")
            if name.startswith(("lib/", "drivers/", "arch/", "plat/")) and "/tests/" not in name and not name.startswith(fetched)]


def fingerprint(root: str, name: str, flags: list) -> str:
    """Hash of all that decides the result: the preprocessed text, the flags, the checks."""
    text = subprocess.run(["clang++", *flags, "-E", "-P", name], cwd=root, capture_output=True, check=False).stdout
    digest = hashlib.sha256(text)
    for part in (" ".join(flags).encode(), gatelib.read(root, name).encode(), gatelib.read(root, ".clang-tidy").encode()):
        digest.update(part)
    return digest.hexdigest()


def check_file(root: str, name: str) -> list:
    flags = [*kernel_compile.FLAGS, *WARNINGS, *kernel_compile.options(root, name)]
    stamp = os.path.join(root, STAMPS, name.replace("/", "_"))
    mark = fingerprint(root, name, flags)
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == mark:
        return []
    done = subprocess.run(["clang-tidy", "--quiet", name, "--", *flags], cwd=root, capture_output=True, text=True, check=False)
    findings = []
    for path, line, text in re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error|fatal error): (.*)$", done.stdout, re.M):
        findings.append(gatelib.Finding(os.path.relpath(os.path.join(root, path), root), int(line), text))
    if done.returncode != 0 and not findings:
        findings.append(gatelib.Finding(name, 0, "clang-tidy failed: " + (done.stdout + done.stderr).strip()[:300]))
    if not findings:
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(mark)
    return findings


def check(root: str) -> list:
    kernel_compile.write_config(root)
    os.makedirs(os.path.join(root, STAMPS), exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [finding for result in pool.map(lambda name: check_file(root, name), sources(root)) for finding in result]


if __name__ == "__main__":
    if "--all" in sys.argv:
        sys.argv.remove("--all")
        for old in os.listdir(os.path.join(gatelib.ROOT, STAMPS)) if os.path.isdir(os.path.join(gatelib.ROOT, STAMPS)) else []:
            os.remove(os.path.join(gatelib.ROOT, STAMPS, old))
    gatelib.run_gate(check, __doc__)

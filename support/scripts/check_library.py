#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every library folder is complete: Config.uk, a README.md of at most a page, tests for what it compiles."""
import os
import re

import gatelib

PAGE = 70  # lines of a README
_KINDS = ("lib/", "drivers/", "arch/", "plat/")


def library_folders(root: str) -> list:
    return sorted(os.path.dirname(name) for name in gatelib.files(root, "Makefile.uk") if name.startswith(_KINDS))


def check(root: str) -> list:
    findings = []
    names = gatelib.files(root)
    for folder in library_folders(root):
        own = [name for name in names if name.startswith(folder + "/")]
        if f"{folder}/README.md" not in own:
            findings.append(gatelib.Finding(folder, 0, "lacks README.md"))
        elif (lines := gatelib.read(root, f"{folder}/README.md").count("\n")) > PAGE:
            findings.append(gatelib.Finding(f"{folder}/README.md", 0, f"{lines} lines; a page is {PAGE}"))
        if f"{folder}/Config.uk" not in own:
            findings.append(gatelib.Finding(folder, 0, "lacks Config.uk"))
        logic = [name for name in own if "/tests/" not in name and name.endswith((".c", ".cpp"))]
        pure = [name for name in logic if not name.endswith(("_hw.cpp", "slot.cpp"))]
        tests = [name for name in own if re.search(r"/tests/\w+_(test|guest|fuzz)\.cpp$", name)]
        if pure and not tests and folder.startswith(("lib/", "drivers/")):
            findings.append(gatelib.Finding(folder, 0, "has code but no tests/*_test.cpp"))
    for folder in sorted({"/".join(name.split("/")[:2]) for name in names if name.startswith("lib/")}):
        if os.path.isdir(os.path.join(root, folder)) and f"{folder}/Makefile.uk" not in names:
            findings.append(gatelib.Finding(folder, 0, "lacks Makefile.uk"))
    return findings


if __name__ == "__main__":
    gatelib.run_gate(check, __doc__)

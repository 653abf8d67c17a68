#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A port stays small: arch/<isa> has at most 2,000 lines, plat/<p> 1,000, the contracts between them 8 + 6 headers.

What only images for several CPUs have lies in folders named smp and counts apart: 500 lines for each.
Every file counts but tests/, README.md, Config.uk and Makefile.uk. Of a platform its generic part counts and the largest
of the folders named after an architecture. Every header of lib/hal says in its first comment which contract it is
("Platform contract 3 of 6"), and no two are the same one.
"""
import collections
import re

import gatelib

ARCH_LINES = 2000
PLAT_LINES = 1000
SMP_LINES = 500
CONTRACTS = {"Architecture": 8, "Platform": 6}
HEADERS = "lib/hal/include/uk/hal/"
NOT_COUNTED = ("README.md", "Config.uk", "Makefile.uk")

_CONTRACT = re.compile(r"\A//[^\n]*\n//\s*(\w+) contract (\d+) of (\d+)\b")


def counted_lines(root: str, kind: str, smp: bool = False) -> dict:
    """{arch or plat folder: {subfolder or "": lines}} in folders named smp, or in all others"""
    lines = collections.defaultdict(collections.Counter)
    for name in gatelib.files(root):
        parts = name.split("/")
        if parts[0] != kind or len(parts) < 3 or "tests" in parts[2:-1] or parts[-1] in NOT_COUNTED:
            continue
        if smp != ("smp" in parts[2:-1]):
            continue
        lines[parts[1]][parts[2] if len(parts) > 3 else ""] += gatelib.read(root, name).count("\n")
    return lines


def check_lines(root: str) -> list:
    findings = []
    architectures = counted_lines(root, "arch")
    for isa, folders in architectures.items():
        total = sum(folders.values())
        if total > ARCH_LINES:
            findings.append(gatelib.Finding(f"arch/{isa}", 0, f"{total:,} lines; at most {ARCH_LINES:,}: what does not "
                                                              "need the processor belongs into lib/ or drivers/"))
    for platform, folders in counted_lines(root, "plat").items():
        own = {folder: lines for folder, lines in folders.items() if folder in architectures}
        largest = max(own, key=own.get, default="")
        total = sum(folders.values()) - sum(own.values()) + own.get(largest, 0)
        if total > PLAT_LINES:
            findings.append(gatelib.Finding(f"plat/{platform}", 0, f"{total:,} lines{' with ' + largest if largest else ''}"
                                            f"; at most {PLAT_LINES:,}: chips belong into drivers/, policy into lib/"))
    for kind in ("arch", "plat"):
        for name, folders in counted_lines(root, kind, smp=True).items():
            most = max(folders.values()) if kind == "plat" else sum(folders.values())
            if most > SMP_LINES:
                findings.append(gatelib.Finding(f"{kind}/{name}", 0, f"{most:,} lines for several CPUs; at most {SMP_LINES:,}"))
    return findings


def check_contracts(root: str) -> list:
    findings, owners = [], {}
    for name in gatelib.files(root):
        if not name.startswith(HEADERS):
            continue
        found = _CONTRACT.match(gatelib.read(root, name))
        most = CONTRACTS.get(found.group(1)) if found else None
        if most is None:
            findings.append(gatelib.Finding(name, 2, "say first which contract this is: "
                                            + " or ".join(f'"{kind} contract N of {most}"' for kind, most in CONTRACTS.items())))
            continue
        kind, number, of = found.group(1), int(found.group(2)), int(found.group(3))
        if of != most or not 1 <= number <= most:
            findings.append(gatelib.Finding(name, 2, f"{kind} contract {number} of {of}: there are at most {most}; a port must "
                                                     "stay small"))
        elif (kind, number) in owners:
            findings.append(gatelib.Finding(name, 2, f"{kind} contract {number} is {owners[kind, number]} already"))
        owners.setdefault((kind, number), name)
    return findings


def check(root: str) -> list:
    return check_lines(root) + check_contracts(root)


if __name__ == "__main__":
    gatelib.run_gate(check, __doc__)

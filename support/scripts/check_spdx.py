#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every source file starts with the SPDX line and one sentence of purpose."""
import re

import gatelib

LINE = "SPDX-License-Identifier: BSD-3-Clause"
SOURCES = gatelib.C_FAMILY + (".S", ".py", ".mk", ".sh", ".lds", ".ld")
_WORDS = re.compile(r"[A-Za-z]\w*\W+\w+")


def check(root: str) -> list:
    findings = []
    for name in gatelib.files(root):
        base = name.rsplit("/", 1)[-1]
        is_script = "." not in base and not name.endswith("LICENSE")
        if not name.endswith(SOURCES) and not is_script:
            continue
        lines = gatelib.read(root, name).split("\n")[:6]
        if is_script and not lines[0].startswith("#!") and base != "Makefile":
            continue
        comment = r"\s*(//|/?\*)" if name.endswith(gatelib.C_FAMILY + (".S",)) else r'\s*(//|/?\*|#|;|""")'
        head = lines[1:] if lines[0].startswith("#!") else lines
        if LINE not in head[0]:
            findings.append(gatelib.Finding(name, 1, f"the first line lacks '{LINE}'"))
        elif not _WORDS.search(" ".join(head[1:3])) or not re.match(comment, head[1]):
            findings.append(gatelib.Finding(name, 2, "no sentence of purpose under the SPDX line"))
    return findings


if __name__ == "__main__":
    gatelib.run_gate(check, __doc__)

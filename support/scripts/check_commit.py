#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Commit messages: `<area>: Imperative sentence`, at most 72 columns, a blank second line.

Looks at the commits that the upstream branch does not have yet (nothing to do on a fresh clone), or at those of a
range given with --range.
"""
import argparse
import re
import subprocess
import sys

import gatelib

COLUMNS = 72
_SUBJECT = re.compile(r"^[A-Za-z0-9_.][\w./+{},-]*(?:, [\w./-]+)*: [A-Z][^\s]*(?: .*)?[^.\s]$")
_NOT_IMPERATIVE = re.compile(r"^(?:Add|Fix|Change|Mend|Move|Remove|Update|Use|Make|Rename|Implement|Support|Test|Write)(?:s|ed|ing)$"
                             r"|^(?:Added|Adding|Fixed|Fixes|Using|Making|Wrote|Moved|Removed|Removing|Updating)$")


def problems(message: str) -> list:
    """What is wrong with one commit message."""
    lines = message.rstrip("\n").split("\n")
    subject, found = lines[0], []
    if len(subject) > COLUMNS:
        found.append(f"subject of {len(subject)} columns; at most {COLUMNS}")
    match = _SUBJECT.match(subject)
    if not match:
        found.append("subject is not '<area>: Imperative sentence' (without a full stop)")
    elif _NOT_IMPERATIVE.match(subject.split(": ", 1)[1].split()[0]):
        found.append("subject is not imperative ('Add', not 'Added' or 'Adds')")
    if len(lines) > 1 and lines[1]:
        found.append("second line is not empty")
    return found


def _git(root: str, *words: str) -> str:
    return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=False).stdout.strip()


def unpublished(root: str) -> str:
    upstream = _git(root, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}") or "origin/main"
    return f"{upstream}..HEAD" if _git(root, "rev-parse", "--verify", "--quiet", upstream) else ""


def check(root: str, commits: str = "") -> list:
    commits = commits or unpublished(root)
    if not commits:
        return []
    findings = []
    for name in _git(root, "rev-list", "--no-merges", commits).split():
        message = _git(root, "log", "-1", "--format=%B", name)
        findings += [gatelib.Finding(f"commit {name[:10]} ({message.split(chr(10))[0]})", 0, text)
                     for text in problems(message)]
    return findings


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=gatelib.ROOT)
    parser.add_argument("--range", default="", help="commits, as git rev-list takes them")
    options = parser.parse_args()
    result = check(options.root, options.range)
    print("\n".join(map(str, result)), end="\n" if result else "")
    sys.exit(1 if result else 0)

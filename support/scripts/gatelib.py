# SPDX-License-Identifier: BSD-3-Clause
"""What the gates share: finding files, reading C without comments, reporting.

A gate is a script check_<name>.py with `check(root) -> list of Finding`. It prints one line for each finding and
exits 1 if there is any. Its test in tests/ shows it failing on a bad example and passing on a good one.
"""
import argparse
import dataclasses
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
C_FAMILY = (".c", ".cpp", ".h", ".hpp")
SKIPPED_FOLDERS = {".git", "build", "__pycache__", ".cache", ".pytest_cache"}


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    text: str

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.text}"


def _walk(root: str) -> list:
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        found += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(names)]
    return found


def files(root: str, *endings: str) -> list:
    """Files of the tree (not build output), relative to root, sorted."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0 and os.path.exists(os.path.join(root, ".git")):
        names = [name for name in listed.stdout.splitlines() if os.path.isfile(os.path.join(root, name))]
    else:
        names = _walk(root)
    return sorted(name for name in names if not endings or name.endswith(endings))


def read(root: str, name: str) -> str:
    with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
        return file.read()


_TOKEN = re.compile(r"""
      (?P<raw>R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")
    | (?P<block>/\*.*?\*/)
    | (?P<line>//(?:\\\n|[^\n])*)
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<char>(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*')
""", re.X | re.S)


def without_comments(text: str, keep_strings: bool = False) -> str:
    """C or C++ text with comments (and contents of strings) blanked; line numbers stay."""
    def blank(match):
        whole = match.group(0)
        if match.lastgroup in ("block", "line"):
            return re.sub(r"[^\n]", " ", whole)
        if keep_strings:
            return whole
        return '"' + "\n" * whole.count("\n") + '"'
    return _TOKEN.sub(blank, text)


def run_gate(check, description: str) -> None:
    """The main of a gate."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=ROOT, help="tree to look at (default: this one)")
    findings = sorted(set(check(parser.parse_args().root)))
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Names those of the given test files in which threads of the host run: all that ThreadSanitizer can say something about.

Usage: threaded.py FILE... (run in the root of the tree)
A file counts if it, or a header of the tree that it includes, by way of others too, makes a std::thread. Of the headers below
include/ only those count that are test suites (conformance*.hpp).
"""
import functools
import glob
import os
import re
import sys

MAKES_THREADS = re.compile(r"\bstd::j?thread\b(?!::)|\bpthread_create\b")
INCLUDE = re.compile(r'^#include (?:"([^"]+)"|<(uk/\S*conformance\w*\.hpp)>)', re.M)


def includes(path: str, text: str) -> list:
    found = []
    for beside, suite in INCLUDE.findall(text):
        places = [os.path.join(os.path.dirname(path), beside), beside] if beside else sorted(glob.glob(f"lib/*/include/{suite}"))
        found += [os.path.normpath(place) for place in places if os.path.isfile(place)][:1]
    return found


@functools.cache
def read(path: str) -> tuple:
    """(whether it makes threads itself, what it includes)."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return bool(MAKES_THREADS.search(text)), includes(path, text)


def is_threaded(path: str) -> bool:
    seen, left = set(), [path]
    while left:
        seen.add(each := left.pop())
        threaded, included = read(each)
        if threaded:
            return True
        left += set(included) - seen
    return False


if __name__ == "__main__":
    print("\n".join(filter(is_threaded, sys.argv[1:])))

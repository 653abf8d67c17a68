#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Names those of the common sources that something else could be linked with, so that the others need no compiler.

Usage: needed.py [-I FOLDER...] [--sources FILE...] [--for FILE...] (run in the root of the tree)
A source is needed when a header of its own library that it includes is reached from the files behind --for, or from a
source that is needed: what it defines is declared there. So is one without such a header. The linker may take fewer.
"""
import functools
import os
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.M)
LIBRARY = re.compile(r"(?:lib|arch)/[^/]+/|drivers/[^/]+/")


def library(path: str) -> str:
    found = LIBRARY.match(path)
    return found.group() if found else ""


class Tree:
    def __init__(self, folders: list):
        self.folders = folders

    @functools.cache
    def find(self, beside: str, name: str) -> str:
        places = (os.path.normpath(os.path.join(folder, name)) for folder in (beside, *self.folders))
        return next((place for place in places if os.path.isfile(place)), "")

    @functools.cache
    def includes(self, path: str) -> list:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        return [found for name in INCLUDE.findall(text) if (found := self.find(os.path.dirname(path), name))]

    def own_headers(self, source: str) -> set:
        return {path for path in self.includes(source) if library(path) == library(source)}

    def needed(self, sources: list, users: list) -> list:
        others = {source: self.own_headers(source) for source in sources}
        found = [source for source, headers in others.items() if not headers]  # declared who knows where
        seen, left = set(), [*users, *found]
        while left:
            path = left.pop()
            if path in seen:
                continue
            seen.add(path)
            left += self.includes(path)
            found += (more := [source for source, headers in others.items() if path in headers and source not in found])
            left += more
        return sorted(found)


def main() -> None:
    folders, sources, users = [], [], []
    into = folders
    for word in sys.argv[1:]:
        if word in ("--sources", "--for"):
            into = sources if word == "--sources" else users
        elif into is folders:
            folders.append(word.removeprefix("-I"))
        else:
            into.append(word)
    print("\n".join(Tree(folders).needed(sources, [user for user in users if os.path.isfile(user)])))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Each header compiles alone and included twice; each .h also as C11, and is not C++ in disguise.

Most of the work would be reading the toolchain's headers again and again. So those that a header reaches in any case are read precompiled:
not one more, for then nobody would see that it lacks an include.
"""
import collections
import concurrent.futures
import functools
import os
import re
import subprocess

import gatelib
import kernel_compile

C_FLAGS = "-std=c11 -ffreestanding -Wall -Wextra -Wundef -Wstrict-prototypes".split()


PRECOMPILED = os.path.join(kernel_compile.WORK, "precompiled")
# Those of the toolchain's headers that take long to read.
OFTEN = 4  # a set that fewer headers reach is not worth it
DEAR = ("bit", "compare", "concepts", "cstddef", "cstdint", "new", "span", "string_view", "type_traits", "utility")


@functools.cache
def _includes(root: str, path: str) -> tuple:
    """The names that a header includes at its top whatever is defined: those between #if and #endif are left out, but for its guard's,
    and those behind its first declaration: they do not help what stands before them."""
    text = gatelib.without_comments(gatelib.read(root, path), keep_strings=True)
    text = re.match(r"(?:[ \t]*(?:#.*)?(?:\n|\Z))*", text).group()
    guard = re.match(r"\s*#\s*ifndef\s+(\w+)\s*#\s*define\s+\1\s", text)
    found, depth = [], -1 if guard else 0
    for word, name in re.findall(r"^[ \t]*#[ \t]*(include|if|endif)\w*(?:[ \t]*[<\"]([^>\"]+)[>\"])?", text, re.M):
        depth += {"if": 1, "endif": -1}.get(word, 0)
        if word == "include" and name and depth == 0:
            found.append(name)
    return tuple(found)


@functools.cache
def _is_file(path: str) -> bool:
    return os.path.isfile(path)


def reached(root: str, header: str, includes: list) -> frozenset:
    """Which of DEAR a header includes in any case, itself or by way of others."""
    folders = [word.removeprefix("-I") for word in includes if word.startswith("-I")]
    seen, left, found = set(), [header], set()
    while left:
        seen.add(path := left.pop())
        for name in _includes(root, path):
            places = (os.path.normpath(os.path.join(folder, name)) for folder in (os.path.dirname(path), *folders))
            ours = next((place for place in places if _is_file(os.path.join(root, place))), "")
            if not ours and name in DEAR:
                found.add(name)
            if ours and ours not in seen:
                left.append(ours)
    return frozenset(found)


def _precompile(root: str, names: frozenset) -> str:
    """A file to -include that stands for the named headers, read before; "" if that fails: then they are read each time."""
    path = os.path.join(root, PRECOMPILED, "-".join(sorted(names)) + ".hpp")
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(f"#include <{name}>\n" for name in sorted(names)))
    done = subprocess.run(["g++", *kernel_compile.FLAGS, "-x", "c++-header", "-o", path + ".gch", path], cwd=root, capture_output=True, check=False)
    return path if done.returncode == 0 else ""


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
    os.makedirs(os.path.join(root, PRECOMPILED), exist_ok=True)
    findings, jobs = [], []
    options = {header: kernel_compile.options(root, header) for header in _headers(root)}
    dear = {header: reached(root, header, includes) for header, includes in options.items()}
    often = [names for names, number in collections.Counter(dear.values()).items() if names and number >= OFTEN]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ready = dict(zip(often, pool.map(lambda names: _precompile(root, names), often)))
    for header, includes in options.items():
        most = max((names for names in often if names <= dear[header]), key=len, default=None)
        first = ["-include", ready[most]] if most and ready[most] else []
        jobs.append((["g++", *kernel_compile.FLAGS, *first, *includes, "-x", "c++"], header))
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

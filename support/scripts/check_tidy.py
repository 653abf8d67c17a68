#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""clang-tidy (.clang-tidy) and clang's kernel warnings over the C++ sources of lib, drivers, arch and plat.

Not over tests, applications, C and assembly, nor the glue of a C library that is fetched; a library that includes other headers
which are fetched says in its tests/gate.mk how to get them.

Up to sixteen files that are compiled with the same flags and define no name twice are one unit, behind each other: reading the same headers
for each of them, and looking through them, is most of the work. Where a unit has a finding, or its files do not go together, those that are named and the
others are looked at apart, in the end each file alone: findings are those of one file. Not found in a unit: an include that a file lacks and one in front of it has (the build with
clang++ finds it), and a static function that nobody uses but a file beside it that has one of the same name.

What passed is not looked at again until one of the unit's files, a header it includes, the flags (in them the configuration) or
.clang-tidy change: build/gates/tidy/ keeps a hash for each unit, build/gates/tidy-units/ the units. --all forgets the hashes.
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
UNITS = os.path.join(kernel_compile.WORK, "tidy-units")
MOST = 16  # files in a unit: more of them go together less often
# What a line that is not indented may define, roughly: a name too many only keeps two files apart.
DEFINES = (re.compile(r"#\s*define\s+(\w+)"), re.compile(r"(?:struct|class|union|enum(?: class)?|using|concept)\s+(\w+)\b(?!::)"),
           re.compile(r"(?!namespace|template|using|static_assert|return|UK_)[A-Za-z_][^(={;\[]*?(?<![:\w])(\w+)\s*(?:[({=;]|\[(?!\[)|$)"))


def sources(root: str) -> list:
    """All but what compiles only against headers that are fetched: the glue of a C library that is not in the tree."""
    fetched = tuple(folder + "/" for folder in kernel_compile.c_libraries(root) if os.path.isdir(os.path.join(root, folder, "headers")))
    return [name for name in gatelib.files(root, ".cpp")
            if name.startswith(("lib/", "drivers/", "arch/", "plat/")) and "/tests/" not in name and not name.startswith(fetched)]


def private_headers(root: str, name: str) -> dict:
    """{name: folder} of the headers that a file finds without a folder's name."""
    return {header: folder for folder in kernel_compile.own_folders(root, name)
            for header in os.listdir(os.path.join(root, folder)) if header.endswith((".h", ".hpp"))}


def defined(root: str, name: str) -> set:
    """Names that a file may define for itself, of which a unit has room for one."""
    lines = gatelib.without_comments(gatelib.read(root, name)).splitlines()
    found = (next((match for form in DEFINES if (match := form.match(line))), None) for line in lines)
    return {match[1] for match in found if match}


def units(root: str) -> list:
    """Lists of files that are compiled with the same flags but for their private headers' folders, and have no names in common."""
    alike = {}
    for name in sources(root):
        found, own, new = alike.setdefault(tuple(kernel_compile.shared_options(root, name)), []), private_headers(root, name), defined(root, name)
        for names, headers, old in found:
            if len(names) < MOST and not old & new and all(headers.get(header, folder) == folder for header, folder in own.items()):
                break
        else:
            found.append((names := [], headers := {}, old := set()))
        names.append(name)
        headers.update(own)
        old |= new
    return [names for found in alike.values() for names, _, _ in found]


def apart(names: list, named: set) -> tuple:
    """Two parts of a unit that cannot stay one: those that were named, if that tells any of them apart."""
    bad = [name for name in names if name in named]
    if bad and len(bad) < len(names):
        return [name for name in names if name not in named], bad
    return names[:len(names) // 2], names[len(names) // 2:]


def fingerprint(root: str, names: list, path: str, flags: list) -> str:
    """Hash of all that decides the result: the preprocessed text, the flags, the checks."""
    text = subprocess.run(["clang++", *flags, "-E", "-P", path], cwd=root, capture_output=True, check=False).stdout
    digest = hashlib.sha256(text)
    for part in (" ".join(flags), *(gatelib.read(root, name) for name in names), gatelib.read(root, ".clang-tidy")):
        digest.update(part.encode())
    return digest.hexdigest()


def write_unit(root: str, names: list) -> str:
    """The file to look at: the source itself if it is one."""
    if len(names) == 1:
        return names[0]
    path = os.path.join(UNITS, names[0].replace("/", "_"))
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write("".join(f'#line 1 "{name}"\n{gatelib.read(root, name)}\n' for name in names))
    return path


def source_of(root: str, names: list, path: str, unit: str, line: int) -> tuple:
    """(file, its line) of a place that clang-tidy named: it counts the lines of the unit."""
    path = os.path.relpath(os.path.join(root, path), root)
    if path == unit and len(names) > 1:
        for name in names:
            length = gatelib.read(root, name).count("\n") + 2  # as write_unit() writes it
            if line <= length:
                return name, line - 1
            line -= length
    return path, line


def findings(root: str, names: list, unit: str, output: str) -> tuple:
    """What clang-tidy found as (file, line, text), and how many that are none: a local variable called as another file's global one."""
    found, others, last = [], 0, None
    for place, line, kind, text in re.findall(r"^(\S+?):(\d+):\d+: (warning|error|fatal error|note): (.*)$", output, re.M):
        where = source_of(root, names, place, unit, int(line))
        if kind != "note":
            found.append(last := (*where, text))
        elif last and "[clang-diagnostic-shadow" in last[2] and text == "previous declaration is here":
            if where[0] != last[0] and where[0] in names:
                found.remove(last)
                others += 1
            last = None
    return found, others


def check_unit(root: str, names: list) -> list:
    path = write_unit(root, names)
    flags = [*kernel_compile.FLAGS, *WARNINGS, *kernel_compile.options(root, *names)]
    stamp = os.path.join(root, STAMPS, names[0].replace("/", "_") + (f"+{len(names) - 1}" if len(names) > 1 else ""))
    mark = fingerprint(root, names, path, flags)
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == mark:
        return []
    done = subprocess.run(["clang-tidy", "--quiet", path, "--", *flags], cwd=root, capture_output=True, text=True, check=False)
    found, others = findings(root, names, path, done.stdout)
    if not found and (others or done.returncode == 0):
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(mark)
        return []
    if len(names) > 1:
        return [finding for part in apart(names, {name for name, _, _ in found}) for finding in check_unit(root, part)]
    if not found:
        return [gatelib.Finding(names[0], 0, "clang-tidy failed: " + (done.stdout + done.stderr).strip()[:300])]
    return [gatelib.Finding(*place) for place in found]


def check(root: str) -> list:
    kernel_compile.write_config(root)
    for folder in (STAMPS, UNITS):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [finding for result in pool.map(lambda names: check_unit(root, names), units(root)) for finding in result]


if __name__ == "__main__":
    if "--all" in sys.argv:
        sys.argv.remove("--all")
        for old in os.listdir(os.path.join(gatelib.ROOT, STAMPS)) if os.path.isdir(os.path.join(gatelib.ROOT, STAMPS)) else []:
            os.remove(os.path.join(gatelib.ROOT, STAMPS, old))
    gatelib.run_gate(check, __doc__)

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Floors: includes point down and are declared; hardware stays where it belongs.

Every library says in its Makefile.uk `X_FLOOR := <floor>` and `X_NEEDS := <libraries whose headers it includes>`.
Checked: each `#include <uk/...>` has an owner; the owner is needed and does not stand above; needs form no circle; a
quoted include stays in its folder; a header of C++ is a freestanding one; nobody includes plat, only plat includes
arch; generic code has no #if on architecture or platform; assembly stands only in arch/, plat/, *_hw.cpp and folders
named after an architecture.
"""
import collections
import os
import re

import gatelib

# From below to above. `chip` = drivers needed before core exists (uart, clocksource): base and hal only.
FLOORS = ["base", "hal", "chip", "core", "device", "drivers", "services", "posix", "libc", "apps"]
SIDE = {"arch": {"base", "hal"}, "plat": {"base", "hal", "arch", "chip", "core", "device", "drivers"}}
GENERATED = {"uk/config.h", "uk/config.hpp", "uk/bits/provided_syscalls.h"}
# Header slots of hal: the provider's folder in arch or plat comes with the include path.
SLOT_FOLDERS = ("uk/hal_arch/", "uk/hal_cpus/", "uk/hal_irq/")
ARCHITECTURES = ("x86_64", "arm64")
# The headers of C++ that need no C library, in g++ 12 and clang++ 14 with libstdc++: what is in an image includes no
# other: <algorithm> pulls in <stdlib.h>, and that is the host's where no C library is chosen. Nor <atomic>, <iterator>: slow.
FREESTANDING = set("array bit cfloat climits compare concepts cstdarg cstddef cstdint initializer_list "
                   "limits new optional source_location span string_view tuple type_traits utility version".split())

_ASSIGNMENT = re.compile(r"^(\w+)_(FLOOR|NEEDS)[ \t]*[:+?]?=[ \t]*([^#\n]*)", re.M)
_REGISTERED = re.compile(r"\$\(call\s+add(?:lib|lib_s|platlib|platlib_s),(?:\w+,)?(lib\w+)")
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
_ARCH_IF = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b.*(?:__x86_64__|__amd64__|__i386__|__aarch64__|__arm__"
                      r"|__linux__|CONFIG_ARCH_|CONFIG_PLAT_)")
_ARCH_CFG = re.compile(r"\bcfg::(?:arch|plat)_\w+")
# asm("" : ...) has no instruction: it hides a value from the optimiser and may stand anywhere.
_ASM = re.compile(r"\b(?:asm|__asm|__asm__)\b\s*(?:volatile|__volatile__|goto|inline)?\s*\((?!\s*\"\"\s*:)")
_CODE = gatelib.C_FAMILY + (".S", ".inc")


class Library:
    def __init__(self, folder: str):
        self.folder, self.name = folder, folder.rsplit("/", 1)[-1]
        self.floor, self.needs = "", set()
        self.variable = self.name.upper()  # X of X_NEEDS


def folder_of(name: str, libraries: dict):
    """The library that a file belongs to: the deepest folder that has a Makefile.uk."""
    folder = os.path.dirname(name)
    while folder and folder not in libraries:
        folder = os.path.dirname(folder)
    return libraries.get(folder)


def read_libraries(root: str, findings: list) -> dict:
    libraries = {}
    for path in gatelib.files(root, "Makefile.uk"):
        if not path.startswith(("lib/", "drivers/", "arch/", "plat/")):
            continue
        library = libraries[os.path.dirname(path)] = Library(os.path.dirname(path))
        text = gatelib.read(root, path).replace("\\\n", " ")
        registered = _REGISTERED.search(text)
        library.variable = registered.group(1).upper() if registered else library.variable
        for name, what, value in _ASSIGNMENT.findall(text):
            library.variable = name
            if what == "FLOOR":
                library.floor = value.strip()
            else:
                library.needs |= set(value.split())
        library.floor = library.floor or {"arch": "arch", "plat": "plat"}.get(path.split("/")[0], "")
        if library.floor not in FLOORS and library.floor not in SIDE:
            findings.append(gatelib.Finding(path, 0, f"{library.variable}_FLOOR is '{library.floor}'; floors are "
                                                     f"{' '.join(FLOORS)}"))
    return libraries


def header_owners(names: list, libraries: dict) -> dict:
    """Include path -> owning libraries; two have a header of one name only in a header slot."""
    owners = collections.defaultdict(set)
    for name in names:
        if "/include/" in name and name.endswith((".h", ".hpp", ".inc")):
            owner = folder_of(name, libraries)
            if owner:
                owners[name.split("/include/", 1)[1]].add(owner)
    return owners


def is_below(owner: Library, user: Library) -> bool:
    if user.floor in SIDE:
        return owner.floor in SIDE[user.floor]
    if owner.floor in SIDE or owner.floor not in FLOORS or user.floor not in FLOORS:
        return False
    if user.floor == "chip":
        return owner.floor in ("base", "hal", "chip")
    return FLOORS.index(owner.floor) <= FLOORS.index(user.floor)


def is_test(name: str) -> bool:
    """Tests, and the conformance suites that slots give to their providers (one's model: shadow.hpp), see everything."""
    return "/tests/" in name or "/conformance" in name or name.endswith("/shadow.hpp")


def check_include(name, path, user, owners):
    """The text of the finding for one <uk/...> include, or None."""
    if path in GENERATED:
        return None
    if path.startswith(SLOT_FOLDERS):
        if user.name == "hal" or user.floor in SIDE:
            return None
        return f"<{path}> belongs to the architecture or platform; include the contract <uk/hal/...>"
    if path not in owners:
        return None if is_test(name) and path.startswith("uk/fakes/") else f"no library has the header <{path}>"
    if user in owners[path] or is_test(name):
        return None
    below = [owner for owner in owners[path] if is_below(owner, user)]
    if not below:
        owner = min(owners[path], key=lambda other: other.folder)
        return f"<{path}> of {owner.folder} ({owner.floor}) does not stand below {user.folder} ({user.floor})"
    if not any(owner.name in user.needs for owner in below):
        return f"<{path}> is of {below[0].folder}, which {user.variable}_NEEDS in {user.folder}/Makefile.uk does not name"
    return None


def check_quoted(root, name, path, user):
    target = os.path.normpath(os.path.join(os.path.dirname(name), path))
    here = [target, os.path.normpath(os.path.join(user.folder, path))]
    here += [os.path.normpath(os.path.join(user.folder, isa, path)) for isa in ARCHITECTURES]
    here += [path] if is_test(name) else []
    found = [one for one in here if os.path.exists(os.path.join(root, one))]
    if not found:
        return f'no file "{path}" here'
    if not found[0].startswith(user.folder + "/") and not is_test(name):
        return f'"{path}" is a private header of another folder'
    return None


def may_have_assembly(name: str) -> bool:
    return (name.startswith(("arch/", "plat/", "tests/", "apps/")) or name.endswith(("_hw.cpp", "_hw.hpp"))
            or any(part in ARCHITECTURES for part in name.split("/")) or "/tests/" in name)


def check_hardware(name: str, code: str) -> list:
    findings = []
    for number, line in enumerate(code.split("\n"), 1):
        if _ASM.search(line) and not may_have_assembly(name):
            findings.append(gatelib.Finding(name, number, "assembly belongs in arch/, plat/ or a *_hw.cpp file"))
        if name.startswith(("lib/", "drivers/")) and "/tests/" not in name:
            if _ARCH_IF.search(line) or _ARCH_CFG.search(line):
                findings.append(gatelib.Finding(name, number, "generic code must not depend on architecture or platform"))
    if name.endswith(".S") and not may_have_assembly(name):
        findings.append(gatelib.Finding(name, 0, "assembly belongs in arch/, plat/ or a folder of its architecture"))
    return findings


def find_circles(libraries: dict) -> list:
    # Nobody needs a platform; one may have the name of a driver.
    by_name = {library.name: library for library in libraries.values() if library.floor != "plat"}
    findings, done = [], set()

    def visit(library, path):
        if library in path:
            circle = [one.name for one in path[path.index(library):]] + [library.name]
            findings.append(gatelib.Finding(f"{library.folder}/Makefile.uk", 0, "needs in a circle: " + " > ".join(circle)))
            return
        if library in done:
            return
        for name in sorted(library.needs):
            if name in by_name:
                visit(by_name[name], path + [library])
        done.add(library)

    for library in sorted(libraries.values(), key=lambda one: one.folder):
        visit(library, [])
    return findings


def check_needs(libraries: dict, used: dict) -> list:
    known = {library.name for library in libraries.values()}
    findings = []
    for library in libraries.values():
        for name in sorted(library.needs):
            text = f"{library.variable}_NEEDS names '{name}'"
            if name not in known:
                findings.append(gatelib.Finding(f"{library.folder}/Makefile.uk", 0, f"{text}, which is no library"))
            elif name not in used[library.folder]:
                findings.append(gatelib.Finding(f"{library.folder}/Makefile.uk", 0, f"{text}, but no header of it is included"))
    return findings


def check(root: str) -> list:
    findings = []
    libraries = read_libraries(root, findings)
    names = [name for name in gatelib.files(root, *_CODE)
             if name.startswith(("lib/", "drivers/", "arch/", "plat/"))]
    owners = header_owners(names, libraries)
    used = collections.defaultdict(set)
    for name in names:
        user = folder_of(name, libraries)
        text = gatelib.without_comments(gatelib.read(root, name), keep_strings=True)
        findings += check_hardware(name, text)
        if user is None:
            findings.append(gatelib.Finding(name, 0, "belongs to no library (no Makefile.uk above it)"))
            continue
        for match in _INCLUDE.finditer(text):
            line, path = text.count("\n", 0, match.start(2)) + 1, match.group(2)
            if match.group(1) == '"':
                problem = check_quoted(root, name, path, user)
            elif path.startswith("uk/"):
                if not is_test(name):
                    used[user.folder] |= {owner.name for owner in owners.get(path, ())}
                problem = check_include(name, path, user, owners)
            elif "." not in path and path not in FREESTANDING and not is_test(name):
                problem = f"<{path}> needs a C library; images have only the freestanding headers"
            else:
                continue
            if problem:
                findings.append(gatelib.Finding(name, line, problem))
    return findings + check_needs(libraries, used) + find_circles(libraries)


if __name__ == "__main__":
    gatelib.run_gate(check, __doc__)

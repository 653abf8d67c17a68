#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Symbols of a linked image: no hidden C++ runtime in the kernel, and C names that cannot meet the application's.

Usage: check_symbols.py --objects build/obj/hello_kvm-x86_64 [--image build/hello_kvm-x86_64.dbg] [--unoptimized]

Looks at every kernel object of the link (folders of libraries that live in lib/, drivers/, arch/, plat/). Refused:
static constructors, destructors and guards, exceptions, RTTI, operator new and delete, bodies of std:: that the
application's C++ could replace, unwind tables; C names that do not start with `uk` (but those that the library's
exportsyms.uk or <uk/string.h> lists), and calls of C names that the application may define.
"""
import argparse
import os
import re
import subprocess
import sys

import gatelib

FORBIDDEN = [
    (re.compile(r"^(?:__cxa_atexit|__cxa_thread_atexit|__dso_handle)$"), "a static object with a destructor"),
    (re.compile(r"^(?:_ZGV|__cxa_guard_|_GLOBAL__sub_I_)"), "a static object with a run-time constructor"),
    (re.compile(r"^(?:__cxa_(?:throw|rethrow|allocate_exception|begin_catch|end_catch)|__gxx_personality|_Unwind_)"),
     "exceptions"),
    (re.compile(r"^_ZT[IS]"), "run-time type information"),
    (re.compile(r"^_Zn[wa][mj](?:St|RK|$)"), "operator new"),
    (re.compile(r"^_Zd[la]Pv"), "operator delete (a virtual destructor?)"),
    (re.compile(r"^_ZSt20__throw_system_error"), "std::__throw_system_error"),
]
_STD_BODY = re.compile(r"^_ZN?K?St")
_BAD_SECTIONS = re.compile(r"^\.(?:init_array|fini_array|ctors|dtors|preinit_array|eh_frame|gcc_except_table|tdata|tbss)\b")
# Names that a compiler may call by itself, and the one door to the application.
COMPILER_NAMES = re.compile(r"^(?:memcpy|memmove|memset|memcmp|bcmp|strlen|__cxa_pure_virtual|__stack_chk_(?:fail|guard)"
                            r"|_GLOBAL_OFFSET_TABLE_|__u?(?:div|mod)[td]i[34]|__popcountdi2|__(?:ashl|ashr|lshr)ti3)$")
# What lib/base defines for the compiler.
RUNTIME = {"__cxa_pure_virtual", "__cxa_deleted_virtual", "abort", "__udivti3", "__umodti3", "__ashlti3", "__lshrti3"}
ENTRIES = {"main": ("libukboot",), "_start": ()}
LINKER_NAMES = re.compile(r"^__(?:start|stop)_uk")
_REGISTRATION = re.compile(r"call\s+add\w*lib\w*\s*,\s*([\w-]+)|call\s+addplat\w*\s*,\s*([\w-]+)(?:\s*,\s*([\w-]+))?")


def kernel_libraries(root: str) -> dict:
    """Name of each library (as its object folder is called) -> its folder in the tree."""
    found = {}
    for path in gatelib.files(root, "Makefile.uk"):
        if path.startswith(("lib/", "drivers/", "arch/", "plat/")):
            for words in _REGISTRATION.findall(gatelib.read(root, path)):
                for word in filter(None, words):
                    found[word] = os.path.dirname(path)
    return found


def string_functions(root: str) -> set:
    path = "lib/base/include/uk/string.h"
    if not os.path.exists(os.path.join(root, path)):
        return set()
    return set(re.findall(r"\b(\w+)\(", gatelib.without_comments(gatelib.read(root, path))))


def exported(root: str, folder: str) -> set:
    path = os.path.join(folder, "exportsyms.uk")
    if not os.path.exists(os.path.join(root, path)):
        return set()
    return {line.split("#")[0].strip() for line in gatelib.read(root, path).splitlines()} - {""}


def is_c_library(root: str, folder: str) -> bool:
    path = os.path.join(root, folder, "Makefile.uk")
    return os.path.exists(path) and re.search(r"_FLOOR\s*:?=\s*libc\b", gatelib.read(root, os.path.join(folder, "Makefile.uk")))


def symbols_of(paths: list) -> dict:
    """{path: [(kind, name) of each global symbol]}; kind as nm prints it, 'U' for undefined. One nm for all: its plugins take 20 ms to load."""
    found = {path: [] for path in paths}
    output = subprocess.run(["nm", "-A", "-P", "--no-sort", *paths], capture_output=True, text=True, check=True).stdout if paths else ""
    for line in output.splitlines():
        path, _, rest = line.partition(": ")
        words = rest.split()
        # $x and $d tell code from data in arm64 objects; they are no names.
        if len(words) > 1 and not words[0].startswith("$"):
            found[path].append((words[1], words[0]))
    return found


def sections_of(path: str) -> list:
    output = subprocess.run(["readelf", "-SW", path], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^\s*\[\s*\d+\]\s+(\S+)\s+\S+\s+\S+\s+\S+\s+([0-9a-f]+)", output, re.M)


def is_link_time_code(path: str) -> bool:
    """Objects of -flto builds: nothing is decided before the final link."""
    with open(path, "rb") as file:
        data = file.read()
    return not data.startswith(b"\x7fELF") or b".gnu.lto_" in data


def check_names(symbols: list, allowed_c: set, optimized: bool) -> list:
    """Texts of what is wrong with the symbols of one object of the kernel. allowed_c: C names beyond uk*."""
    found = []
    for kind, name in symbols:
        reason = next((text for pattern, text in FORBIDDEN if pattern.search(name)), None)
        if reason:
            found.append(f"{name}: {reason}")
        elif optimized and kind in "WV" and _STD_BODY.search(name):
            found.append(f"{name}: a body of std:: that the application's copy could replace")
        elif kind.islower() or name.startswith(("_Z", "uk", ".")) or LINKER_NAMES.search(name):
            continue
        elif name not in allowed_c and not (kind == "U" and COMPILER_NAMES.search(name)):
            what = "calls a name that the application may define" if kind in "Uw" else "a C name that does not start with 'uk'"
            found.append(f"{name}: {what}")
    return found


def allowed_names(root: str, library: str, folder: str, strings: set) -> set:
    allowed = set(strings) | exported(root, folder)
    if folder == "lib/base":
        allowed |= RUNTIME
    if folder.startswith(("arch/", "plat/")):
        allowed.add("_start")
    return allowed | {name for name, users in ENTRIES.items() if library in users}


def check_objects(root: str, folder: str, optimized: bool = True) -> list:
    with open(os.path.join(folder, "link.rsp"), encoding="utf-8") as file:
        linked = file.read().split()
    libraries, strings, findings = kernel_libraries(root), string_functions(root), []
    library_of = {path: os.path.relpath(path, folder).split(os.sep)[0].removesuffix(".o") for path in linked}
    objects = [path for path in linked if library_of[path] in libraries and not is_link_time_code(path)]
    for path, symbols in symbols_of(objects).items():
        library, shown = library_of[path], os.path.relpath(path, folder)
        home = libraries[library]
        for name, size in sections_of(path):
            if _BAD_SECTIONS.search(name) and int(size, 16) != 0:
                findings.append(gatelib.Finding(shown, 0, f"has a section {name}"))
        if not is_c_library(root, home):
            findings += [gatelib.Finding(shown, 0, text)
                         for text in check_names(symbols, allowed_names(root, library, home, strings), optimized)]
    return findings


def check_image(image: str) -> list:
    """What no image may contain, whatever it was made of; the application's C++ may have constructors."""
    findings = []
    for name, size in sections_of(image):
        if re.match(r"\.(?:eh_frame|gcc_except_table)$", name) and int(size, 16) != 0:
            findings.append(gatelib.Finding(os.path.basename(image), 0, f"has a section {name} of {int(size, 16)} bytes"))
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=gatelib.ROOT)
    parser.add_argument("--objects", help="folder of the image's objects, with link.rsp")
    parser.add_argument("--image", help="the unstripped image (.dbg)")
    parser.add_argument("--unoptimized", action="store_true", help="an -O0 build: bodies of std:: are not inlined")
    options = parser.parse_args()
    findings = check_objects(options.root, options.objects, not options.unoptimized) if options.objects else []
    findings += check_image(options.image) if options.image else []
    for finding in sorted(set(findings)):
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

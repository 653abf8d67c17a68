# SPDX-License-Identifier: BSD-3-Clause
"""Finds variables of Makefile.uk files that look like LIBX_SRCS-y but belong to no library: nobody would read them."""
import difflib
import os
import re

KINDS = ("SRCS", "OBJS", "CINCLUDES", "CXXINCLUDES", "ASINCLUDES", "CFLAGS", "CXXFLAGS", "ASFLAGS", "COMPFLAGS")
SUFFIX = re.compile(r"-[yn]?$")


def meant(name: str, libraries: list) -> str:
    """The variable that `name` (without -y) was probably meant to be; '' if `name` may stand; '?' if nobody knows."""
    owner = max((lib for lib in libraries if name.startswith(lib + "_")), key=len, default="")
    if owner:  # LIBX_SRC, or LIBX_FILE_FLAGS and the like, or a helper
        rest = name[len(owner) + 1:]
        close = difflib.get_close_matches(rest, KINDS, 1, 0.75)
        return "" if rest in KINDS or not close or "_" in rest else f"{owner}_{close[0]}"
    library, _, kind = name.rpartition("_")
    if kind not in KINDS or not library:
        return ""
    close = difflib.get_close_matches(library, libraries, 1, 0.6)
    return f"{close[0]}_{kind}" if close else "?"


def read(path: str) -> list:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def place(ctx, name: str, files: list):
    """(file:line that sets `name`, whether some file reads it)."""
    stem = SUFFIX.sub("", name)
    sets = re.compile(rf"^\s*{re.escape(stem)}-\S*\s*[:+?]?=")
    found, used = "", False
    for path in files:
        for number, line in enumerate(read(path), 1):
            if sets.match(line):
                found = found or f"{ctx.shown(path)}:{number}: "
            used = used or f"$({stem}" in line or f"${{{stem}" in line
    return found, used


def message(ctx, name: str, better: str, where: str) -> str:
    library = SUFFIX.sub("", name).rpartition("_")[0]
    text = f"{where}{name} has no effect"
    if better == "?" or not better.startswith(library + "_"):
        text += f": addlib registers no library '{library.lower()}'"
    return text + (f"; did you mean {better}-y?" if better != "?" else "")


def explain(ctx, said: str):
    """(warnings, errors): the messages of the counting pass, with the line that unused.mk wrote made into words."""
    warnings, errors = [], []
    for line in said.rstrip().splitlines():
        mark = re.search(r"unused\.mk:\d+: UK-NAMES\|", line)
        if not mark:
            warnings.append(line)
            continue
        names, libraries, files = (part.split() for part in line[mark.end():].split("|"))
        for name in sorted(set(names)):
            better = meant(SUFFIX.sub("", name), libraries)
            where, used = place(ctx, name, files) if better else ("", True)
            if used:  # as it should be, or a helper of that file
                continue
            ours = os.path.abspath(os.path.join(ctx.cwd, where)).startswith(ctx.base + "/") and ctx.in_tree
            (errors if ours else warnings).append(
                ("error: " if ours else "warning: ") + message(ctx, name, better, where))
    return warnings, errors

# SPDX-License-Identifier: BSD-3-Clause
"""The targets <platform>-<architecture> that the tree offers: every platform with every architecture that its Config.uk
allows. Read without kconfiglib, so that help and a mistyped T= cost nothing."""
import difflib
import glob
import os
import re

ENTRY = re.compile(r"^[ \t]*(?:menu)?config[ \t]+(PLAT|ARCH)_(\w+)[ \t]*\n((?:[ \t]+.*\n|[ \t]*\n)*)", re.M)
DEPENDS = re.compile(r"^[ \t]+depends[ \t]+on[ \t]+(.*)$", re.M)
TOKEN = re.compile(r"\(|\)|!|&&|\|\||[^\s()!&|]+")
# What other projects call our platforms and architectures.
ALIASES = {"aarch64": "arm64", "armv8": "arm64", "amd64": "x86_64", "x64": "x86_64", "x86": "x86_64", "x86-64": "x86_64",
           "qemu": "kvm", "firecracker": "kvm", "fc": "kvm", "linux": "linuxu"}


def holds(expression: str, architecture: str) -> bool:
    """Whether a `depends on` can be true with ARCH_<architecture>; other symbols may have either value."""
    operators = {"&&": " and ", "||": " or ", "!": " not ", "(": "(", ")": ")"}
    for others in (True, False):
        words = [operators.get(token) or str(token == f"ARCH_{architecture.upper()}" if token.startswith("ARCH_") else others)
                 for token in TOKEN.findall(expression)]
        try:
            if eval("".join(words), {"__builtins__": {}}):  # nothing but True, False, and, or, not, ( and )
                return True
        except (SyntaxError, TypeError, NameError):
            return True  # comparisons and malformed lines are for kconfiglib to judge
    return False


def entries(base: str, libs) -> dict:
    """{"PLAT": {name: [depends on ...]}, "ARCH": ...} of the Config.uk files in plat, arch and the folders `libs`."""
    found = {"PLAT": {}, "ARCH": {}}
    paths = glob.glob(f"{glob.escape(base)}/plat/*/Config.uk") + glob.glob(f"{glob.escape(base)}/arch/*/Config.uk")
    for path in sorted(paths) + [f"{folder}/Config.uk" for folder in libs]:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read() + "\n"
        except OSError:
            continue
        in_choice = "".join(re.findall(r"^[ \t]*choice\b.*?^[ \t]*endchoice", text, re.M | re.S))
        for kind, name, body in ENTRY.findall(in_choice):
            found[kind][name.lower()] = DEPENDS.findall(body.split("help\n")[0])
    return found


def available(base: str, libs=()) -> list:
    """All <platform>-<architecture> that can be built."""
    found = entries(base, libs)
    return sorted(f"{plat}-{arch}" for plat, needs in found["PLAT"].items() for arch, more in found["ARCH"].items()
                  if all(holds(need, arch) for need in needs + more))


def closest(asked: str, targets: list) -> str:
    """The target that was probably meant, or ''."""
    words = re.split(r"[-/,:+]", asked.lower().replace("x86-64", "x86_64"), maxsplit=1)
    words = [ALIASES.get(word, word) for word in words]
    for guess in ("-".join(words), "-".join(reversed(words))):
        if guess in targets:
            return guess
    close = difflib.get_close_matches("-".join(words), targets, 1, 0.7)
    return close[0] if close else ""


def one_of_two(asked: str, targets: list) -> str:
    """For a single known word: the targets it leaves."""
    word = ALIASES.get(asked.lower(), asked.lower())
    return " or ".join(target for target in targets if word in target.split("-"))


def reason(asked: str, found: dict, targets: list) -> str:
    match = re.fullmatch(r"([a-z0-9]+)-([a-z0-9_]+)", asked)
    if not match:
        return "expected <platform>-<architecture>"
    plat, arch = match.groups()
    for kind, word, group in (("platform", plat, "PLAT"), ("architecture", arch, "ARCH")):
        if word not in found[group]:
            return f"unknown {kind} '{word}' (there are: {' '.join(sorted(found[group]))})"
    offered = [target.partition("-")[2] for target in targets if target.startswith(plat + "-")]
    return f"platform {plat} is not there for {arch}, only for {' and '.join(offered) or 'no architecture'}"


def problem(asked: str, base: str, libs=()) -> str:
    """Why T=<asked> cannot be built and what can be, '' if it can."""
    targets = available(base, libs)
    if asked in targets:
        return ""
    why = reason(asked, entries(base, libs), targets)
    guess = ("" if "-" in asked else one_of_two(asked, targets)) or closest(asked, targets)
    hint = f"; did you mean T={guess}?" if guess and not why.startswith("platform") else "."
    return f"{why}{hint} The targets are: {' '.join(targets)}"

# SPDX-License-Identifier: BSD-3-Clause
"""Finds the compilers and writes toolchain.mk: what they are, which version, where their own headers lie."""
import hashlib
import json
import os
import re
import shutil
import subprocess

from context import UserError, warn

PACKAGES = {"g++": "g++", "gcc": "gcc", "clang": "clang", "clang++": "clang", "ld": "binutils", "ld.lld": "lld",
            "objcopy": "binutils", "cc": "gcc", "c++": "g++"}


def write_atomic(path: str, text: str) -> bool:
    """Writes `text` unless the file holds it already; true if it wrote."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return False
    except (OSError, UnicodeDecodeError):
        pass
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".tmp", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".tmp", path)
    return True


def triple_of(ctx) -> str:
    """GNU triple of a target that this machine's own compiler does not build for, else ''."""
    machine = {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    if machine == ctx.arch:
        return ""
    return {"arm64": "aarch64-linux-gnu", "x86_64": "x86_64-linux-gnu"}.get(ctx.arch, "")


def find_tool(variable: str, command: str) -> str:
    """Path of the program a tool variable names; the variable may carry flags after the name."""
    program = command.split()[0]
    path = shutil.which(program)
    if path:
        return path
    base = os.path.basename(program)
    triple = base.rpartition("-")[0]
    package = PACKAGES.get(base)
    if re.fullmatch(r"(gcc|g\+\+|clang)-\d+", base):
        package = base
    elif package is None and re.search(r"-linux-gnu\w*$", triple):
        suffix = PACKAGES.get(base.rpartition("-")[2], "gcc")
        package = f"{suffix}-{triple}" if suffix != "clang" else "clang"
    hint = f"on Debian: apt-get install {package}" if package else "correct the spelling or install it"
    raise UserError(f"error: '{program}' ({variable}) was not found; {hint}, or name another one with {variable}=")


def identify(command: str) -> dict:
    """Runs the compiler once to learn its version and the folder of its own headers."""
    words = command.split()
    def ask(flag):
        done = subprocess.run(words + [flag], capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else ""
    version = ask("--version")
    if not version:
        raise UserError(f"error: '{command} --version' failed: this compiler does not work")
    include = ask("-print-file-name=include").strip()
    return {"version": version.splitlines()[0], "include": include, "machine": ask("-dumpmachine").split("-")[0], "clang": "clang" in version.split("\n")[0]}


def check_machine(ctx, tools, found) -> None:
    """A compiler for another processor would fail at its first option, and leave the reason to be guessed."""
    for name, compiler in found.items():
        machine = {"aarch64": "arm64", "x86_64": "x86_64"}.get(compiler["machine"], ctx.arch)
        if machine != ctx.arch:
            given = next((v for v in (name, "CC", "CROSS_COMPILE") if ctx.env.get(v)), name)
            raise UserError(f"error: {given}={ctx.env.get(given, '')}: {tools[name]} compiles for {compiler['machine']}, but "
                            f"T={ctx.target}; leave {given} out, or give the T that belongs to it")


def compiler_word(words) -> int:
    """Which word of a command is the compiler: the first, or the one behind a launcher (`ccache gcc`)."""
    names = [os.path.basename(word) for word in words]
    return 1 if len(names) > 1 and re.search(r"gcc|clang", names[1]) and not re.search(r"gcc|clang", names[0]) else 0


def cxx_of(cc: str) -> str:
    """The C++ compiler that belongs to a C compiler, launcher and flags kept; '' if the name does not tell."""
    words = cc.split()
    at = compiler_word(words)
    folder, name = os.path.split(words[at])
    for c, cxx in (("clang", "clang++"), ("gcc", "g++")):
        if c in name:
            return " ".join([*words[:at], os.path.join(folder, name.replace(c, cxx, 1)), *words[at + 1:]])
    return ""


def choose(ctx) -> dict:
    """Names of all tools, from the variables CROSS_COMPILE CC CXX LD OBJCOPY ... or the defaults."""
    env = ctx.env
    triple = triple_of(ctx)
    cross = env.get("CROSS_COMPILE", triple + "-" if triple else "")
    cc = env.get("CC", "")
    cxx = env.get("CXX", "")
    if re.match(r"(.*[-/])?(g|clang)\+\+", cc.split()[0] if cc.split() else ""):
        raise UserError(f"error: CC={cc} compiles C++; CC names the C compiler, the C++ compiler follows from it: "
                        f"CC={cc.replace('clang++', 'clang').replace('g++', 'gcc')}")
    if not cc or cc == "cc":
        cc = cross + "gcc"
        if "clang++" in cxx:
            cc = cxx.replace("clang++", "clang", 1)
    if not cxx or cxx in ("c++",):
        cxx = cxx_of(cc) if env.get("CC") or "clang" in cc else cross + "g++"
        cxx = cxx or cross + "g++"
    def target(command):
        words = command.split()
        compiler = os.path.basename(words[compiler_word(words)])
        needs = triple and "clang" in compiler and not any("--target" in w for w in words)
        return f"{command} --target={triple}" if needs else command
    linker = env.get("LD", "")
    tools = {"CC": target(cc), "CXX": target(cxx), "LD": linker if linker not in ("", "ld") else cross + "ld"}
    for name in ("OBJCOPY", "OBJDUMP", "NM", "READELF", "STRIP", "AR"):
        tools[name] = env.get(name) or cross + name.lower()
    if tools["AR"] == "ar" and cross:
        tools["AR"] = cross + "ar"
    return tools


def prepare(ctx) -> None:
    """Writes toolchain.mk into the object folder; asks the compilers only when a program file changed."""
    tools = choose(ctx)
    stamp = []
    for name in ("CC", "CXX", "LD", "OBJCOPY"):
        path = find_tool(name, tools[name])
        info = os.stat(path)
        stamp.append([name, tools[name], os.path.realpath(path), info.st_mtime_ns, info.st_size])
    cache = f"{ctx.obj}/toolchain.json"
    try:
        with open(cache, encoding="utf-8") as file:
            if json.load(file) == stamp and os.path.exists(f"{ctx.obj}/toolchain.mk"):
                return
    except (OSError, ValueError):
        pass
    cc, cxx = identify(tools["CC"]), identify(tools["CXX"])
    check_machine(ctx, tools, {"CC": cc, "CXX": cxx})
    if cc["clang"] != cxx["clang"]:
        warn(f"warning: CC is '{cc['version']}' but CXX is '{cxx['version']}'")
    ident = hashlib.sha256(json.dumps(stamp).encode()).hexdigest()[:12]
    lines = [f"{name} := {value}" for name, value in sorted(tools.items())]
    lines += [f"CC_INCLUDE := {cc['include']}", f"TOOLCHAIN_ID := {ident}",
              f"CC_IS_CLANG := {'y' if cc['clang'] else ''}", f"CXX_IS_CLANG := {'y' if cxx['clang'] else ''}",
              f"CC_VERSION := {cc['version'].replace('#', '')}", f"LD_IS_LLD := {'y' if 'lld' in tools['LD'] else ''}"]
    write_atomic(f"{ctx.obj}/toolchain.mk", "\n".join(lines) + "\n")
    write_atomic(cache, json.dumps(stamp))

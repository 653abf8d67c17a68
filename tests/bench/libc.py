# SPDX-License-Identifier: BSD-3-Clause
"""newlib and Lua: sizes, memory, what system calls cost as functions, newlib's first build, Lua programs against the host's."""
import glob
import os
import re
import resource
import shutil

import measure
from measure import Failed

KVM, LINUXU = "kvm-x86_64", "linuxu-x86_64"
GOAL_SIZE, GOAL_MEMORY_KIB, GOAL_CALL, GOAL_BUILD, GOAL_PROGRAM = 400 << 10, 2048, 5, 60, 1.02
STEP_KIB = 64


def built(application: str, target: str, name: str, *options) -> str:
    """As its default configuration and these options say."""
    folder = os.path.join(measure.ROOT, measure.WORK, name)
    os.makedirs(folder, exist_ok=True)
    default = os.path.join(measure.ROOT, application, "defconfigs", target)
    with open(f"{folder}/config", "w", encoding="utf-8") as file:
        if os.path.exists(default):
            with open(default, encoding="utf-8") as lines:
                file.write(lines.read())
        file.writelines(f"{option}\n" for option in options)
    variables = [f"A={application}", f"T={target}", f"O={folder}", f"C={folder}/config"]
    measure.must(["make", *variables, "olddefconfig"])
    measure.must(["make", *variables], 900)
    return f"{folder}/{os.path.basename(application)}_{target}"


def least_memory(image: str) -> int:
    """In KiB, for a statement in the interpreter."""
    def answers(kib: int) -> bool:
        try:
            return "\n42" in "\n" + measure.counted(image, memory=f"{kib}K", append="-e print(6*7)", limit=60, icount=False)[1]
        except Failed:
            return False
    enough = next((kib for kib in range(1024, 8192, 512) if answers(kib)), None)
    if enough is None:
        raise Failed("no answer in 8 MiB")
    return next(kib for kib in range(enough - 512 + STEP_KIB, enough + 1, STEP_KIB) if answers(kib))


def user_counted(program: str, *arguments) -> tuple:
    """(events, output) of a program under user-mode emulation."""
    log = os.path.join(measure.ROOT, measure.WORK, "user.log")
    done = measure.run(["qemu-x86_64", "-plugin", f"file={measure.plugin()},out={log}", program, *arguments], 300)
    if done.returncode != 0:
        raise Failed(f"{program}: {(done.stdout + done.stderr)[-300:]}")
    with open(log, encoding="utf-8") as file:
        found = measure.EVENT.findall(file.read())
    return [(kind, int(value, 16), int(insns)) for kind, value, insns, *_ in found], done.stdout


def calls() -> list:
    """Instructions of a call of the C library above those of a call of uk_sys_*: of each its own call and return are counted."""
    events, text = user_counted(built("tests/bench/calls", LINUXU, "calls", "CONFIG_ARCH_X86_64=y", "CONFIG_PLAT_LINUXU=y"))
    at = {value: insns for kind, value, insns in events if kind == "mark"}
    each = {name: (at[int(last)] - at[int(first)]) / int(count)
            for name, first, last, count in re.findall(r"^measure (.+) marks (\d+) (\d+) operations (\d+)$", text, re.M)}
    found = []
    for name in ("getppid", "write", "fcntl"):
        above = round(each[name] - each["uk_sys_" + name], 1)
        found.append([f"{name}(), instructions above uk_sys_{name}'s {each['uk_sys_' + name] - each['nothing']:.0f}", above, GOAL_CALL,
                      above / GOAL_CALL])
    return found


def first_build() -> float:
    """CPU seconds of make with nothing kept, less those with only newlib kept."""
    folder = os.path.join(measure.ROOT, measure.WORK, "first")
    kept, seconds = os.environ.get("UK_OBJECTS"), []
    os.environ["UK_OBJECTS"] = f"{folder}/kept"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for name in ("one", "two"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            measure.must(["make", "A=apps/lua", f"T={KVM}", f"O={folder}/{name}"], 900)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            for path in (*glob.glob(f"{folder}/kept/*"), *glob.glob(f"{folder}/kept/archives/*")):
                if os.path.basename(path) != "archives" and "newlib" not in os.path.basename(path):
                    shutil.rmtree(path, ignore_errors=True)
    finally:
        os.environ.pop("UK_OBJECTS")
        if kept is not None:
            os.environ["UK_OBJECTS"] = kept
        shutil.rmtree(folder, ignore_errors=True)
    return seconds[0] - seconds[1]


def figures() -> list:
    small = built("apps/lua", KVM, "lua-size", "CONFIG_OPTIMIZE_SIZE=y")
    size, large = os.path.getsize(small), built("apps/lua", KVM, "lua")
    rows = [["Lua for size (-Oz), bytes", size, GOAL_SIZE, size / GOAL_SIZE], ["Lua by default (-O2), bytes", os.path.getsize(large), "", ""]]
    for name, image in (("for size", small), ("by default", large)):
        kib = least_memory(image)
        rows.append([f"Lua {name}, least -m, KiB", kib, GOAL_MEMORY_KIB, kib / GOAL_MEMORY_KIB])
    spent = first_build()
    return [*rows, *calls(), ["newlib's first build, s of CPU", spent, GOAL_BUILD, spent / GOAL_BUILD]]


def hosts_interpreter() -> str:
    """The same sources by the host's compiler, its C library linked in."""
    sources = glob.glob(os.path.join(measure.ROOT, measure.WORK, "lua-linuxu/obj/*/applua/origin/lua-*/src"))
    if not sources:
        raise Failed("the sources of Lua are not where apps/lua unpacks them")
    program = os.path.join(measure.ROOT, measure.WORK, "lua-host")
    files = [path for path in sorted(glob.glob(f"{sources[0]}/*.c")) if not path.endswith("luac.c")]
    measure.must(["gcc", "-O2", "-static", "-w", "-include", "unistd.h", "-Dlua_stdin_is_tty()=isatty(0)", "-o", program, *files, "-lm"])
    return program


def programs() -> list:
    ours = built("apps/lua", LINUXU, "lua-linuxu")
    fast = built("apps/lua", LINUXU, "lua-linuxu-mimalloc", "CONFIG_UKALLOC_DEFAULT_MIMALLOC=y")
    host, rows = hosts_interpreter(), []
    for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "lua/*.lua"))):
        with open(path, encoding="utf-8") as file:
            script = file.read()
        counts, texts = [], set()
        for program in (ours, fast, host):
            events, text = user_counted(program, "-e", script)
            counts.append(next(insns for kind, _, insns in events if kind == "exit"))
            texts.add(text)
        if len(texts) != 1:
            raise Failed(f"{os.path.basename(path)} answers differently: {texts}")
        rows.append([os.path.basename(path).removesuffix(".lua"), *counts, GOAL_PROGRAM, counts[0] / counts[2] / GOAL_PROGRAM,
                     counts[1] / counts[2] / GOAL_PROGRAM])
    return rows

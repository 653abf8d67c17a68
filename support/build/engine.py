# SPDX-License-Identifier: BSD-3-Clause
"""Runs the inner make: lock, tools, counting pass, building pass, error report, compile_commands.json."""
import contextlib
import difflib
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import toolchain
import unused
from context import UserError, say, warn

LEAST_ROOM = 1 << 20  # bytes: with less of them a step that failed may have failed for it
NOISE = re.compile(r"^make(\[\d+\])?: (\*\*\* \[.*\] (Error \d+|[A-Z].*)|\*\*\* Waiting for unfinished jobs|"
                   r"Entering directory|Leaving directory|Target '.*' not remade)")

MAKE_ERROR = re.compile(r"^(?:(\S+:\d+): |make(?:\[\d+\])?: )\*\*\* (.*?)(?:\.?  Stop\.)?$")


def make_folder(ctx, path: str) -> None:
    try:
        os.makedirs(path, exist_ok=True)
        probe = f"{path}/.writable.{os.getpid()}"
        with open(probe, "w", encoding="utf-8"):
            pass
        os.unlink(probe)
    except OSError as error:
        raise UserError(f"error: cannot write to the output folder '{ctx.shown(ctx.out)}' "
                        f"({error.strerror}: {error.filename}); give another one with O=") from None


@contextlib.contextmanager
def locked(ctx):
    """Only one make works in an object folder. The lock lives as long as any process of that make."""
    make_folder(ctx, ctx.obj)
    with open(f"{ctx.obj}/.lock", "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"another make is working in {ctx.shown(ctx.obj)}; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        os.set_inheritable(file.fileno(), True)
        try:
            yield file
        except KeyboardInterrupt:
            end_of_line = "\n" if sys.stderr.isatty() else ""  # behind the terminal's ^C
            warn(f"{end_of_line}interrupted; the next make continues where this one stopped")
            raise


def kept_objects(ctx) -> str:
    """The folder in which builds share objects, if the user wants that."""
    if not ctx.env.get("UK_OBJECTS"):
        return ""
    path = os.path.abspath(ctx.env["UK_OBJECTS"])
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise UserError(f"error: UK_OBJECTS={path}: {error.strerror}; name a folder that can be written, or none") from None
    return path


def downloads(ctx) -> str:
    """The folder of upstream archives."""
    cache = ctx.env.get("UK_CACHE")
    return f"{os.path.abspath(cache) if cache else ctx.out}/download"


def host_tool(ctx) -> str:
    """Compiles support/build/step.c, once per version of its text."""
    source = f"{ctx.base}/support/build/step.c"
    text = b""
    for name in (source, f"{ctx.base}/support/build/object_cache.h"):
        with open(name, "rb") as file:
            text += file.read()
    path = f"{kept_objects(ctx) or ctx.out + '/obj'}/.tools/step-{hashlib.sha256(text).hexdigest()[:12]}"
    if os.path.exists(path):
        return path
    compilers = [ctx.env["HOSTCC"]] if ctx.env.get("HOSTCC") else ["cc", "gcc", "clang"]
    found = next((c for c in compilers if shutil.which(c.split()[0])), None)
    if not found:
        raise UserError(f"error: no compiler for this machine found (looked for: {' '.join(compilers)}); "
                        "on Debian: apt-get install gcc")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    done = subprocess.run(found.split() + ["-O1", "-o", temporary, source], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UserError(f"error: {found} cannot compile {ctx.shown(source)}:\n{(done.stdout + done.stderr).rstrip()}")
    os.replace(temporary, path)
    return path


def callers_jobs() -> list:
    """-j1 or -j of the make that called the top Makefile (with other numbers there is a jobserver)."""
    try:
        with open(f"/proc/{os.getppid()}/environ", encoding="utf-8", errors="replace") as file:
            given = [v for v in file.read().split("\0") if v.startswith("MAKEFLAGS=")]
    except OSError:
        return []
    return [word for flags in given for word in flags.partition("=")[2].partition(" -- ")[0].split() if word in ("-j", "-j1")]


def user_flags(ctx):
    """(jobs, keep_going, variables) of the make that the user started, from MAKEFLAGS."""
    flags, _, variables = ctx.env.get("MAKEFLAGS", "").partition("-- ")
    words = flags.split()
    first = words[0] if words and not words[0].startswith("-") else ""
    if "-j97" in words:  # the top Makefile's own; what its caller wanted, if anything, is in the environment it was given
        words = [w for w in words if not re.match(r"-j|--jobserver", w)] + callers_jobs()
    jobs = [w for w in words if re.match(r"-j|--jobserver", w) or w.startswith("-l")]
    taken = ("A", "T", "L", "O", "C", "N", "V")
    try:
        given = shlex.split(variables.replace("$$", "$"))
    except ValueError:
        raise UserError("error: a quotation mark in a variable of this make is not closed "
                        "(inside ARGS= or PARAMS= write \"it's\" with both kinds: ARGS='\"it'\\''s\"')") from None
    passed = [v for v in given if v.split("=")[0].strip(":?+") not in taken]
    return jobs, "k" in first, passed


def make_command(ctx, tool: str, targets, counting: bool):
    jobs, keep_going, passed = user_flags(ctx)
    skip = {"CC", "CXX", "LD", "CROSS_COMPILE", "OBJCOPY", "OBJDUMP", "NM", "READELF", "STRIP", "AR"}
    variables = [v for v in passed if v.split("=")[0] not in skip]
    variables += [f"UK_BASE={ctx.base}", f"APP_DIR={ctx.app}", f"BUILD_DIR={ctx.obj}", f"UK_IMAGE={ctx.image}",
                  f"UK_PLAT={ctx.plat}", f"UK_ARCH={ctx.arch}", f"ELIB_DIR={' '.join(ctx.libs)}", f"UK_STEP={tool}",
                  f"UK_DL={ctx.env.get('UK_DL', '')}", f"UK_CACHE={downloads(ctx)}",
                  f"UK_ARCHIVES={kept_objects(ctx) or ctx.out}/archives"]
    command = [ctx.env.get("MAKE", "make"), "-r", "-R", "--no-print-directory",
               "-f", f"{ctx.base}/support/build/build.mk", "-C", ctx.base]
    if counting:
        command += ["-n", "UK_COUNTING=y"]
    else:
        if not any(word.startswith("-j") for word in jobs):
            command.append(f"-j{len(os.sched_getaffinity(0))}")
        if keep_going:
            command.append("-k")
        if ctx.env.get("UK_TRACE"):
            command.append("--trace")
    return command + variables + list(targets), jobs


def inner_env(ctx, jobs) -> dict:
    env = {k: v for k, v in ctx.env.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "CC", "CXX", "LD", "A", "C", "L", "N", "O",
                        "T", "V", "MAKE")}
    if jobs:
        env["MAKEFLAGS"] = " " + " ".join(jobs)
    env.update(LC_ALL="C", UK_STEP_FAILED=f"{ctx.obj}/failed", UK_STEP_COUNT=f"{ctx.obj}/progress",
               UK_STEP_VERBOSE="1" if ctx.verbose else "", UK_STEP_CFG=f"{ctx.obj}/cfg",
               UK_STEP_GENERATED=f"{ctx.obj}/include/uk/config.", UK_STEP_TREE=ctx.base,
               UK_STEP_BUILD=ctx.obj, UK_STEP_OBJECTS=kept_objects(ctx))
    return env


def option_error(ctx, symbol: str, text: str) -> str:
    """A mistake in an option that only the build could find, with the line that has it and the library that was meant."""
    lines = read_lines(ctx.config)
    number = next((n for n, line in enumerate(lines, 1) if line.startswith(f"CONFIG_{symbol}=")), 0)
    wrong = re.match(r"there is no library '(.*)'; this image has: (.*)", text)
    close = difflib.get_close_matches(wrong.group(1), wrong.group(2).split(), 1, 0.6) if wrong else []
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"error: {ctx.shown(ctx.config)}:{number}: {symbol}: {text.replace(';', hint + ';', 1)}"


def read_lines(path: str) -> list:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def make_errors(ctx, text: str, failed: bool) -> list:
    """What the inner make itself had to say, without its lines about a command that has spoken already."""
    missing = re.search(r"No rule to make target '([^']+)', needed by '([^']+)'", text)
    if missing and missing.group(2).startswith(ctx.obj + "/"):
        library = missing.group(2)[len(ctx.obj) + 1:].split("/")[0]
        return [f"error: {ctx.shown(missing.group(1))} is not there, but {library} has it among its sources"]
    said = []
    for line in text.splitlines():
        stop = MAKE_ERROR.match(line)
        option = stop and re.match(r"UK-OPTION (\w+) (.*)", stop.group(2))
        if not line.strip() or NOISE.match(line) or failed and stop and not stop.group(1):
            continue
        if option:
            said.append(option_error(ctx, *option.groups()))
        elif stop:
            said.append(f"error: {ctx.shown(stop.group(1)) + ': ' if stop.group(1) else ''}{stop.group(2)}")
        else:
            said.append(re.sub(r"^make(\[\d+\])?: ", "", line))
    return said


def build(ctx, targets) -> int:
    """Brings `targets` of build.mk up to date. Returns the number of steps done; raises UserError on failure."""
    toolchain.prepare(ctx)
    tool = host_tool(ctx)
    os.makedirs(f"{ctx.obj}/include/uk/bits", exist_ok=True)
    command, jobs = make_command(ctx, tool, targets, True)
    done = subprocess.run(command, env=inner_env(ctx, []), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UserError("\n".join(make_errors(ctx, done.stderr, False)) or "error: the build could not start")
    warnings, errors = unused.explain(ctx, done.stderr)
    for line in warnings:
        warn(line)
    if errors:
        raise UserError("\n".join(errors))
    lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("make")]
    if not lines:
        return 0
    total = sum(1 for line in lines if line.strip() == "STEP")
    for name in ("failed", "progress"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{ctx.obj}/{name}")
    command, jobs = make_command(ctx, tool, targets, False)
    env = dict(inner_env(ctx, jobs), UK_STEP_TOTAL=str(max(total, 1)))
    sys.stdout.flush()
    with open(f"{ctx.obj}/make.log", "w+", encoding="utf-8", errors="replace") as errors:
        status = subprocess.run(command, env=env, stderr=errors, check=False, close_fds=False).returncode
        errors.seek(0)
        text = errors.read()
    write_compile_commands(ctx)
    failed = f"{ctx.obj}/failed"
    has_failed = os.path.exists(failed) and os.path.getsize(failed) > 0
    said = make_errors(ctx, text, has_failed)
    if status != 0 and has_failed:
        with open(failed, encoding="utf-8", errors="replace") as file:
            said.append(file.read().rstrip("\n"))
    if status != 0:
        raise UserError("\n".join((said or [f"error: the build failed (status {status})"]) + full_disk(ctx)))
    for line in said:
        warn(line)
    return len(lines)


def full_disk(ctx) -> list:
    """A line about an output folder without room, which not every tool that cannot write says."""
    free = shutil.disk_usage(ctx.obj).free
    return [f"error: the disk of the output folder {ctx.shown(ctx.out)} has {free >> 10} KiB left; make room, or give another one "
            "with O="] if free < LEAST_ROOM else []


def compile_commands_folder(ctx) -> str:
    """Where editors look for it: the tree's root, or the application's folder; with O= that output folder."""
    if ctx.in_tree:
        return ctx.base if ctx.out == f"{ctx.base}/build" else ctx.out
    return os.path.dirname(ctx.config)


def write_compile_commands(ctx) -> None:
    """compile_commands.json from the list that build.mk left; commands run from the tree's root."""
    entries = []
    try:
        with open(f"{ctx.obj}/compile_commands.list", encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return
    for line in text.splitlines():
        source, _, rest = line.strip().partition("|")
        output, _, command = rest.partition("|")
        if command:
            command = command.partition("; ")[2].replace('-MD -MF "$DEP"', "").replace('"$OUT"', output)
            entries.append({"directory": ctx.base, "file": source, "output": output, "command": command})
    place = compile_commands_folder(ctx)
    with contextlib.suppress(OSError):
        toolchain.write_atomic(f"{place}/compile_commands.json", json.dumps(entries, indent=1) + "\n")


def remove(path: str) -> bool:
    """Removes one file or folder; false if it was not there."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
        return True
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
        return True
    return False

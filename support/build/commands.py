# SPDX-License-Identifier: BSD-3-Clause
"""The user commands of the top Makefile, one function each."""
import contextlib
import difflib
import glob
import os
import re
import subprocess
import sys

import engine
import fresh
import toolchain
import offered
from context import Context, UserError, say, warn

HELP = """\
Microlith: make [A=<application folder>] [T=<platform>-<architecture>] [goal]

  all            build the image (the default goal)
  run            build and start it; ARGS="application arguments" PARAMS="kernel parameters" MEM=64M CPUS=1
                 (more CPUs for images with the option LIBUKSMP)
                 INITRD=<folder or cpio archive, several with ':'> files for images that read them (LIBUKBOOT_INITRD)
                 DEVICES="<device> ..." more devices for a machine of QEMU: virtio-rng, or what -device takes
                 NET=user|tap:<interface>|none network devices, one for each word (default: user for images with a driver;
                 linuxu: also stream:<path of a socket>)
                 PORT="8080:80 ..." ports of 127.0.0.1 that lead to the image's: 8080 here is its 80. 8080 alone is this
                 machine's and leads to the application's, :80 the image's and takes any here that is free (the default)
                 CAPTURE=<file.pcap> what passes the network device, for tcpdump or Wireshark
                 MACHINE=pc|q35|microvm (kvm-x86_64), virt|virt-gicv3|virt-el2 (kvm-arm64),
                         dom0|domu (xen-x86_64, on a real Xen in QEMU; fetches 80 MB the first time)
  debug          build, start it stopped, attach gdb
  menuconfig     choose libraries and options in a terminal
  defconfig      take the application's defconfigs/<platform>-<architecture>, or the defaults
  savedefconfig  write the shortest file that gives the present configuration to defconfigs/<platform>-<architecture>
  olddefconfig   bring an old configuration up to date; unknown symbols are dropped with a warning
  why LIB=x      say why library x is in the image, or why not
  size           how many bytes each library costs
  fetch          get the upstream archives of the chosen libraries; UK_DL=<folder> names archives already there
  check          all tests; FILTER=gates only those whose name contains it; check-all: with long and clang++ ones
  bench          measure; bench-net: the network beside a Linux guest (root; fetches its kernel, 27 MB, once)
  clean          remove objects and image; properclean: the whole output of this application and target;
                 distclean: all output folders and configurations
  help           this page

  A   application folder, in this tree or outside (default apps/httpd)
  T   what to build for (default kvm-x86_64): @TARGETS@
  L   more library folders, separated by ':'
  O   output folder (default build/)        C   configuration file
  N   image name                            V=1 show the commands
  CC CXX LD CROSS_COMPILE choose the compiler: make CC=clang

support/new-app FOLDER writes an application to start from. docs/build.md has the rest."""

VARIABLES = ("A", "T", "L", "O", "C", "N", "V", "ARGS", "PARAMS", "MEM", "CPUS", "INITRD", "DEVICES", "NET", "PORT", "CAPTURE",
             "MACHINE", "ACCEL", "QEMU", "LIB", "FILTER", "DURATIONS", "CC",
             "CXX", "LD", "CROSS_COMPILE", "OBJCOPY", "OBJDUMP", "NM", "READELF", "STRIP", "AR", "HOSTCC", "UK_DL", "UK_PYTHON",
             "UK_OBJECTS", "UK_CACHE", "UK_DEBUG_LEVEL", "UK_INSTALL", "UK_ROOT", "UK_LIBS", "LIBS")


def run(goal: str) -> int:
    if goal == "help":
        base = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        say(HELP.replace("@TARGETS@", " ".join(offered.available(base))))
        return 0
    ctx = Context()
    for line in misspelt_variables(os.environ, [ctx.app, *ctx.libs]):
        warn(line)
    if goal in WITH_CONFIGURATION:
        ctx.check_there(goal, goal in MAKE_CONFIGURATION)
    return GOALS[goal](ctx, goal)


def misspelt_variables(environ, folders) -> list:
    """Warnings about variables on make's command line that resemble one of ours and that no Makefile.uk of `folders` reads."""
    words = re.split(r"(?<!\\)\s+", environ.get("MAKEFLAGS", "").partition("-- ")[2])
    said = []
    for name in [word.partition("=")[0].rstrip(":?+") for word in words if re.match(r"\w+[:?+]*=", word)]:
        # Two letters of three, or three of four, are enough: MEN, CPSU. Of longer names it takes more.
        close = difflib.get_close_matches(name.upper(), VARIABLES, 1, 0.66 if len(name) == 3 else 0.75)
        if name not in VARIABLES and close and not is_read(name, folders):
            said.append(f"warning: nothing here is called {name}=; did you mean {close[0]}=?")
    return said


def is_read(name, folders) -> bool:
    for folder in folders:
        with open(f"{folder}/Makefile.uk", encoding="utf-8", errors="replace") as file:
            if re.search(rf"\b{name}\b", file.read()):
                return True
    return False


def unknown_goals(words, known) -> int:
    """What was probably meant by goals that do not exist; nothing is done then."""
    base = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    folders = {os.path.basename(path): f"apps/{os.path.basename(path)}" for path in glob.glob(f"{base}/apps/*")}
    for word in words:
        close = difflib.get_close_matches(word, known, 1, 0.5)
        if word.startswith("build/"):
            hint = "; make without a goal builds the image"
        elif word in offered.available(base):
            hint = f"; did you mean T={word}?"
        elif starts := glob.glob(f"{base}/apps/*/defconfigs/{glob.escape(word)}"):
            chosen = [path for path in starts if os.environ.get("A", "").rstrip("/").endswith(path.split("/")[-3])] or starts
            name = os.path.relpath(chosen[0], base)
            hint = f", but there is a configuration of that name; did you mean A={os.path.dirname(os.path.dirname(name))} C={name}?"
        elif os.path.basename(word) in folders:
            hint = f"; did you mean A={folders[os.path.basename(word)]}?"
        else:
            hint = f"; did you mean {close[0]}?" if close else ""
        warn(f"error: there is no goal '{word}'{hint}")
    warn("make help lists the goals; nothing was done")
    return 2


def configured(ctx, goal="all"):
    """Brings the configuration up to date; a no-op costs a few stat() calls."""
    engine.make_folder(ctx, ctx.obj)
    if not fresh.is_fresh(ctx):
        fresh.kconfig(ctx).sync(ctx)


def build_image(ctx, _goal) -> int:
    with engine.locked(ctx):
        configured(ctx)
        steps = engine.build(ctx, ["image"])
    size = os.stat(ctx.image).st_size
    state = "built" if steps else "up to date"
    say(f"{ctx.shown(ctx.image)}: {state}, {size:,} bytes. Start it with: {ctx.command('run')}")
    return 0


def script(ctx, path, *arguments, env=None) -> int:
    """Runs a script of the tree with the resolved names in its environment."""
    full = f"{ctx.base}/{path}"
    if not os.path.exists(full):
        raise UserError(f"error: {path} is not there")
    names = {"UK_BASE": ctx.base, "UK_APP_DIR": ctx.app, "UK_IMAGE": ctx.image, "UK_PLAT": ctx.plat,
             "UK_ARCH": ctx.arch, "UK_TARGET": ctx.target, "UK_BUILD_DIR": ctx.obj, "UK_OUT": ctx.out,
             "UK_CONFIG": ctx.config, "A": ctx.app, "T": ctx.target}
    drop = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL")
    clean = {k: v for k, v in ctx.env.items() if k not in drop}
    sys.stdout.flush()
    interrupted = False
    with subprocess.Popen([full, *arguments], env={**clean, **names, **(env or {})}, cwd=ctx.cwd) as process:
        while process.poll() is None:
            try:
                process.wait()
            except KeyboardInterrupt:  # the script got it as well and knows how to end what it started
                interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    status = process.returncode
    return 128 - status if status < 0 else status  # a signal, as a shell shows it


def setup(ctx, word) -> None:
    """Lets support/setup install what this target lacks; asked once per output folder and word."""
    stamp = f"{ctx.out}/obj/.tools/setup-{word}"
    tool = f"{ctx.base}/support/setup"
    if not os.path.exists(tool) or (os.path.exists(stamp) and os.stat(stamp).st_mtime >= os.stat(tool).st_mtime):
        return
    if script(ctx, "support/setup", word) != 0:
        raise SystemExit(1)
    engine.make_folder(ctx, os.path.dirname(stamp))
    with open(stamp, "w", encoding="utf-8"):
        pass


def run_image(ctx, goal) -> int:
    check_run(ctx)
    setup(ctx, ctx.target)
    if goal == "debug":
        same = toolchain.triple_of(ctx) == ""
        setup(ctx, "debug" if same else f"debug-{ctx.arch}")
    build_image(ctx, goal)
    status = script(ctx, "support/run/run", *(["debug"] if goal == "debug" else []))
    if status == 1:  # make says nothing then; it names every other status itself
        warn(f"make {goal}: exit status 1")
    return status


def check_run(ctx) -> None:
    """Refuses wrong variables of `make run` before anything is built."""
    sys.path.append(f"{ctx.base}/support/run")
    import machine
    import targets
    os.environ["UK_TARGET"] = ctx.target
    try:
        targets.check(ctx.plat, ctx.arch)
    except machine.Problem as problem:
        raise UserError(str(problem)) from problem


def check(ctx, goal) -> int:
    return script(ctx, "tests/check", *(["--all"] if goal == "check-all" else []))


def bench(ctx, goal) -> int:
    setup(ctx, "bench")
    return script(ctx, "tests/bench/bench", *(["net"] if goal == "bench-net" else []))


def size(ctx, goal) -> int:
    build_image(ctx, goal)
    return script(ctx, "support/scripts/size", ctx.image + ".map", ctx.image + ".dbg")


def configure(ctx, goal) -> int:
    with engine.locked(ctx):
        getattr(fresh.kconfig(ctx), goal)(ctx)
    return 0


def why(ctx, _goal) -> int:
    name = ctx.env.get("LIB", "")
    if not name:
        raise UserError("error: name the library: make why LIB=ukalloc")
    with engine.locked(ctx):
        configured(ctx)
        fresh.kconfig(ctx)
        import why as explain
        return explain.explain(ctx, name)


def fetch(ctx, _goal) -> int:
    with engine.locked(ctx):
        configured(ctx)
        steps = engine.build(ctx, ["fetch"])
    say("all upstream archives of this configuration are there" if not steps else "fetched")
    return 0


def clean(ctx, goal) -> int:
    removed = []

    def remove(*paths):
        removed.extend(path for path in paths if engine.remove(path))

    remove(ctx.obj, *(ctx.image + end for end in ("", ".dbg", ".map", ".xl")))
    if goal != "clean" and ctx.in_tree:
        remove(ctx.config, ctx.config + ".old")
    if goal == "properclean" and not ctx.in_tree or goal == "distclean":
        remove_outputs(ctx, remove)
    if goal == "distclean":
        remove(*([] if ctx.in_tree else [ctx.config, ctx.config + ".old"]),
               f"{engine.compile_commands_folder(ctx)}/compile_commands.json")
        if ctx.in_tree and ctx.out == f"{ctx.base}/build":
            remove(ctx.out)  # ours alone; a folder given with O= may hold other things
        with contextlib.suppress(OSError):
            os.rmdir(ctx.out)
    shown = [ctx.shown(path) for path in removed if not any(path.startswith(other + "/") for other in removed)]
    say(f"removed {' '.join(shown)}" if shown else f"nothing to remove for {ctx.shown(ctx.app)} on {ctx.target}")
    return 0


def remove_outputs(ctx, remove) -> None:
    """Removes what builds left in the output folder, and nothing else: O= may name a folder with other things in it."""
    for folder in glob.glob(f"{glob.escape(ctx.out)}/obj/*"):
        if os.path.exists(f"{folder}/.lock"):  # made by engine.locked()
            stem = f"{ctx.out}/{os.path.basename(folder)}"
            remove(folder, *(stem + end for end in ("", ".dbg", ".map", ".xl", ".config", ".config.old")))
    remove(f"{ctx.out}/obj/.tools", f"{ctx.out}/download", f"{ctx.out}/archives")
    with contextlib.suppress(OSError):
        os.rmdir(f"{ctx.out}/obj")


GOALS = {
    "all": build_image, "run": run_image, "debug": run_image, "check": check, "check-all": check, "bench": bench, "bench-net": bench,
    "size": size, "menuconfig": configure, "defconfig": configure, "savedefconfig": configure,
    "olddefconfig": configure, "why": why, "fetch": fetch, "clean": clean, "properclean": clean, "distclean": clean,
}
MAKE_CONFIGURATION = ("menuconfig", "defconfig", "olddefconfig")
WITH_CONFIGURATION = ("all", "run", "debug", "size", "why", "fetch", "savedefconfig", *MAKE_CONFIGURATION)

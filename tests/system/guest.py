# SPDX-License-Identifier: BSD-3-Clause
"""The image of tests/guest, built once for each target, and runs of it as a user would start it."""
import functools
import hashlib
import os
import re
import shlex
import signal
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGETS = ["kvm-x86_64", "kvm-arm64", "linuxu-x86_64", "linuxu-arm64"]
EMULATOR = {"linuxu-arm64": ["qemu-aarch64"]} if os.uname().machine != "aarch64" else {}
OUT = os.path.join(ROOT, "build", "check", "see-inside")
HELLO = os.path.join(ROOT, "build", "check", "hello")
LIMIT = 120


def make_in_tree(*words, limit=600):
    """make in the root of this tree, without what the caller's environment says to it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k not in ("A", "T", "O", "C", "N", "L")}
    return subprocess.run(["make", "-C", ROOT, "--no-print-directory", *words], capture_output=True, text=True,
                          errors="replace", check=False, timeout=limit, stdin=subprocess.DEVNULL,
                          env={**clean, "UK_INSTALL": "no"})


@functools.cache
def options_of(application: str) -> str:
    """Hash of what decides a configuration beside the file it begins with."""
    places = [os.path.join(folder, name) for top in ("arch", "plat", "lib", "drivers", "support", application)
              for folder, _, names in os.walk(os.path.join(ROOT, top)) for name in names
              if name == "Config.uk" or os.path.basename(folder) == "defconfigs"]
    digest = hashlib.sha256(os.environ.get("UK_DEBUG_LEVEL", "").encode())
    for place in sorted(places):
        with open(place, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def build_configured(application: str, target: str, folder: str, config: str, start="") -> str:
    """The path of an application's image below `folder`, by a configuration that begins with `start`, or with the application's own.
    It is made afresh where that or an option of the tree has changed since, and takes its place when it is whole."""
    mark, words = options_of(application) + start, (f"A={application}", f"T={target}", f"O={folder}")
    known = f"{config}.mark"
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(config) or not os.path.exists(known) or open(known, encoding="utf-8").read() != mark:
        new = f"{config}.{os.getpid()}"
        if start:
            with open(new, "w", encoding="utf-8") as file:
                file.write(start)
        done = make_in_tree(*words, f"C={new}", "olddefconfig")
        assert done.returncode == 0, done.stdout + done.stderr
        os.rename(new, config)
        with open(known, "w", encoding="utf-8") as file:
            file.write(mark)
    done = make_in_tree(*words, f"C={config}")
    assert done.returncode == 0, done.stdout + done.stderr
    return os.path.join(folder, f"{os.path.basename(application)}_{target}")


def make(target: str, *words, limit=600):
    folder = os.path.join(OUT, target)
    return make_in_tree("A=tests/guest", f"T={target}", f"O={folder}", f"C={folder}/config", *words, limit=limit)


@functools.cache
def build(target: str) -> str:
    """The image's path."""
    folder = os.path.join(OUT, target)
    return build_configured("tests/guest", target, folder, f"{folder}/config")


def build_newlib(target: str) -> str:
    """The same with newlib and signals."""
    return build_as(target, "newlib", "CONFIG_LIBC_NEWLIB=y")


def build_smp(target: str) -> str:
    """The same for several CPUs."""
    return build_as(target, "smp", "CONFIG_LIBUKSMP=y")


@functools.cache
def build_as(target: str, name: str, option: str) -> str:
    """One that `make check` builds, too (tests/runner/parts.py)."""
    folder = os.path.join(ROOT, "build/check", f"guest-{target}-gcc-{name}")
    with open(os.path.join(ROOT, "tests/guest/defconfigs", target), encoding="utf-8") as file:
        text = file.read() + f"{option}\n"
    return build_configured("tests/guest", target, folder, f"{folder}/config", text)


def build_hello(name: str) -> str:
    """Builds apps/hello from one of its defconfigs; the image's path."""
    target = name.removeprefix("smallest-")
    with open(os.path.join(ROOT, "apps/hello/defconfigs", name), encoding="utf-8") as file:
        text = file.read() if name != target else ""  # make would take the plain one
    return build_configured("apps/hello", target, os.path.join(HELLO, name), os.path.join(HELLO, name, "config"), text)


def build_for_gdb(target: str) -> str:
    """apps/hello with all that gdb can show: make check leaves variables and types out of the others (UK_DEBUG_LEVEL). One that
    it builds, too (tests/runner/parts.py); of arm64 in check-all only."""
    folder = os.path.join(ROOT, "build/check", f"{target}-gcc-debug")
    with open(os.path.join(ROOT, "apps/hello/defconfigs", target), encoding="utf-8") as file:
        text = file.read() + "CONFIG_OPTIMIZE_NONE=y\nCONFIG_DEBUG_SYMBOLS_LVL2=y\n"
    return build_configured("apps/hello", target, folder, f"{folder}/config", text)


def run(target: str, arguments="", parameters=""):
    """(console, exit status) of a run with this command line."""
    return run_image(build(target), target, arguments, parameters)


def run_image(image: str, target: str, arguments="", parameters=""):
    if target.startswith("linuxu-"):
        words = shlex.split(parameters) + (["--"] if parameters else []) + shlex.split(arguments)
        done = subprocess.run([*EMULATOR.get(target, []), image, *words], capture_output=True, text=True, errors="replace", check=False,
                              timeout=LIMIT, stdin=subprocess.DEVNULL, env={})
        return done.stdout + done.stderr, 128 - done.returncode if done.returncode < 0 else done.returncode
    return start(image, target, arguments, parameters)


def start(image: str, target: str, arguments="", parameters="", initrd="", limit=LIMIT):
    """(console, exit status) of this image, started as `make run` does it; on Xen once more after a death that is the emulator's
    (docs/xen-under-emulation.md)."""
    console, code = start_once(image, target, arguments, parameters, initrd, limit)
    if target.startswith("xen-") and code == 128 + signal.SIGILL and "crash report begins" in console:
        return start_once(image, target, arguments, parameters, initrd, limit)
    return console, code


def start_once(image, target, arguments, parameters, initrd, limit):
    platform, architecture = target.split("-")
    clean = {k: v for k, v in os.environ.items() if k not in ("MEM", "CPUS", "MACHINE", "V")}
    clean["INITRD"] = str(initrd)
    done = subprocess.run([os.path.join(ROOT, "support/run/run")], capture_output=True, text=True, errors="replace", check=False,
                          timeout=limit, stdin=subprocess.DEVNULL,
                          env={**clean, "UK_IMAGE": image, "UK_PLAT": platform, "UK_ARCH": architecture, "UK_TARGET": target,
                               "ARGS": arguments, "PARAMS": parameters})
    return done.stdout.replace("\r", "") + done.stderr, done.returncode


def files_of(page: str) -> dict:
    """The files that a page of docs/ shows: `name`: followed by a block."""
    with open(f"{ROOT}/docs/{page}", encoding="utf-8") as file:
        return dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", file.read(), re.M | re.S))


def write(folder, files: dict) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def build_probe(folder, target: str, files: dict) -> str:
    """The image of an application outside the tree."""
    write(folder / "probe", files)
    done = make_in_tree(f"A={folder}/probe", f"T={target}")
    assert done.returncode == 0, done.stdout + done.stderr
    return str(folder / f"probe/build/probe_{target}")


def configured(folder, *options):
    """make of tests/guest for linuxu with these lines in its configuration."""
    config = folder / "config"
    config.write_text("\n".join(["CONFIG_LIBUKTEST=y", *options]) + "\n", encoding="utf-8")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k not in ("A", "T", "O", "C", "N", "L")}
    command = ["make", "-C", ROOT, "--no-print-directory", "A=tests/guest", "T=linuxu-x86_64", f"O={folder}/build",
               f"C={config}"]
    for goals in (["olddefconfig"], []):
        done = subprocess.run([*command, *goals], capture_output=True, text=True, check=False, timeout=600,
                              env={**clean, "UK_INSTALL": "no"})
        if done.returncode != 0:
            break
    return done, folder / "build" / "guest_linuxu-x86_64"


def report_of(console: str) -> str:
    found = re.findall(r"^---- Microlith crash report begins ----\n(.*?)^---- Microlith crash report ends ----\n",
                       console, re.S | re.M)
    assert len(found) == 1, f"{len(found)} reports in:\n{console}"
    return found[0]

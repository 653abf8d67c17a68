# SPDX-License-Identifier: BSD-3-Clause
"""What all targets share: the variables a user gives, the command line, and how gdb is started."""
import os
import re
import shlex
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = os.path.dirname(os.path.dirname(HERE))
PANIC_STATUS = 134  # what a shell shows for a program that aborted
NO_STATUS = 125     # the image ended without saying how


class Problem(Exception):
    """Cannot start; the text says why and what to do."""


def setting(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def image() -> str:
    path = setting("UK_IMAGE")
    if not path:
        raise Problem("error: this script is called by `make run` and `make debug`; UK_IMAGE names the image")
    return path


def configured(name: str) -> str:
    """The image's option of this name, "" where its configuration is not known."""
    path = setting("UK_CONFIG")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        found = re.search(rf"^CONFIG_{name}=(.*)$", file.read(), re.M)
    return found[1] if found else ""


def split(name: str) -> list:
    try:
        return shlex.split(setting(name))
    except ValueError as why:
        raise Problem(f"error: {name}: {why}") from why


def check_quotes() -> None:
    """Refuses text that ends inside a quotation, which the image of a machine would take apart in a way nobody meant."""
    for name in ("PARAMS", "ARGS"):
        text, opened = setting(name), ""
        for char in text:
            if opened or char in "'\"":
                opened = "" if char == opened else opened or char
        if opened:
            other = "'" if opened == '"' else '"'
            word = (other + text + other).replace('"', '\\"')
            hint = f": {name}=\"{word}\"" if other not in text and not set("$`\\") & set(text) else ""
            raise Problem(f"error: {name}={text}: the quotation mark {opened} is not closed; in the image, too, marks keep blanks "
                          f"together, and those of the other kind keep this one{hint}")


def arguments(more=()) -> list:
    """Words for an image that is a process, with more parameters. The separator stays away where it is not needed."""
    parameters, words = [*more, *split("PARAMS")], split("ARGS")
    return parameters + (["--"] if parameters or "--" in words else []) + words


def command_line() -> str:
    """The same as text, for an image that is a machine."""
    parameters, text = setting("PARAMS"), setting("ARGS")
    return f"{parameters} -- {text}".strip() if parameters or "--" in text.split() else text


def refuse_devices(names=("NET", "PORT", "CAPTURE")) -> None:
    """Of a target that is no machine of QEMU; the names are those of network devices that it has no use for."""
    for name in names:
        if setting(name):
            raise Problem(f"error: {name}={setting(name)}: only machines of QEMU (T=kvm-x86_64, T=kvm-arm64) and processes of Linux "
                          "(T=linuxu-x86_64, T=linuxu-arm64) have network devices")
    if setting("DEVICES"):
        raise Problem(f"error: DEVICES={setting('DEVICES')}: only machines of QEMU take devices (T=kvm-x86_64, T=kvm-arm64)")


def find_program(variable: str, default: str, word: str) -> str:
    """A program that the user may name otherwise; `word` is what support/setup installs it by."""
    program = setting(variable, default)
    if not shutil.which(program):
        raise Problem(f"error: {program} is not there; support/setup {word} installs it, {variable}= names another one")
    return program


def gdb(more: list, program: str = "gdb") -> list:
    return [find_program("GDB", program, "debug"), "-q", "-iex", "set confirm off", "-iex", "set pagination off",
            "-iex", f"directory {BASE}", "-x", os.path.join(BASE, "support/gdb/microlith.py"), *more]


def show(command: list) -> None:
    if setting("V") not in ("", "0"):
        print(shlex.join(command), flush=True)

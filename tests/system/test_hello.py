# SPDX-License-Identifier: BSD-3-Clause
"""apps/hello as configured by default and in its smallest configuration: what it prints, its size; the how-to's example."""
import os
import re
import subprocess
import threading

import guest
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIMITS = {"kvm-x86_64": 65536, "smallest-kvm-x86_64": 32768}


def run(image: str, words: list, prompt: str = "", given: str = ""):
    """(console, exit status) of an image as `make run` starts it; `given` is typed once `prompt` was printed."""
    target = os.path.basename(image).split("_", 1)[1]
    platform, architecture = target.split("-")
    at = words.index("--") if "--" in words else -1
    names = {"UK_IMAGE": image, "UK_PLAT": platform, "UK_ARCH": architecture, "UK_TARGET": target, "MEM": "",
             "PARAMS": " ".join(words[:max(at, 0)]), "ARGS": " ".join(words[at + 1:])}
    with subprocess.Popen([os.path.join(ROOT, "support/run/run")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env={**os.environ, **names}) as child:
        watchdog = threading.Timer(120, child.kill)
        watchdog.start()
        text = b""
        while given and not text.endswith(prompt.encode()) and (byte := child.stdout.read(1)):
            text += byte
        rest, _ = child.communicate(given.encode())
        watchdog.cancel()
    return (text + rest).decode(errors="replace").replace("\r", ""), child.returncode


@pytest.mark.parametrize("name", [*guest.TARGETS, "smallest-kvm-x86_64"])
def test_greets(name):
    image = guest.build_hello(name)
    text, status = run(image, ["one", "'two'"])
    assert status == 0
    lines = text.splitlines()
    assert lines[0] == "Hello from Microlith!"
    heap = "REGION" if name.startswith("smallest") else "TLSF"
    level = "-Oz -flto" if name.startswith("smallest") else "-O2"
    target = name.removeprefix("smallest-")
    assert re.fullmatch(rf"target {target}, heap {heap}, libc NOLIBC, {level}, (gcc|clang) \d.*", lines[1]), lines[1]
    assert lines[2:] == ["argv[0] = hello", "argv[1] = one", "argv[2] = two"]
    if name in LIMITS:
        assert os.path.getsize(image) <= LIMITS[name]


def how_to() -> dict:
    """The three files of docs/write-an-application.md, by the heading words in front of them."""
    with open(os.path.join(ROOT, "docs/write-an-application.md"), encoding="utf-8") as file:
        text = file.read()
    return {name: re.search(rf"^`{re.escape(name)}`[^\n]*\n\n```\w*\n(.*?)^```$", text, re.S | re.M).group(1)
            for name in ("main.c", "Config.uk", "Makefile.uk")}


@pytest.mark.parametrize("target", ["kvm-arm64", "linuxu-x86_64"])  # each platform, each architecture
def test_example_of_the_how_to_works(target, tmp_path):
    folder = tmp_path / "greeter"
    folder.mkdir()
    for name, text in how_to().items():
        (folder / name).write_text(text, encoding="utf-8")
    done = guest.make_in_tree(f"A={folder}", f"T={target}")
    assert done.returncode == 0, done.stdout + done.stderr
    text, status = run(str(folder / f"build/greeter_{target}"), ["Ada"], "And who are you? ", "Grace\n")
    assert text == "Hello, Ada!\nAnd who are you? Pleased to meet you, Grace.\n"
    assert status == 0

# SPDX-License-Identifier: BSD-3-Clause
"""What headers of newlib, libpthread and netdb declare can be linked: the image of the guest tests once more, with the addresses of all
functions and variables."""
import json
import os
import re
import shlex
import subprocess

import guest
import pytest

# Parts of others, which say so themselves, or for another way to configure newlib.
PARTS = re.compile(r"^(machine/|ssp/|sys/(custom_file|_\w+|utime)\.h|(newlib|_\w+|regdef|utmp|ndbm|tgmath)\.h)")
# Functions with a _reent of their caller's, for newlib itself; the compiler's, for code with stack protectors, and those of its
# stdatomic.h, which are macros.
INTERNAL = re.compile(r"_\w+_r$|_reclaim_reent$|__stack_chk_fail$|atomic_(flag_\w+|(thread|signal)_fence)$")
DECLARED = re.compile(r"^/\* .* \*/ (extern|static) .*?(\w+) \(", re.M)
VARIABLE = re.compile(r"^extern (?!\")[\w\s*]*?\b(\w+)(?:\[\w*\])?;", re.M)


TARGETS = ["linuxu-x86_64", "linuxu-arm64"] if "UK_CHECK_ALL" in os.environ else ["linuxu-x86_64"]


@pytest.fixture(scope="module", name="image", params=TARGETS)
def built_image(request):
    return guest.build_newlib(request.param)


def compiler_of(image: str) -> list:
    """The words that a source with newlib's headers is compiled by, without what belongs to this one."""
    with open(os.path.join(os.path.dirname(image), "compile_commands.json"), encoding="utf-8") as file:
        command = next(entry["command"] for entry in json.load(file) if entry["file"].endswith("/appguest/main.cpp") or
                       entry["file"].endswith("tests/guest/main.cpp"))
    words = shlex.split(command)
    kept = [word for at, word in enumerate(words) if word.startswith(("-I", "-m")) or word in ("-nostdinc", "-fno-pic", "-isystem") or
            (at and words[at - 1] == "-isystem")]
    return [words[0].replace("g++", "gcc"), "-std=gnu17", "-w", "-D_GNU_SOURCE", *kept]


def headers_of(words: list) -> list:
    folders = [word.removeprefix("-I") for word in words if re.search(r"/(libnewlib|libpthread|libnetdb)/", word + "/")]
    found = {os.path.relpath(os.path.join(folder, name), top) for top in folders for folder, _, names in os.walk(top) for name in names
             if name.endswith(".h")}
    return sorted(name for name in found if not PARTS.match(name))


def test_every_header_compiles_alone_and_all_it_declares_links(image, tmp_path):
    compiler = compiler_of(image)
    headers = headers_of(compiler)
    assert len(headers) > 100 and {"pthread.h", "netdb.h", "pwd.h", "stdio.h"} < set(headers)
    script = "".join(f"echo '#include <{name}>' | $compiler -x c -fsyntax-only - || echo {name}\n" for name in headers)
    alone = subprocess.run(["sh"], input=f"compiler='{' '.join(compiler)}'\n{script}", capture_output=True, text=True, check=True)
    assert alone.stdout == "", alone.stderr
    names, text = tmp_path / "names", "".join(f"#include <{name}>\n" for name in headers)
    said = subprocess.run([*compiler, "-x", "c", "-E", "-P", "-"], input=text, capture_output=True, text=True, check=True)
    subprocess.run([*compiler, "-x", "c", "-fsyntax-only", "-aux-info", names, "-"], input=text, text=True, check=True)
    found = DECLARED.findall(names.read_text(encoding="utf-8"))
    declared = {name for _, name in found} - {name for kind, name in found if kind == "static"} | set(VARIABLE.findall(said.stdout))
    wanted = sorted(name for name in declared if not INTERNAL.search(name))
    assert len(wanted) > 1300
    text += "const void* const declared[] = {" + ",\n".join(f"&({name})" for name in wanted) + "};\n"
    subprocess.run([*compiler, "-fno-builtin", "-x", "c", "-c", "-o", tmp_path / "all.o", "-"], input=text, text=True, check=True)
    assert undefined(image, str(tmp_path / "all.o"), str(tmp_path / "image")) == []


def undefined(image: str, further: str, to: str) -> list:
    """What cannot be found when an image is linked with one object more, whose symbol `declared` the linker keeps."""
    name = os.path.basename(image)
    with open(os.path.join(os.path.dirname(image), "obj", name, f"{name}.dbg.cmd"), encoding="utf-8") as file:
        command = re.search(r"\S*\bld -nostdlib .*? -o (?=\"\$OUT\")", file.read())[0]
    words = [word for word in shlex.split(command) if not word.startswith("-Map=")]
    at = next(at for at, word in enumerate(words) if word.startswith("@"))
    done = subprocess.run([*words[:at], "-u", "declared", further, *words[at:], to], cwd=guest.ROOT, capture_output=True, text=True, check=False)
    found = sorted(set(re.findall(r"undefined reference to `([^']+)'", done.stderr)))
    assert found or done.returncode == 0, done.stderr
    return found


def test_a_function_that_is_nowhere_is_found(image, tmp_path):
    source = "extern void nowhere_at_all(void); void (*const declared)(void) = nowhere_at_all;"
    subprocess.run([*compiler_of(image), "-x", "c", "-c", "-o", tmp_path / "one.o", "-"], input=source, text=True, check=True)
    assert undefined(image, str(tmp_path / "one.o"), str(tmp_path / "image")) == ["nowhere_at_all"]


def test_programs_may_have_names_that_are_not_reserved(image, tmp_path):
    names = ("cuserid daemon err errx execlpe execvpe fgetgrent fgetpwent ftime getdomainname getgrouplist getpass getpeereid getwd initgroups insque "
             "issetugid lfind lsearch program_invocation_name remque secure_getenv ualarm verr vwarn wait3 wait4 warn warnx").split()
    source = "".join(f"int {name} = 1;\n" for name in names) + "const int* const declared[] = {" + ", ".join(f"&{name}" for name in names) + "};\n"
    subprocess.run([*compiler_of(image), "-fno-builtin", "-x", "c", "-c", "-o", tmp_path / "own.o", "-"], input=source, text=True, check=True)
    assert undefined(image, str(tmp_path / "own.o"), str(tmp_path / "image")) == []

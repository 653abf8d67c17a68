# SPDX-License-Identifier: BSD-3-Clause
"""The configuration: strictness, generated files, the goals, make why."""
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest
from toytree import IMAGE, ROOT, TARGET, Tree

CONFIG = IMAGE + ".config"
OBJ = f"build/obj/hello_{TARGET}"
CHOICE = """
choice SLOT
\tprompt "Slot"
\thelp
\t  Which.
endchoice
"""
MEMBERS = """
choice SLOT
config SLOT_A
\tbool "a"
config SLOT_B
\tbool "b"
\tdepends on LIBTWO
endchoice
"""


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree").mkdir()
    made = Tree(tmp_path / "tree")
    made.good("olddefconfig")
    return made


def append(tree, name, text):
    tree.write(name, tree.read(name) + text)


@pytest.mark.parametrize("old,new,message", [
    ("CONFIG_LIBONE=y", "CONFIG_LIBOEN=y", ":{line}: unknown symbol LIBOEN (did you mean LIBONE?); make olddefconfig drops it"),
    ("CONFIG_LIBONE_NUMBER=3", "CONFIG_LIBONE_NUMBER=300",
     ":{line}: LIBONE_NUMBER=300 cannot be had, it is 3: it must lie between 1 and 100"),
    ("CONFIG_LIBONE_NUMBER=3", "CONFIG_LIBONE_NUMBER=x", "LIBONE_NUMBER=x cannot be had, it is 3: it must be a number"),
    ("CONFIG_LIBONE_NUMBER=3", "CONFIG_LIBONE_NUMBER=abc", "LIBONE_NUMBER=abc cannot be had, it is 3: it must be a number"),
    ("CONFIG_LIBONE=y", "CONFIG_LIBONE=yes", ":{line}: LIBONE=yes cannot be had, it is y: it must be y or n"),
    ("# CONFIG_LIBTWO is not set", "CONFIG_LIBTWO=1", ":{line}: LIBTWO=1 cannot be had, it is n: it must be y or n"),
    ("CONFIG_OPTIMIZE_PERF=y", "CONFIG_OPTIMIZE_PERF=on", ":{line}: OPTIMIZE_PERF=on cannot be had, it is y: it must be y or n"),
    ('UK_NAME="hello"', 'UK_NAME="a b"', ':{line}: UK_NAME="a b" cannot name the image: letters, digits and'),
    ('UK_NAME="hello"', 'UK_NAME="a/b"', ':{line}: UK_NAME="a/b" cannot name the image'),
    ('UK_NAME="hello"', 'UK_NAME="-x"', ':{line}: UK_NAME="-x" cannot name the image'),
    ('UK_NAME="hello"', 'UK_NAME="a\\"b"', 'UK_NAME="a\\"b" cannot name the image'),
    ('UK_NAME="hello"', 'UK_NAME="he"llo"', ":{line}: UK_NAME=\"he\"llo\" cannot be had, it is he: a text stands in quotation"),
    ('UK_NAME="hello"', "UK_NAME=other", ":{line}: UK_NAME=other cannot be had, it is hello: a text stands in quotation marks"),
    ("CONFIG_LIBONE=y", "# CONFIG_LIBONE is not set", ""),
    ("# CONFIG_OPTIMIZE_SIZE is not set", "CONFIG_OPTIMIZE_SIZE=y",
     ":{line}: OPTIMIZE_SIZE=y contradicts line {before}: OPTIMIZE_PERF=y; 'Optimization level' takes one of them"),
    ("CONFIG_OPTIMIZE_PERF=y", "# CONFIG_OPTIMIZE_PERF is not set", "OPTIMIZE_PERF=n cannot be had"),
    ("CONFIG_PLAT_TOY=y", "CONFIG_PLAT_TOI=y", "unknown symbol PLAT_TOI (did you mean PLAT_TOY?)"),
    ("# CONFIG_LIBTWO is not set", "CONFIG_LIBTWO=y\nCONFIG_LIBTWO=n", ":{line}: LIBTWO=y contradicts line"),
    ("CONFIG_LIBONE=y", "CONFIG_LIBONE=y\nrubbish here", "malformed line 'rubbish here'"),
])
def test_edited_configuration(tree, old, new, message):
    if not message:
        tree.edit(CONFIG, old, new)
        tree.edit(CONFIG, "# CONFIG_LIBTWO is not set", "CONFIG_LIBTWO=y")
        said = tree.bad()
        assert "LIBONE=n cannot be had, it is y: it is selected by LIBTWO" in said
        return
    tree.edit(CONFIG, old, new)
    line = next(n for n, text in enumerate(tree.read(CONFIG).splitlines(), 1) if new.splitlines()[0] in text)
    said = tree.bad()
    assert message.format(line=line, before=line - 1) in said
    assert said.count("error: ") == 1 and said.count("\n") <= 2


def test_a_file_that_is_no_configuration(tree, tmp_path):
    (tmp_path / "image").write_bytes(b"\xff\xfe\0")
    said = tree.bad(f"C={tmp_path}/image")
    assert f"error: {tmp_path}/image is no configuration: " in said and "not utf-8 text" in said
    assert "srctree" not in said


def test_unmet_dependency_is_named(tree):
    tree.edit(CONFIG, "CONFIG_LIBONE=y\n", "# CONFIG_LIBONE is not set\n")
    tree.edit(CONFIG, "LIBONE_NUMBER=3", "LIBONE_NUMBER=9")
    assert "LIBONE_NUMBER=9 cannot be had, it is unset: it needs LIBONE" in tree.bad()


def test_choosing_between_members(tree):
    append(tree, "lib/one/Config.uk", CHOICE + MEMBERS)
    tree.good("olddefconfig")
    assert "CONFIG_SLOT_A=y" in tree.read(CONFIG)
    append(tree, CONFIG, "CONFIG_SLOT_B=y\n")
    said = tree.bad()
    assert "SLOT_B=y" in said and "it needs LIBTWO" in said or "contradicts" in said


def test_untouched_values_follow_the_tree(tree):
    """What the tool itself wrote is no demand: a changed Config.uk changes it with a note, not with an error."""
    tree.edit(CONFIG, "LIBONE_NUMBER=3", "LIBONE_NUMBER=90")
    tree.good()
    tree.edit("lib/one/Config.uk", "range 1 100", "range 1 50")
    done = tree.good()
    assert "LIBONE_NUMBER=90 cannot be had, it is 3" in done.stdout
    assert "CONFIG_LIBONE_NUMBER=3\n" in tree.read(CONFIG)


def test_olddefconfig_drops_what_is_unknown(tree):
    append(tree, CONFIG, "CONFIG_LIBGONE=y\n")
    said = tree.good("olddefconfig").stdout
    assert "warning: " in said and "unknown symbol LIBGONE" in said
    assert "LIBGONE" not in tree.read(CONFIG)
    tree.good()


@pytest.mark.parametrize("text,message", [
    ("config X\n\tbool\n\tdepends on LIBOEN\n", "lib/one/Config.uk:{line}: unknown symbol LIBOEN (did you mean LIBONE?)"),
    ("config X\n\tbool\n\tselect LIBTOW\n", "lib/one/Config.uk:{line}: unknown symbol LIBTOW (did you mean LIBTWO?)"),
    ("config X\n\tbool\n\tselect LIBUKTIME\n", "unknown symbol LIBUKTIME (retired: "),
    ("config X\n\tbool\n\tdepend LIBONE\n", "lib/one/Config.uk:{line}: "),
    ("config X\n\tdefault y\n", "lib/one/Config.uk:{first}: X (defined at lib/one/Config.uk:{first}) defined without a type"),
    ("config X\n\tint\n\tdefault abc\n", "lib/one/Config.uk:{line}: unknown symbol abc"),
    ("config X\n\tbool \"x\n", "lib/one/Config.uk:"),
    ("if LIBONE\nconfig X\n\tbool\n", "lib/one/Config.uk"),
    ("source \"nofile.uk\"\n", "lib/one/Config.uk:{line}: 'nofile.uk' not found (in 'source \"nofile.uk\"')."),
    ("source \"lib/one/Config.uk\"\n", "lib/one/Config.uk:{line}: recursive 'source' of 'lib/one/Config.uk' detected."),
])
def test_mistakes_in_our_tree(tree, text, message):
    first = tree.read("lib/one/Config.uk").count("\n") + 1
    append(tree, "lib/one/Config.uk", text)
    line = first + text.count("\n") - 1
    said = tree.bad()
    assert message.format(line=line, first=first) in said
    assert "Traceback" not in said and "srctree" not in said and "environment" not in said


def test_slot_without_provider(tree):
    append(tree, "lib/one/Config.uk", CHOICE)
    assert "the slot 'Slot' (SLOT) has no provider that can be chosen (no library offers one)" in tree.bad()
    append(tree, "lib/two/Config.uk", MEMBERS.replace('bool "a"', 'bool "a"\n\tdepends on LIBTWO && !LIBONE'))
    assert "SLOT_A needs LIBTWO" in tree.bad()


def test_selected_without_its_dependency(tree):
    append(tree, "lib/one/Config.uk", "config X\n\tbool \"x\"\n\tdepends on LIBTWO\n\thelp\n\t  h\n"
                                      "config Y\n\tbool\n\tdefault y\n\tselect X\n")
    said = tree.bad()
    assert "X" in said and "LIBTWO" in said and "direct dependencies" in said


def test_generated_files(tree):
    append(tree, "lib/one/Config.uk", """
config TEXT
\tstring "text"
\tdefault "a \\"b\\" c\\\\d #$(UK_APP_NAME)"
\thelp
\t  h
config HEXA
\thex "hex"
\tdefault 0xff
\thelp
\t  h
config HIDDEN_INT
\tint
\tdepends on LIBTWO
""")
    tree.good()
    assert '#define CONFIG_TEXT "a \\"b\\" c\\\\d #hello"' in tree.read(f"{OBJ}/include/uk/config.h")
    assert "#define CONFIG_HEXA 0xff" in tree.read(f"{OBJ}/include/uk/config.h")
    text = tree.read(f"{OBJ}/include/uk/config.hpp")
    assert "inline constexpr bool libone = true;" in text
    assert "inline constexpr bool libtwo = false;" in text
    assert "inline constexpr long libone_number = 3;" in text
    assert "inline constexpr long hidden_int = 0;" in text
    assert "inline constexpr unsigned long hexa = 0xff;" in text
    assert 'inline constexpr const char* text = "a \\"b\\" c\\\\d #hello";' in text
    assert not tree.good().steps


def test_defconfig_and_savedefconfig(tree):
    tree.edit(CONFIG, "LIBONE_NUMBER=3", "LIBONE_NUMBER=33")
    tree.good("savedefconfig")
    assert tree.read(f"apps/hello/defconfigs/{TARGET}") == "CONFIG_LIBONE_NUMBER=33\n"
    os.unlink(tree.file(CONFIG))
    done = tree.good()
    assert f"from apps/hello/defconfigs/{TARGET}" in done.stdout
    assert tree.run().returncode == 33
    tree.edit(CONFIG, "LIBONE_NUMBER=33", "LIBONE_NUMBER=34")
    tree.good("defconfig")
    assert "LIBONE_NUMBER=33" in tree.read(CONFIG)
    append(tree, f"apps/hello/defconfigs/{TARGET}", "CONFIG_LIBOEN=y\n")
    assert "unknown symbol LIBOEN" in tree.bad("defconfig")


def test_configuration_that_starts_from_a_file_of_defconfigs(tree):
    """C=<application>/defconfigs/<x> names what to start from: it is never written, and never removed."""
    name, kept = f"apps/hello/defconfigs/other-{TARGET}", f"other/other-{TARGET}.config"
    tree.write(name, "CONFIG_LIBONE_NUMBER=33\n")
    words = ("O=other", f"C={name}")
    assert f"made {kept} from {name}" in tree.good(*words, target=None).stdout, "the name tells the target"
    assert "CONFIG_LIBONE_NUMBER=33" in tree.read(kept)
    assert not tree.good(*words).steps
    tree.edit(kept, "LIBONE_NUMBER=33", "LIBONE_NUMBER=34")
    tree.good(*words)
    assert "LIBONE_NUMBER=34" in tree.read(kept)
    assert f"from {name}" in tree.good("defconfig", *words).stdout
    assert "LIBONE_NUMBER=33" in tree.read(kept)
    tree.good("distclean", *words)
    assert tree.read(name) == "CONFIG_LIBONE_NUMBER=33\n" and not os.path.exists(tree.file(kept))


def test_two_targets_keep_apart(tree):
    append(tree, "plat/toy/Config.uk", "")
    for name, text in (("Config.uk", tree.read("plat/toy/Config.uk").replace("PLAT_TOY", "PLAT_TOY2").replace("A toy", "B")),
                       ("Makefile.uk", tree.read("plat/toy/Makefile.uk").replace("PLAT_TOY", "PLAT_TOY2")
                        .replace("libtoyplat", "libtoyplat2").replace("LIBTOYPLAT", "LIBTOYPLAT2"))):
        tree.write(f"plat/toy2/{name}", text)
    for name in ("start.S", "toy.cpp", "link.lds.S"):
        tree.write(f"plat/toy2/{name}", tree.read(f"plat/toy/{name}"))
    second = TARGET.replace("toy", "toy2")
    tree.good()
    tree.good(target=second)
    assert not tree.good().steps and not tree.good(target=second).steps
    assert "CONFIG_PLAT_TOY2=y" in tree.read(f"build/hello_{second}.config")
    tree.write(CONFIG, tree.read(f"build/hello_{second}.config"))
    assert f"T={TARGET}, but {CONFIG} chooses PLAT_TOY2" in tree.bad()


def test_external_application(tree):
    app = tree.external("myapp", {
        "Config.uk": "config APPX_DEPENDENCIES\n\tbool\n\tdefault y\n\tselect LIBUKSWRAND\n\tselect LIBONE\n"
                     "config APPX_MORE\n\tbool \"more\"\n\tselect LIBTOW\n",
        "Makefile.uk": "$(eval $(call addlib,appx))\nAPPX_SRCS-y += $(APPX_BASE)/main.c\n",
        "main.c": tree.read("apps/hello/main.c")})
    done = tree.good(f"A={app}")
    assert "warning: " in done.stdout and "LIBUKSWRAND is retired: nothing needed" in done.stdout
    assert "unknown symbol LIBTOW (did you mean LIBTWO?)" in done.stdout
    assert os.path.exists(f"{app}/.config") and os.path.exists(f"{app}/compile_commands.json")
    image = f"{app}/build/{os.path.basename(app)}_{TARGET}"
    assert tree.run(image).returncode == 3
    assert not tree.good(f"A={app}", target=None).steps, "T comes from the folder's .config"
    tree.edit(f"{app}/.config", "# CONFIG_APPX_MORE is not set", "CONFIG_APPX_MORE=y")
    said = tree.bad(f"A={app}")
    assert "unknown symbol LIBTOW (did you mean LIBTWO?); APPX_MORE is chosen and needs it" in said
    assert "is a configuration for " + TARGET in tree.bad(f"A={app}", target="other-x86_64")


def test_why(tree):
    text = tree.good("why", "LIB=one").stdout
    assert "LIBONE (lib/one/Config.uk:1, one) is in hello" in text and "on by default" in text
    assert "nobody selects it" in tree.good("why", "LIB=two").stdout
    tree.edit(CONFIG, "# CONFIG_LIBTWO is not set", "CONFIG_LIBTWO=y")
    text = tree.good("why", "LIB=LIBONE").stdout
    assert "selected by LIBTWO (lib/two/Config.uk:1, two)" in text and "set in the configuration" in text
    assert "the default in 'Optimization level'" in tree.good("why", "LIB=OPTIMIZE_PERF").stdout
    assert "'Optimization level' is OPTIMIZE_PERF" in tree.good("why", "LIB=OPTIMIZE_SIZE").stdout
    assert "did you mean LIBTWO?" in tree.bad("why", "LIB=twoo")
    assert "did you mean LIBONE?" in tree.bad("why", "LIB=on")


def test_missing_kconfiglib(tree, tmp_path):
    fake = tmp_path / "bin" / "python3"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec /usr/bin/python3 -S \"$@\"\n")
    fake.chmod(0o755)
    os.unlink(tree.file(f"{OBJ}/config.state"))
    said = tree.bad(f"UK_PYTHON={fake}", env={"UK_PYTHON_TRIED": "1"})
    assert "apt-get install python3-kconfiglib" in said
    tree.good(f"UK_PYTHON={fake}")


def test_menuconfig_needs_a_terminal(tree):
    done = subprocess.run(tree.command("menuconfig"), cwd=tree.path, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=30, check=False)
    assert done.returncode == 1 and "needs a terminal" in done.stderr


def in_the_menu(tree, keys, *words):
    """Opens the menu, types `keys` one after the other, then q, and y if asked; gives what was shown after each."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tree.path)
        os.environ.update(TERM="xterm", LINES="40", COLUMNS="120")
        os.execvp("make", tree.command("menuconfig", *words))
    seen, waiting = [b""], [*keys, b"q", b"y"]
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.5)[0]:
            if waiting and b"Build options" in seen[0]:
                os.write(terminal, waiting.pop(0))
                seen.append(b"")
            continue
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        seen[-1] += data
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return seen


def test_menuconfig_in_a_terminal(tree):
    """Opens the menu, leaves it with Q and saves if asked."""
    seen = in_the_menu(tree, [])[0]
    assert b"Microlith configuration: hello" in seen and b"Architecture and platform" in seen
    assert b"Libraries" in seen
    assert not any(empty in seen for empty in (b"Drivers", b"External libraries", b"Application"))


def test_menuconfig_shows_the_target_and_does_not_change_it(tree):
    before = tree.read(CONFIG)
    down = b"\x1b[B"
    seen = in_the_menu(tree, [b"\n", b"\n", down, b"\n", b" ", down, b"\n", b" "])
    assert b"make T=<platform>-<architecture> menuconfig" in seen[1]
    assert b"Platform (A toy)  ----" in seen[1] and b"Architecture (the machine that builds)  ----" in seen[1]
    assert b"( )" not in b"".join(seen) and b"(X)" not in b"".join(seen)
    assert tree.read(CONFIG) == before


def test_menuconfig_shows_menus_that_have_entries(tree):
    lib = tree.external("ext", {"Config.uk": "config LIBEXT\n\tbool \"ext\"\n", "Makefile.uk": ""})
    tree.write("apps/hello/Config.uk", "config APPHELLO_X\n\tbool \"x\"\n\thelp\n\t  x\n")
    seen = in_the_menu(tree, [], f"L={lib}")[0]
    assert b"External libraries" in seen and b"Application" in seen and b"Drivers" not in seen


def test_menu_of_the_real_tree():
    """Heaps stand inside ukalloc, next to what they depend on; every line says to whom it belongs."""
    environment = {**os.environ, "srctree": ROOT, "UK_BASE": ROOT, "UK_APP_DIR": "apps/hello", "UK_APP_NAME": "hello",
                   "UK_T_PLAT": "KVM", "UK_T_ARCH": "X86_64", "UK_EXTERNAL_LIBS": "/dev/null", "KCONFIG_CONFIG": "/dev/null"}
    text = subprocess.run(["/usr/bin/python3", "support/kconfig/menu.py", "--print"], cwd=ROOT, env=environment, check=True,
                          capture_output=True, text=True).stdout
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if "ukalloc: memory heaps" in line)
    last = next(n for n in range(first + 1, len(lines)) if not lines[n].startswith("        "))
    assert sum("ukalloctlsf: " in line or "ukallocregion: " in line for line in lines[first:last]) == 2
    assert not any("ukalloc" in line for line in lines[:first] + lines[last:])
    empty = [line.split("(")[0].strip() for line in lines if re.match(r" +\w.*  ----$", line)]
    assert empty == ["Architecture", "Platform"]
    assert "    Libraries  --->" in lines and "    Application  --->" not in lines



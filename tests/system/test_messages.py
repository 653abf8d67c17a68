# SPDX-License-Identifier: BSD-3-Clause
"""What the user is told: mistakes on the command line and in Makefile.uk files, unknown targets and goals, Ctrl-C, help."""
import os
import shutil
import signal
import subprocess

import pytest
from toytree import IMAGE, LIMIT, ROOT, TARGET, Tree, appears


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree").mkdir()
    return Tree(tmp_path / "tree")


def test_an_open_quote_is_named(tree):
    assert "a quotation mark in a variable of this make is not closed" in tree.bad("ARGS=it's")


def test_a_folder_without_makefile_is_no_application(tree):
    os.makedirs(tree.file("empty"))
    assert "there is no Makefile.uk in" in tree.bad("A=empty")


def test_unknown_goals_are_explained_and_nothing_is_done(tree):
    tree.write("apps/hello/defconfigs/small", "")
    for words, hint in (("small", "'small', but there is a configuration of that name; did you mean A=apps/hello C=apps/hello/defconfigs/small?"), ("rnu", "'rnu'; did you mean run?"), ("clean q", "'q'\n"), ("-k hello", "'hello'; did you mean A=apps/hello?"),
                        ("-j4 clena", "'clena'; did you mean clean?"), (TARGET, f"did you mean T={TARGET}?"),
                        (IMAGE, "make without a goal builds the image")):
        done = tree.make(*words.split())
        assert done.returncode == 2 and hint in done.stdout
        assert done.stdout.endswith("make help lists the goals; nothing was done\n")
        assert "***" not in done.stdout and "removed" not in done.stdout and done.stdout.count("\n") == 2


def test_targets_follow_the_tree(tree):
    """What depends on says about architectures decides; help and messages name what there is."""
    tree.write("arch/arm64/Config.uk", "choice ARCHITECTURE\nconfig ARCH_ARM64\n\tbool \"arm\"\nendchoice\n")
    config = tree.read("plat/toy/Config.uk")
    here = TARGET.removeprefix("toy-")
    tree.write("plat/toy/Config.uk", config.replace('"A toy"', f'"A toy"\n\tdepends on ARCH_{here.upper()}'))
    tree.write("plat/both/Config.uk", config.replace("PLAT_TOY", "PLAT_BOTH").replace(
        '"A toy"', f'"both"\n\tdepends on ARCH_ARM64 || (ARCH_{here.upper()} && !LIBX)\n\thelp\n\t  depends on ARCH_VAX'))
    targets = f"both-arm64 both-{here} {TARGET}"
    assert f": {targets}\n" in tree.good("help").stdout
    said = tree.bad(target="toy-arm64")
    assert f"T=toy-arm64: platform toy is not there for arm64, only for {here}. The targets are: {targets}\n" in said
    assert "unknown architecture 'arm32'" in tree.bad(target="both-arm32")
    for wrong, right in (("arm64-both", "both-arm64"), ("both-aarch64", "both-arm64"), ("both_arm64", "both-arm64"),
                         ("both-amr64", "both-arm64"), ("arm64", "both-arm64"), ("both-arm32", "both-arm64")):
        assert f"did you mean T={right}?" in tree.bad(target=wrong)


def test_configuration_for_a_target_that_is_not_there(tree):
    tree.write("arch/vax/Config.uk", "choice ARCHITECTURE\nconfig ARCH_VAX\n\tbool \"vax\"\nendchoice\n")
    tree.edit("plat/toy/Config.uk", '"A toy"', '"A toy"\n\tdepends on !ARCH_VAX')
    app = tree.external("vaxapp", {"Makefile.uk": "", ".config": "CONFIG_PLAT_TOY=y\nCONFIG_ARCH_VAX=y\n"})
    said = tree.bad(f"A={app}", target=None)
    assert said == (f"error: {app}/.config is for toy-vax: platform toy is not there for vax, only for "
                    f"{TARGET.removeprefix('toy-')}. The targets are: {TARGET}\n")


def test_hint_names_the_tools_that_were_given(tree):
    assert tree.good("CC=clang", "LD=ld.bfd").stdout.endswith(f"make T={TARGET} CC=clang LD=ld.bfd run\n")
    assert tree.good("CC=gcc -pipe").stdout.endswith("CC='gcc -pipe' run\n")


def test_a_launcher_before_the_compiler(tree):
    tree.good("CC=env gcc -pipe")
    made = tree.read("build/obj/hello_" + TARGET + "/toolchain.mk")
    assert "CC := env gcc -pipe\nCXX := env g++ -pipe\n" in made
    assert tree.good(env={"CXX": "g++"}).stdout.endswith("CXX=g++ run\n")


def test_compiler_for_another_processor(tree, tmp_path):
    wrapper = tmp_path / "other-gcc"
    wrapper.write_text('#!/bin/sh\ncase "$*" in -dumpmachine) echo aarch64-none-elf;; *) exec gcc "$@";; esac\n')
    wrapper.chmod(0o755)
    machine = "aarch64" if os.uname().machine != "aarch64" else "x86_64"
    wrapper.write_text(wrapper.read_text().replace("aarch64", machine))
    said = tree.bad(f"CC={wrapper}", "CXX=g++")
    assert f"{wrapper} compiles for {machine}, but T={TARGET}; leave CC out, or give the T that belongs to it" in said


def test_misspelt_variables_of_the_command_line(tree):
    for wrong, right in (("ARG=x", "ARGS"), ("PARAM=x", "PARAMS"), ("a=apps/hello", "A"), ("CROSSCOMPILE=x-", "CROSS_COMPILE"),
                         ("MEN=2M", "MEM"), ("CPSU=2", "CPUS"), ("NETT=user", "NET"), ("PROT=8080", "PORT")):
        assert f"warning: nothing here is called {wrong.partition('=')[0]}=; did you mean {right}=?\n" in tree.good(wrong).stdout
    assert "warning" not in tree.good("MY_OWN=1", "ARGS=x ARG=y", "LIBS=", "A=apps/hello", "TAG=1").stdout
    tree.write("apps/hello/Makefile.uk", tree.read("apps/hello/Makefile.uk") + "APPHELLO_CFLAGS-y += -DMEN=$(or $(MEN),1)\n")
    assert "warning" not in tree.good("MEN=2").stdout, "a Makefile.uk reads it"


def test_the_default_application_is_the_web_server(tree):
    """In a tree that has it; the throw-away ones have only the least application."""
    for name in ("Makefile.uk", "main.c"):
        tree.write(f"apps/httpd/{name}", tree.read(f"apps/hello/{name}").replace("hello", "httpd").replace("HELLO", "HTTPD"))
    assert f"build/httpd_{TARGET}: built" in tree.good().stdout and f"Start it with: make T={TARGET} run\n" in tree.good().stdout
    assert f"Start it with: make A=apps/hello T={TARGET} run\n" in tree.good("A=apps/hello").stdout


def interrupted(tree, tmp_path, *words) -> tuple:
    """(output, status) of a make that Ctrl-C ends in the midst of a compilation."""
    with subprocess.Popen(tree.command("-j1", *words), cwd=tree.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          start_new_session=True) as process:
        appears(tmp_path / "begun")
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=LIMIT)[0]
    os.remove(tmp_path / "begun")
    return said, process.returncode


def test_interrupted_build_says_so_in_one_line(tree, tmp_path):
    wrapper = tmp_path / "slowcc"
    wrapper.write_text(f"#!/bin/sh\ncase \"$*\" in *main.c*) touch {tmp_path}/begun; sleep 100;; esac\nexec gcc \"$@\"\n")
    wrapper.chmod(0o755)
    tree.good("olddefconfig")
    for _ in range(5):
        said, status = interrupted(tree, tmp_path, f"CC={wrapper}", "CXX=g++")
        if "wait: No child processes" not in said:  # seldom: GNU make has lost a child that the signal ended, too
            break
    lines = [line for line in said.splitlines() if not line.startswith("[")]
    assert lines == ["interrupted; the next make continues where this one stopped"]
    assert status == -signal.SIGINT, "130 for a shell"
    tree.good()


def test_called_by_another_makefile(tree, tmp_path):
    """Nothing is said about folders; -j1 of the caller holds."""
    log = tmp_path / "log"
    for tool in ("gcc", "g++"):
        wrapper = tmp_path / f"logging-{tool}"
        wrapper.write_text(f"#!/bin/sh\necho + >>{log}\n{tool} \"$@\"\nstatus=$?\necho - >>{log}\nexit $status\n")
        wrapper.chmod(0o755)
    (tmp_path / "Makefile").write_text(f"all clean rnu:\n\t@$(MAKE) -C {tree.path} $@\n")
    for jobs, several in (("-j1", False), ("-j3", True), ("-s", True)):
        tree.good("distclean")
        said = tree.good(jobs, f"CC={tmp_path}/logging-gcc", f"CXX={tmp_path}/logging-g++", cwd=tmp_path).stdout
        assert "ing directory" not in said and "warning" not in said and ": built, " in said.splitlines()[-1]
        assert ("+\n+\n" in log.read_text()) == several
        log.unlink()
    assert tree.good("clean", cwd=tmp_path).stdout.startswith("removed ")
    done = tree.make("rnu", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout.startswith("error: there is no goal 'rnu'; did you mean run?\n")


def test_misspelt_variables_of_makefiles(tree):
    name, good = "apps/hello/Makefile.uk", tree.read("apps/hello/Makefile.uk")
    tree.good("olddefconfig")
    for wrong, message in (
            ("APPHELO_SRCS-y", "addlib registers no library 'apphelo'; did you mean APPHELLO_SRCS-y?"),
            ("APPHELLO_SRC-y", "did you mean APPHELLO_SRCS-y?"), ("APPHELO_SRCS-n", "did you mean APPHELLO_SRCS-y?"),
            ("ZZZ_CXXFLAGS-y", "addlib registers no library 'zzz'"), ("LIBNOE_CFLAGS-$(CONFIG_Q)", "LIBONE_CFLAGS-y?")):
        tree.write(name, good + f"{wrong} += x.c\n")
        text = tree.bad()
        assert text.startswith(f"error: {name}:3: ") and message in text and text.count("\n") == 1
    # Helpers, files' flags and names without a suffix may be called anything.
    tree.write(name, good + "MORE_SRCS-y += more.c\nAPPHELLO_SRCS-n += $(MORE_SRCS-y)\nAPPHELLO_MAIN_FLAGS-y += -DX\n"
                            "FOO_CFLAGS := -O1\nAPPHELLO_OPTIONAL_SRCS-y += a.c\nLIBTWO_CFLAGS-y += -DY\n")
    assert "has no effect" not in tree.good().stdout
    tree.write(name, good)
    app = tree.external("typo", {"Makefile.uk": good.replace("APPHELLO", "APPX").replace("apphello", "appx") +
                                 "APX_CFLAGS-y += -DX\n", "main.c": tree.read("apps/hello/main.c")})
    text = tree.good(f"A={app}").stdout
    assert f"warning: {app}/Makefile.uk:3: APX_CFLAGS-y has no effect" in text and "did you mean APPX_CFLAGS-y?" in text


def test_help_names_every_goal(tree):
    text = tree.good("help").stdout
    makefile = open(f"{ROOT}/Makefile", encoding="utf-8").read()
    goals = makefile.split("UK_GOALS :=")[1].split("\nUK_")[0].replace("\\", "").split()
    assert len(goals) > 10
    for goal in goals:
        assert goal in text


def test_help_and_build_page_name_machines_and_folders(tree, monkeypatch):
    monkeypatch.syspath_prepend(f"{ROOT}/support/run")
    import targets
    text = tree.good("help").stdout
    for target in ("kvm-x86_64", "kvm-arm64", "xen-x86_64"):
        assert f"{'|'.join(targets.load(*target.split('-')).MACHINES)} ({target}" in text
    with open(f"{ROOT}/docs/build.md", encoding="utf-8") as file:
        assert "| `UK_CACHE` |" in file.read()


@pytest.mark.parametrize("words,message", [
    (["T=vax"], f"T=vax: expected <platform>-<architecture>. The targets are: {TARGET}"),
    (["T=toy"], f"T=toy: expected <platform>-<architecture>; did you mean T={TARGET}?"),
    (["T=nothere-x86_64"], "unknown platform 'nothere' (there are: toy)"),
    (["T=toi-x86_64"], f"unknown platform 'toi' (there are: toy); did you mean T={TARGET}?"),
    (["A=apps/none"], "/apps/none); applications here are: apps/hello; docs/write-an-application.md"),
    (["A=apps/helo"], "/apps/helo); did you mean A=apps/hello? Applications here are: apps/hello; "),
    (["A=hello"], "/hello); did you mean A=apps/hello? Applications here are: apps/hello; "),
    (["L=nowhere"], "L=nowhere: no such folder"),
    (["CC=nocc"], "'nocc' (CC) was not found; correct the spelling or install it, or name another one with CC="),
    (["CROSS_COMPILE=vax-linux-gnu-"], "apt-get install gcc-vax-linux-gnu"),
    (["CC=clang++"], "CC=clang++ compiles C++; CC names the C compiler, the C++ compiler follows from it: CC=clang\n"),
    (["L=lib"], "/lib, so it is no library folder"),
    (["why"], "make why LIB="),
    (["why", "LIB=toyplat"], "no such library or option"),
    (["why", "LIB=qqq"], "error: LIB=qqq: no such library or option; there are: "),
    (["A=."], "this is the folder of Microlith itself, not an application; applications here are: apps/hello"),
    (["A=lib/one"], "A=lib/one: lib/one is a part of Microlith"),
    (["C=lib"], "C=lib is a folder; name the configuration file, for example C=lib/my.config"),
    (["N=a/b"], "N=a/b: the image takes this as its name"),
])
def test_mistakes_are_explained(tree, words, message):
    assert message in tree.bad(*words, target=None if words[0].startswith("T=") else TARGET)


def test_a_configuration_that_is_not_there_is_not_made(tree):
    """C= that names nothing: refused by every goal that would only use it, with what was probably meant."""
    for name in (TARGET, f"small-{TARGET}"):
        tree.write(f"apps/hello/defconfigs/{name}", "CONFIG_LIBONE_NUMBER=4\n")
    tree.write("apps/other/Makefile.uk", "")
    tree.write("apps/other/defconfigs/quick", "")
    have = f"apps/hello has:\n  C=apps/hello/defconfigs/small-{TARGET}\n  C=apps/hello/defconfigs/{TARGET}\n"
    for given, meant in (("apps/hello/defconfigs/small", f"C=apps/hello/defconfigs/small-{TARGET}"), ("defconfigs/othr", "A=apps/other"),
                         ("defconfigs/qick", "A=apps/other C=apps/other/defconfigs/quick")):
        for goals in ([], ["size"], ["savedefconfig"], ["defconfig"]):  # nor does any goal make one in a folder defconfigs
            assert tree.bad(f"C={given}", *goals) == f"error: C={given}: there is no such configuration; did you mean {meant}?\n{have}"
    new = f"{have}a new one: make T={TARGET} C=my.config defconfig, then: make T={TARGET} C=my.config"
    assert tree.bad("C=my.config") == f"error: C=my.config: there is no such configuration\n{new}\n"
    assert tree.bad("C=my.config", "why").endswith(f"{new} why\n") and not os.path.exists(tree.file("my.config"))
    tree.good("C=my.config", "clean")
    tree.good("C=my.config", "olddefconfig", "all")
    assert "CONFIG_LIBONE_NUMBER=4\n" in tree.read("my.config")
    assert "did you mean C=my.config?" in tree.bad("C=mx.config")


def test_a_name_in_the_environment_contradicts_a_configuration(tree):
    app = tree.external("st", {"Makefile.uk": tree.read("apps/hello/Makefile.uk"), "main.c": tree.read("apps/hello/main.c"),
                               ".config": 'CONFIG_UK_NAME="st"\nCONFIG_PLAT_TOY=y\n'})
    said = tree.make(f"A={app}", env={"N": "40"}).stdout
    assert said == (f"error: N=40 (given to make, or in the environment) names the image, but {app}/.config:1 says "
                    'UK_NAME="st"; leave N out, or change that line\n')
    assert "/st_toy-" in tree.good(f"A={app}").stdout
    assert "leave N out" in tree.make(f"A={app}", "N=40").stdout
    assert "leave N" not in tree.good(f"A={app}", "N=st").stdout


def test_unwritable_output_folder(tree):
    tree.write("file", "")
    said = tree.bad("O=file/out")
    assert "cannot write to the output folder 'file/out'" in said and "O=" in said
    assert "cannot write to the output folder" in tree.bad("O=/proc/nowhere")


def test_path_with_a_space(tree, tmp_path):
    app = tmp_path / "my app"
    shutil.copytree(tree.file("apps/hello"), app)
    said = tree.bad(f"A={app}")
    assert "contains ' ': GNU make cannot handle such paths" in said
    assert "cannot handle such paths" in tree.bad(f"O={tmp_path}/o ut")

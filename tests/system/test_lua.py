# SPDX-License-Identifier: BSD-3-Clause
"""Programs that nobody wrote for this system: Lua and MuJS, unmodified, at their prompts and with their options."""
import os
import re
import subprocess
import sys

import guest
import pytest
from terminal import Session

sys.path.insert(0, os.path.join(guest.ROOT, "support/xen"))
import packages  # noqa: E402  (the path is set above)

LONG = "UK_CHECK_ALL" in os.environ
OTHERS = ["kvm-arm64", "linuxu-arm64", "xen-x86_64"] if LONG else ["kvm-arm64"]
# Without signals it has most objects in common with the guest tests of its target, which make check builds anyway.
OTHERS_WITH = [] if LONG else ["# CONFIG_LIBPOSIX_SIGNAL is not set"]
OTHERS_SAY = "" if LONG else "log.level=err"  # not that the handler of Ctrl-C cannot be had
SHORT = ["linuxu-x86_64", "kvm-x86_64"]
TARGETS = SHORT + OTHERS if LONG else SHORT
STATES = 10000 if LONG else 2000


@pytest.fixture(scope="module", name="image_of")
def built_images(tmp_path_factory):
    images = {}

    def build(app, target, *lines):
        key = (app, target, *lines)
        if key not in images:
            if target == "xen-x86_64":
                packages.get()
            folder = tmp_path_factory.mktemp(f"{app}-{target}")
            words = [f"A=apps/{app}", f"T={target}", f"O={folder}"]
            if lines:
                config = folder / "config"
                with open(os.path.join(guest.ROOT, f"apps/{app}/defconfigs/{target}"), encoding="utf-8") as file:
                    config.write_text(file.read() + "\n".join(lines) + "\n", encoding="utf-8")
                words.append(f"C={config}")
            done = guest.make_in_tree(*words)
            assert done.returncode == 0, done.stdout + done.stderr
            images[key] = str(folder / f"{app}_{target}")
        return images[key]
    return build


@pytest.fixture(name="start")
def sessions():
    opened = []

    def start(image, target, arguments=""):
        opened.append(Session(image, target, arguments))
        return opened[-1]
    yield start
    for session in opened:
        session.close()


def output(image, *arguments, status=0) -> str:
    done = subprocess.run([image, *arguments], capture_output=True, text=True, check=False, timeout=guest.LIMIT, stdin=subprocess.DEVNULL)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_lua_has_a_prompt_that_ctrl_c_comes_back_to(image_of, start, target):
    session = start(image_of("lua", target), target)
    session.expect("Lua 5.4.4  Copyright (C) 1994-2022 Lua.org, PUC-Rio\n> ")
    session.type("print(6 * 8\x7f7, ('%.3f'):format(math.pi))\r")
    session.expect("\n42\t3.142\n> ")
    session.type("x = = 3\r")
    session.expect("stdin:1: unexpected symbol near '='\n> ")
    session.type("print(7 * 6) while true do end\r")
    session.expect("\n42\n")  # Lua asks for the signal when it begins to run a line; before, Ctrl-C ends it, as everywhere
    session.type("\x03")
    session.expect("interrupted!\nstack traceback:\n")
    session.expect("> ")
    session.type("print(pcall(string.rep, 'x', 1 << 30))\r")
    session.expect("not enough memory\n> ")
    session.type("os.exit(7)\r")
    assert session.end() == 7


@pytest.mark.parametrize("target", OTHERS)
def test_lua_runs_on_other_machines(image_of, target):
    script = "print(_VERSION, 6 * 7, ('%.14g'):format(math.pi), pcall(error), os.time() > 1700000000) os.exit(3)"
    said, status = guest.start(image_of("lua", target, *OTHERS_WITH), target, f'-e "{script}"', OTHERS_SAY)
    assert (said, status) == ("Lua 5.4\t42\t3.1415926535898\tfalse\ttrue\n", 3)


def test_lua_ends_at_the_end_of_its_input(image_of, start):
    session = start(image_of("lua", TARGETS[0]), TARGETS[0])
    session.expect("> ")
    session.type("\x04")
    assert session.end() == 0


def test_lua_takes_its_options(image_of):
    image = image_of("lua", TARGETS[0])
    assert output(image, "-e", "print(_VERSION, 6 * 7)") == "Lua 5.4\t42\n"
    assert "boom" in output(image, "-e", "error('boom')", status=1)
    assert "cannot open" in output(image, "nothing.lua", status=1)
    said = output(image, "-e", "local t = os.time() print(t > 1700000000, os.getenv('HOME'), os.clock() < 5, #os.date())")
    assert said == "true\tnil\ttrue\t24\n"


def test_lua_states_leave_no_memory_behind(image_of):
    said = output(image_of("lua", TARGETS[0]), "-e", """
        local function used() collectgarbage() collectgarbage() return collectgarbage('count') end
        local before = used()
        for i = 1, 300 do
            local t = {}
            for j = 1, 2000 do t[j] = ('x'):rep(j % 100) .. j end
            local c = coroutine.wrap(function() for j = 1, 10 do coroutine.yield(j) end end)
            while c() and #t > 0 do t[#t] = nil end
        end
        print(used() - before < 64)""")
    assert said == "true\n"


def test_thousands_of_states_leave_the_machine_as_it_was(tmp_path):
    done = guest.make_in_tree("A=tests/luastates", f"T={TARGETS[0]}", f"O={tmp_path}")
    assert done.returncode == 0, done.stdout + done.stderr
    count, fewer = re.fullmatch(r"(\d+) states, pages fewer: (-?\d+)\n", output(str(tmp_path / f"luastates_{TARGETS[0]}"), str(STATES))).groups()
    assert int(count) == STATES and int(fewer) <= 16


@pytest.mark.parametrize("target", TARGETS)
def test_scripts_take_all_memory_and_live_on(image_of, target):
    script = ("for round = 1, 3 do local t, n = {}, 0 "
              "local ok, why = pcall(function() while true do n = n + 1 t[n] = ('x'):rep(5000) .. n end end) "
              "t = nil collectgarbage() print(ok, why, n > 500) end collectgarbage() print(collectgarbage('count') < 60)")
    said, status = guest.run_image(image_of("lua", target), target, f'-e "{script}"')
    assert status == 0 and said.count("false\tnot enough memory\ttrue\n") == 3 and said.endswith("true\n"), said


def test_a_script_can_be_part_of_the_image(tmp_path, image_of):
    script = tmp_path / "main.lua"
    script.write_text("print(#arg, arg[1], ...)\nif arg[1] == 'fail' then local x = nil; x.y = 1 end\n", encoding="utf-8")
    image = image_of("lua", TARGETS[0], f'CONFIG_APPLUA_SCRIPT="{script}"')
    assert output(image, "one", "two words") == "2\tone\tone\ttwo words\n"
    said = output(image, "fail", status=1)
    assert "main.lua:2: attempt to index a nil value (local 'x')" in said and "stack traceback:" in said


SCRIPTS = {
    "hello.lua": """
        package.path = package.path .. ";/lib/?.lua"
        local greet, parts = require "greet", require "parts.first"
        print(greet("files"), parts.where, arg[0], arg[1], ...)
        print(dofile("/data/answer.lua"), pcall(dofile, "/data/nothing.lua"))
        print(pcall(require, "missing") == false, loadfile("/data/wrong.lua"))
        for name, number in io.lines("/data/numbers", "l", "n", "l") do io.write(name, "=", number + 1, " ") end
        print(io.open("/data/nothing"))
        print(io.open("/data"):read("a"))

        local name = os.tmpname()
        assert(name:match("^/tmp/") and os.rename("/data/numbers", name) and not io.open("/data/numbers"))
        local file <close> = assert(io.open(name, "a+"))
        assert(file:setvbuf("full", 100) and file:write("three\\n", 3, "\\n", ("x"):rep(5000), "\\n"))
        print(file:seek("cur"), file:seek("set"), file:read("l", "n", "L", "l"))
        print(file:seek("end", -3), file:read(1, "a"))
        local again <close> = assert(io.open(name, "r+"))
        assert(again:write("ONE") and again:seek("set", 1) == 1)
        print(again:read(4), again:read(0), #again:read("a"), again:read(0), again:read("a"), again:read("l"))

        print(os.rename("/nothing", "/anything"))
        print(os.remove("/data"))
        print(os.remove("/nothing"))
        assert(os.remove(name) and not os.remove(name) and os.remove("/empty"))
        local kept = io.tmpfile()
        kept:write("a\\0b")
        kept:seek("set")
        print(#kept:read("a"), kept:close(), pcall(kept.read, kept))
        io.output("/data/out"):write(2 ^ 53, " is large\\n"):close()
        io.input("/data/out")
        print(io.read("n", "l"))
        """,
    "lib/greet.lua": "return function (whom) return 'hello, ' .. whom end\n",
    "parts/first.lua": "return { where = ... }\n",
    "data/answer.lua": "#!/usr/bin/lua\nreturn 6 * 7\n",
    "data/wrong.lua": "return return\n",
    "data/numbers": "one\n1\ntwo\n2\n",
}
SAID = """hello, files	parts.first	/hello.lua	a word	a word
42	false	cannot open /data/nothing.lua: No such file or directory
true	nil	/data/wrong.lua:1: unexpected symbol near 'return'
one=2 two=3 nil	/data/nothing: No such file or directory	2
nil	Is a directory	21
5021	0	one	1	
	two
5018	x	x

NE
1		5016	nil		nil
nil	No such file or directory	2
nil	/data: Directory not empty	39
nil	/nothing: No such file or directory	2
3	true	false	attempt to use a closed file
9.007199254741e+15	 is large
"""


@pytest.mark.parametrize("target", TARGETS)
def test_lua_runs_scripts_of_an_initrd(tmp_path, image_of, target):
    guest.write(tmp_path / "files", SCRIPTS)
    (tmp_path / "files/empty").mkdir()
    said, status = guest.start(image_of("lua", target), target, '/hello.lua "a word"', initrd=tmp_path / "files")
    assert (said, status) == (SAID, 0)


def test_lua_has_files_without_an_initrd(image_of):
    script = "local f <close> = assert(io.open('/tmp/f', 'w+')) f:write('kept') f:seek('set') print(f:read('a'), io.open('/etc'))"
    assert output(image_of("lua", TARGETS[0]), "-e", script) == "kept\tnil\t/etc: No such file or directory\t2\n"


@pytest.mark.skipif(not LONG, reason="another program: in make check-all")
@pytest.mark.parametrize("target", TARGETS)
def test_mujs_runs_as_well(image_of, start, target):
    session = start(image_of("mujs", target), target)
    session.expect("> ")
    session.type("print([3,1,2].sort().map(function (x) { return x * 1.5 }).join())\r")
    session.expect("\n1.5,3,4.5\n> ")
    session.type("print(Math.sqrt(2), JSON.parse('[1,[2]]')[1].length)\r")
    session.expect("\n1.4142135623730952 1\n")
    session.type("\x04")
    assert session.end() == 0

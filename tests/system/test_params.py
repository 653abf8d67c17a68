# SPDX-License-Identifier: BSD-3-Clause
"""Kernel parameters of a running image: set, listed, refused with an explanation."""
import re

import guest
import pytest

pytestmark = pytest.mark.parametrize("target", guest.TARGETS)
GIVEN = "guest.number=8080 guest.list=[ one 'two words' ] env.vars=[ \"HOME=/here\" ]"


def test_values_reach_variables_lists_and_environment(target):
    console, status = guest.run(target, "parameters_keep", GIVEN)
    assert status == 0 and "ok 1 - appguest.parameters_keep" in console, console


def test_without_separator_everything_is_the_application_s(target):
    console, status = guest.run(target, "parameters_keep")
    assert status == 0 and "1..1\nok 1" in console, console


def test_help_lists_every_parameter_and_exits(target):
    console, status = guest.run(target, "", "help guest.number=123")
    assert status == 0
    assert "TAP version" not in console
    for name in ("env.vars=", "guest.list=[ ]", "guest.number=123", "log.level=warn"):
        assert re.search(rf"^  {re.escape(name)}", console, re.M), console
    assert "a number for the guest tests: a number from 0 to 65535" in console


def test_unknown_name_warns_suggests_and_boots(target):
    console, status = guest.run(target, "format_as", "guest.nunber=1 reboot=k")
    assert status == 0 and "ok 1 - appguest.format_as" in console
    assert "Warn: [uklibparam] unknown parameter 'guest.nunber' ignored; did you mean 'guest.number'?" in console
    assert "unknown parameter 'reboot' ignored" in console


def test_bad_values_are_explained_and_nothing_starts(target):
    console, status = guest.run(target, "format_as", "guest.number=65536 log.level=loud")
    assert status == 126 and "TAP version" not in console
    assert "guest.number=65536: expected a number from 0 to 65535" in console
    assert "log.level=loud: expected none, crit, err, warn, info or debug" in console
    assert "does not start with these kernel parameters; `make run PARAMS=help` (a command line of `help --`) lists" in console


def test_an_init_entry_that_fails_ends_the_boot_in_order(target):
    console, status = guest.run(target, "format_as", "guest.fail")
    assert status == 126 and "TAP version" not in console
    assert "init 'guest failure' failed: EIO (leave guest.fail out)" in console
    assert console.index("boot stopped") < console.index("# term of an init entry")
    assert "# destructor" not in console


def test_the_way_out_is_taken_in_order(target):
    console, status = guest.run(target, "format_as")
    assert status == 0
    assert console.index("1 passed") < console.index("# destructor") < console.index("# term of an init entry")

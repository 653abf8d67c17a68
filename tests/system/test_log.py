# SPDX-License-Identifier: BSD-3-Clause
"""The log of a running image: thresholds, replay of the boot, levels of single libraries, no log at all."""
import re
import subprocess

import guest
import pytest

LINE = re.compile(r"^\[ *\d+\.\d{6}\] (CRIT|ERR: |Warn:|Info:|dbg: ) \[[\w-]+\] .*$", re.M)


@pytest.mark.parametrize("target", guest.TARGETS)
def test_default_boot_says_nothing(target):
    console, status = guest.run(target, "format_as")
    assert status == 0 and not LINE.search(console), console


@pytest.mark.parametrize("target", guest.TARGETS)
def test_log_level_shows_the_boot_from_its_first_line(target):
    console, status = guest.run(target, "format_as", "log.level=info")
    assert status == 0
    first = LINE.search(console)
    assert first and first[0].startswith("[    0.000000] Info: [ukboot] ") and "RAM" in first[0], console
    assert console.index(first[0]) < console.index("TAP version")


@pytest.mark.parametrize("target", guest.TARGETS)
def test_time_on_lines_starts_near_zero_and_ascends(target):
    console, _ = guest.run(target, "crash:log_then_crash", "log.level=info")
    times = [float(time) for time in re.findall(r"^\[ *(\d+\.\d{6})\]", console, re.M)]
    assert len(times) >= 3 and times == sorted(times) and times[-1] < 60, console


@pytest.mark.parametrize("target", guest.TARGETS)
def test_level_beyond_what_the_image_holds_is_said(target):
    console, _ = guest.run(target, "format_as", "log.level=debug")
    assert "this image holds no messages beyond level info" in console


@pytest.mark.parametrize("target", guest.TARGETS)
def test_none_silences_even_warnings(target):
    console, status = guest.run(target, "format_as", "log.level=none no.such=1")
    assert status == 0 and not LINE.search(console), console


def test_a_misspelt_library_or_level_is_an_error(tmp_path):
    done, _ = guest.configured(tmp_path, 'CONFIG_LIBUKPRINT_LEVELS="ukalocc=debug"')
    assert done.returncode != 0
    assert "LIBUKPRINT_LEVELS: there is no library 'ukalocc' (did you mean ukalloc?); this image has: " in done.stdout + done.stderr
    done, _ = guest.configured(tmp_path, 'CONFIG_LIBUKPRINT_LEVELS="ukalloc=loud"')
    assert done.returncode != 0
    assert "LIBUKPRINT_LEVELS: 'ukalloc=loud' is not <library>=none|" in done.stdout + done.stderr


def test_levels_of_single_libraries_are_compiled_in(tmp_path):
    done, image = guest.configured(tmp_path, 'CONFIG_LIBUKPRINT_LEVELS="ukboot=err,appguest=warn"')
    assert done.returncode == 0, done.stdout + done.stderr
    text = image.read_bytes()
    assert b"the last thing that was logged" not in text and b"a line without its end" in text
    run = subprocess.run([image, "log.level=info", "--", "format_as"], capture_output=True, text=True, check=False,
                         timeout=60)
    assert run.returncode == 0 and "[ukboot]" not in run.stdout + run.stderr

# SPDX-License-Identifier: BSD-3-Clause
"""Names of functions and source lines in the image (LIBUKDEBUG_SYMBOLS)."""
import os
import re
import subprocess

import guest

CALL = re.compile(r"^  #(\d+) image\+0x(\w+) (\S.*?)\+0x\w+(?: at (\S+):(\d+))?$", re.M)


def crash(image) -> str:
    done = subprocess.run([image, "crash:write_null"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in (134, -6), done.stdout + done.stderr
    return guest.report_of(done.stdout + done.stderr)


def test_a_report_names_its_calls_with_lines(tmp_path):
    done, image = guest.configured(tmp_path, "CONFIG_LIBUKDEBUG_SYMBOLS=y")
    assert done.returncode == 0, done.stdout + done.stderr
    calls = CALL.findall(crash(image))
    assert calls[0][2].endswith("write_null") and calls[0][3] == "tests/guest/crash.cpp", calls
    assert any(call[2] == "uk::boot" and call[3] == "lib/ukboot/boot_hw.cpp" for call in calls), calls
    # The same that the tools say of each address.
    base = int(re.search(r"^(\w+) \w uk_image_start$", subprocess.run(["nm", f"{image}.dbg"], capture_output=True, text=True,
                                                                     check=True).stdout, re.M)[1], 16)
    for number, offset, _, path, line in calls:
        at = base + int(offset, 16) - (number != "0")
        said = subprocess.run(["addr2line", "-e", f"{image}.dbg", hex(at)], capture_output=True, text=True, check=True).stdout
        assert re.sub(r" \(discriminator \d+\)", "", said.strip()).endswith(f"{path}:{line}"), (said, calls)
    # Nothing to do for the next make.
    done, _ = guest.configured(tmp_path, "CONFIG_LIBUKDEBUG_SYMBOLS=y")
    assert "up to date" in done.stdout, done.stdout


# It is linked twice, and with link-time optimization, in make check-all, all of it is compiled by both links.
LTO = "CONFIG_OPTIMIZE_LTO=y\n" if "UK_CHECK_ALL" in os.environ else ""
SMALL = {
    "Config.uk": "config APPPROBE\n\tbool\n\tdefault y\n\tselect LIBNOLIBC if !HAVE_LIBC\n",
    "Makefile.uk": "$(eval $(call addlib,appprobe))\nAPPPROBE_SRCS-y += $(APPPROBE_BASE)/main.c\n",
    "main.c": "int main(void) { *(volatile int*)8 = 1; return 0; }\n",
    "defconfigs/linuxu-x86_64": "CONFIG_LIBUKDEBUG_SYMBOLS=y\n# CONFIG_LIBUKDEBUG_SYMBOL_LINES is not set\n" + LTO}


def test_lines_may_be_left_out(tmp_path):
    calls = CALL.findall(crash(guest.build_probe(tmp_path, "linuxu-x86_64", SMALL)))
    assert any(call[2] == "_start" for call in calls) and not any(call[3] for call in calls), calls

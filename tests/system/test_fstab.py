# SPDX-License-Identifier: BSD-3-Clause
"""vfs.fstab= on the command line: what is right is mounted; what is wrong is said, and what to do, and nothing starts."""
import guest
import pytest

FORM = "(an entry is device:mountpoint:driver:flags:options:mkmp)"
WRONG = {
    ":/x:ranfs": "entry 1 ':/x:ranfs': driver 'ranfs' is not in this image; did you mean 'ramfs'? (drivers: ",
    ":/x:ramfs": "entry 1: the mount point '/x' is not there: ENOENT: a sixth field, mkmp, has it made",
    ":/proc/x:ramfs:::mkmp": "entry 1: the mount point '/proc/x' cannot be made: EROFS: what is mounted above it cannot be written",
    ":/x:ramfs:rp::mkmp": "entry 1 ':/x:ramfs:rp::mkmp': flags 'rp' is neither a number nor a flag; did you mean 'ro'?",
    ":/x:ramfs::size=x:mkmp": "entry 1: cannot mount '' at '/x': EINVAL (options of ramfs: size=64M (or 25%), nr_inodes=10k,",
    "x": f"entry 1 'x': mountpoint '' does not begin with '/' {FORM}",
    ":/x:ramfs:::mkmk": f"entry 1 ':/x:ramfs:::mkmk': mkmp 'mkmk' is not 'mkmp' {FORM}",
    '" ":x:ramfs': f"entry 2 ':x:ramfs': mountpoint 'x' does not begin with '/' {FORM}",
}
CHEAP = ["linuxu-x86_64", "kvm-x86_64"]


def start(target, entries):
    return guest.run(target, "format_as", f"vfs.fstab=[ {entries} ]")


@pytest.mark.parametrize("target, entry", [(CHEAP[0], one) for one in WRONG] + [(CHEAP[1], next(iter(WRONG)))])
def test_what_is_wrong_is_said(target, entry):
    first = ":/ok:ramfs:::mkmp" if entry.startswith('"') else ""
    console, status = start(target, f'"{first}{entry}"')
    assert f"ERR:  [ukvfs] vfs.fstab, {WRONG[entry]}" in console and status == 126, console
    assert "init 'vfs automount' failed" in console and "TAP version" not in console


@pytest.mark.parametrize("target", CHEAP)
def test_a_list_without_an_end(target):
    console, status = guest.run(target, "format_as", 'vfs.fstab=[ ":/x:ramfs:::mkmp"')
    assert "vfs.fstab=[: the list has no end: write vfs.fstab=[ a b ], with a blank before the last bracket" in console
    assert status == 126 and "TAP version" not in console


@pytest.mark.parametrize("target", CHEAP)
def test_what_is_right_is_mounted(target):
    console, status = guest.run(target, "fstab", 'vfs.fstab=[ ":/one/two:ramfs:ro:size=1M,mode=711:mkmp" ":/three:procfs:::mkmp" ]')
    assert status == 0 and "ok 1 - posix_vfs.fstab_is_mounted" in console, console

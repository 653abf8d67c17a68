# SPDX-License-Identifier: BSD-3-Clause
"""The frame allocator that is not the default owns an image's memory as well."""
import subprocess

import guest


def test_region_runs_all_guest_tests(tmp_path):
    done, image = guest.configured(tmp_path, "CONFIG_UKFALLOC_DEFAULT_REGION=y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"RegionFrameAllocator" in (image.parent / (image.name + ".dbg")).read_bytes()
    ran = subprocess.run([image], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "ukfalloc.all_frames_can_be_taken_and_come_back" in ran.stdout

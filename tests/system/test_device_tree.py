# SPDX-License-Identifier: BSD-3-Clause
"""QEMU's own device trees, read by drivers/devicetree: what it finds, and the same found by libfdt."""
import os
import shutil
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QEMU = "qemu-system-aarch64"

pytestmark = pytest.mark.skipif(not shutil.which(QEMU), reason=f"{QEMU} is not installed")


@pytest.fixture(scope="session", name="reader")
def fixture_reader():
    """The host test's binary, which describes the tree in UK_TREE."""
    done = subprocess.run(["tests/host/run", "--variants", "clang-asan", "drivers/devicetree"], cwd=ROOT,
                          capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return os.path.join(ROOT, "build/host/clang-asan/drivers/devicetree/test")


def describe(reader, folder, machine, *more):
    tree = str(folder / "machine.dtb")
    subprocess.run([QEMU, "-M", f"{machine},dumpdtb={tree}", "-display", "none", *more], check=True, timeout=60,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = subprocess.run([reader, "--gtest_filter=Machine.*"], env={**os.environ, "UK_TREE": tree}, check=False,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line and not line.startswith("["))


GIC2 = "arm,cortex-a15-gic 8000000+10000 8010000+10000"
GIC3 = "arm,gic-v3 8000000+10000 80a0000+f60000"


@pytest.mark.parametrize("version, gic", [("2", GIC2), ("3", GIC3)])
def test_virt(reader, tmp_path, version, gic):
    found = describe(reader, tmp_path, f"virt,gic-version={version}", "-cpu", "cortex-a72", "-m", "64", "-append", "one two",
                     "-kernel", "/dev/null")
    assert found["memory"] == "40000000+4000000"
    assert found["line"] == "one two"
    assert found["console"] == "arm,pl011 9000000+1000 irq3=0,1,4"
    assert found["gic"].startswith(gic)
    assert found["timer"].startswith("arm,armv8-timer irq3=1,d,")
    assert found["clock"].startswith("arm,pl031 9010000+1000")
    assert found["psci"] == "hvc"


def test_virt_with_hypervisor_mode(reader, tmp_path):
    """A machine that starts at EL2 is called by SMC."""
    found = describe(reader, tmp_path, "virt,virtualization=on,gic-version=2", "-cpu", "max")
    assert found["psci"] == "smc"
    assert found["gic"] == GIC2 + " 8030000+10000 8040000+10000 irq3=1,9,4"


def test_virt_with_several_memory_nodes(reader, tmp_path):
    found = describe(reader, tmp_path, "virt", "-cpu", "max", "-smp", "4", "-m", "512",
                     "-object", "memory-backend-ram,id=a,size=384M", "-object", "memory-backend-ram,id=b,size=128M",
                     "-numa", "node,memdev=a", "-numa", "node,memdev=b")
    assert sorted(found["memory"].split()) == ["40000000+18000000", "58000000+8000000"]


def test_virt_with_much_memory(reader, tmp_path):
    assert describe(reader, tmp_path, "virt", "-cpu", "max", "-m", "8G")["memory"] == "40000000+200000000"

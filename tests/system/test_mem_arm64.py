# SPDX-License-Identifier: BSD-3-Clause
"""memcpy, memmove and memset of arm64 under the suite that those of every processor pass. It runs with the host's C
library, whose protected pages show every byte read or written outside, under emulation where the host is no arm64."""
import os
import subprocess

from guest import EMULATOR, ROOT

COMPILER = "g++" if os.uname().machine == "aarch64" else "aarch64-linux-gnu-g++"
GTEST = "/usr/src/googletest/googletest"
SUITE = os.path.join(ROOT, "lib/base/arch/x86_64/tests/mem_test.cpp")  # nothing of x86 in it


def test_the_suite_of_memory_functions(tmp_path):
    objects = []
    for name in ("memmove", "memset"):
        objects.append(str(tmp_path / f"{name}.o"))
        subprocess.run([COMPILER, "-c", *(f"-D{word}=uk_arch_{word}" for word in ("memcpy", "memmove", "memset")),
                        os.path.join(ROOT, "lib/base/arch/arm64", f"{name}.S"), "-o", objects[-1]], check=True)
    program = str(tmp_path / "mem_test")
    subprocess.run([COMPILER, "-O0", "-w", "-static", f"-I{ROOT}", f"-I{GTEST}", f"-I{GTEST}/include", "-o", program, SUITE,
                    *objects, f"{GTEST}/src/gtest-all.cc", f"{GTEST}/src/gtest_main.cc"], check=True)
    said = subprocess.run([*EMULATOR.get("linuxu-arm64", []), program], capture_output=True, text=True, timeout=120,
                          check=False)
    assert said.returncode == 0 and "[  PASSED  ] 4 tests." in said.stdout, said.stdout[-2000:] + said.stderr

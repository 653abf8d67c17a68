# SPDX-License-Identifier: BSD-3-Clause
"""check_layers: passes a lawful tree and finds each kind of trespass."""
import check_layers
import pytest
from conftest import texts

GOOD = {
    "lib/base/Makefile.uk": "$(eval $(call addlib,libbase))\nLIBBASE_FLOOR := base\nLIBBASE_NEEDS :=\n",
    "lib/base/include/uk/base/list.hpp": "#pragma once\n#include <cstddef>\n",
    "lib/hal/Makefile.uk": "LIBHAL_FLOOR := hal\nLIBHAL_NEEDS := base\n",
    "lib/hal/include/uk/hal/cpu.hpp": "#include <uk/base/list.hpp>\n#include <uk/hal_arch/cpu.hpp>\n",
    "lib/ukalloc/Makefile.uk": "LIBUKALLOC_FLOOR := core\nLIBUKALLOC_NEEDS := base\n",
    "lib/ukalloc/include/uk/alloc.hpp": "#include <uk/base/list.hpp>\n#include <uk/config.hpp>\n",
    "lib/ukalloc/heap.cpp": '#include <uk/alloc.hpp>\n#include "private.hpp"\n',
    "lib/ukalloc/private.hpp": "// asm(\"nop\") in a comment and __x86_64__ too\n",
    "lib/ukalloc/tests/heap_test.cpp": "#include <uk/hal/cpu.hpp>\n#include <uk/fakes/log.hpp>\n",
    "drivers/uart/ns16550/Makefile.uk": "LIBNS16550_FLOOR := chip\nLIBNS16550_NEEDS := hal\n",
    "drivers/uart/ns16550/include/uk/uart/ns16550.hpp": "#include <uk/hal/cpu.hpp>\n",
    "arch/x86_64/Makefile.uk": "ARCH_X86_64_FLOOR := arch\nARCH_X86_64_NEEDS := base\n",
    "arch/x86_64/include/uk/hal_arch/cpu.hpp": '#include <uk/base/list.hpp>\ninline void f() { asm volatile("nop"); }\n',
    "plat/kvm/Makefile.uk": "LIBKVMPLAT_FLOOR := plat\nLIBKVMPLAT_NEEDS := ns16550 x86_64\n",
    "plat/kvm/start.cpp": "#include <uk/uart/ns16550.hpp>\n#include <uk/hal_arch/cpu.hpp>\n",
}


def test_lawful_tree_passes(tree):
    assert check_layers.check(tree(GOOD)) == []


@pytest.mark.parametrize("name, text, expected", [
    ("lib/base/bad.cpp", "#include <uk/alloc.hpp>\n", "does not stand below lib/base"),
    ("lib/ukalloc/bad.cpp", "#include <uk/hal/cpu.hpp>\n", "which LIBUKALLOC_NEEDS in lib/ukalloc/Makefile.uk does not name"),
    ("lib/ukalloc/bad.cpp", "#include <uk/nowhere.hpp>\n", "no library has the header <uk/nowhere.hpp>"),
    ("lib/ukalloc/bad.cpp", "#include <uk/hal_arch/cpu.hpp>\n", "belongs to the architecture or platform"),
    ("lib/ukalloc/bad.cpp", '#include "../base/secret.hpp"\n', 'no file "../base/secret.hpp"'),
    ("lib/base/secret.cpp", '#include "../ukalloc/private.hpp"\n', "private header of another folder"),
    ("lib/ukalloc/bad.cpp", "#include <algorithm>\n", "<algorithm> needs a C library"),
    ("lib/ukalloc/bad.cpp", "#ifdef __x86_64__\n#endif\n", "must not depend on architecture"),
    ("lib/ukalloc/bad.cpp", "#if defined(CONFIG_PLAT_KVM)\n#endif\n", "must not depend on architecture"),
    ("lib/ukalloc/bad.cpp", "bool b = uk::cfg::plat_kvm;\n", "must not depend on architecture"),
    ("lib/ukalloc/bad.cpp", 'void f() { asm volatile("nop"); }\n', "assembly belongs in"),
    ("drivers/uart/ns16550/bad.cpp", "#include <uk/alloc.hpp>\n", "does not stand below"),
    ("arch/x86_64/bad.cpp", "#include <uk/alloc.hpp>\n", "does not stand below"),
    ("lib/loose/bad.cpp", "int x;\n", "belongs to no library"),
])
def test_trespass_is_found(tree, name, text, expected):
    findings = check_layers.check(tree({**GOOD, name: text}))
    assert expected in texts(findings)
    assert all(finding.path == name for finding in findings)


def test_nobody_includes_plat(tree):
    files = {**GOOD, "plat/kvm/include/uk/kvm.hpp": "", "lib/ukalloc/bad.cpp": "#include <uk/kvm.hpp>\n",
             "lib/ukalloc/Makefile.uk": GOOD["lib/ukalloc/Makefile.uk"] + "LIBUKALLOC_NEEDS += kvm\n"}
    assert "does not stand below lib/ukalloc" in texts(check_layers.check(tree(files)))


def test_needs_must_exist_and_be_used(tree):
    files = {**GOOD, "lib/ukalloc/Makefile.uk": "LIBUKALLOC_FLOOR := core\nLIBUKALLOC_NEEDS := base hal nolib\n"}
    found = texts(check_layers.check(tree(files)))
    assert "names 'nolib', which is no library" in found
    assert "names 'hal', but no header of it is included" in found


def test_floor_must_be_known(tree):
    files = {**GOOD, "lib/base/Makefile.uk": "LIBBASE_FLOOR := cellar\nLIBBASE_NEEDS :=\n"}
    assert "LIBBASE_FLOOR is 'cellar'" in texts(check_layers.check(tree(files)))


def test_circle_on_one_floor(tree):
    files = {
        "lib/a/Makefile.uk": "LIBA_FLOOR := core\nLIBA_NEEDS := b\n", "lib/a/include/uk/a.hpp": "#include <uk/b.hpp>\n",
        "lib/b/Makefile.uk": "LIBB_FLOOR := core\nLIBB_NEEDS := a\n", "lib/b/include/uk/b.hpp": "#include <uk/a.hpp>\n",
    }
    assert "needs in a circle: a > b > a" in texts(check_layers.check(tree(files)))


def test_assembly_is_allowed_where_hardware_is(tree):
    code = 'void f() { asm volatile("nop"); }\n'
    files = {**GOOD, "lib/ukalloc/tick_hw.cpp": code, "lib/ukalloc/x86_64/copy.S": "nop\n",
             "lib/ukalloc/hide.cpp": 'void f(int v) { asm("" : "+r"(v)); }\n'}
    assert check_layers.check(tree(files)) == []

# SPDX-License-Identifier: BSD-3-Clause
"""check_budget: a port that grows too large is found, and a contract too many."""
import check_budget
import pytest
from conftest import texts

HEADERS = "lib/hal/include/uk/hal/"


def header(words):
    return f"// SPDX-License-Identifier: BSD-3-Clause\n// {words}: something.\n"


def found(tree, files):
    return texts(check_budget.check(tree(files)))


def test_a_small_port_is_good(tree):
    assert found(tree, {
        "arch/a/boot/entry.S": "x\n" * 1200,
        "arch/a/layout.h": "x\n" * 800,
        "plat/p/start.cpp": "x\n" * 600,
        "plat/p/a/start.cpp": "x\n" * 400,
        HEADERS + "cpu.hpp": header("Architecture contract 1 of 8"),
        HEADERS + "irq.hpp": header("Architecture contract 8 of 8"),
        HEADERS + "clock.hpp": header("Platform contract 1 of 6"),
        "lib/hal/README.md": "no contract\n",
    }) == ""


def test_what_does_not_count(tree):
    long = "x\n" * 3000
    assert found(tree, {f"{folder}/{name}": long for folder in ("arch/a", "plat/p", "arch/a/mem", "plat/p/a")
                        for name in ("README.md", "Config.uk", "Makefile.uk", "tests/a_test.cpp", "tests/more/b.hpp")}) == ""


def test_one_line_too_many_in_an_architecture(tree):
    assert "arch/a: 2,001 lines; at most 2,000" in found(tree, {"arch/a/x.S": "x\n" * 2000, "arch/a/include/uk/y.h": "x\n",
                                                                "arch/b/x.S": "x\n" * 2000})


@pytest.mark.parametrize("generic, a, b, total", [(600, 401, 0, "1,001 lines with a"), (600, 100, 450, "1,050 lines with b"),
                                                  (1001, 0, 0, "1,001 lines")])
def test_a_platform_counts_its_largest_architecture(tree, generic, a, b, total):
    text = found(tree, {"arch/a/x.S": "", "arch/b/x.S": "", "plat/p/tests.cpp": "x\n" * (generic - 50),
                        "plat/p/include/uk/x.hpp": "x\n" * 50, "plat/p/a/x.cpp": "x\n" * a, "plat/p/b/x.cpp": "x\n" * b})
    assert f"plat/p: {total}" in text, text


def test_several_cpus_count_apart(tree):
    assert found(tree, {"arch/a/x.S": "x\n" * 2000, "arch/a/smp/x.S": "x\n" * 400, "arch/a/smp/include/uk/x.hpp": "x\n" * 100,
                        "plat/p/a/x.cpp": "x\n" * 1000, "plat/p/a/smp/x.cpp": "x\n" * 500, "plat/p/b/smp/x.cpp": "x\n" * 500}) == ""
    assert "arch/c: 501 lines for several CPUs" in found(tree, {"arch/c/smp/x.S": "x\n" * 501})
    assert "plat/q: 501 lines for several CPUs" in found(tree, {"plat/q/a/smp/x.cpp": "x\n" * 501})


def test_architectures_of_a_platform_are_not_added_up(tree):
    assert found(tree, {"arch/a/x.S": "", "arch/b/x.S": "", "plat/p/x.cpp": "x\n" * 500, "plat/p/a/x.cpp": "x\n" * 500,
                        "plat/p/b/x.cpp": "x\n" * 500}) == ""


@pytest.mark.parametrize("words, finding", [
    ("What a platform does", "say first which contract this is"),
    ("Machine contract 1 of 6", "say first which contract this is"),
    ("Platform contract 7 of 7", "at most 6"),
    ("Platform contract 7 of 6", "at most 6"),
    ("Platform contract 0 of 6", "at most 6"),
    ("Architecture contract 9 of 9", "at most 8"),
    ("Platform contract 1 of 6", f"is {HEADERS}a.hpp already"),
])
def test_a_contract_too_many(tree, words, finding):
    text = found(tree, {HEADERS + "a.hpp": header("Platform contract 1 of 6"), HEADERS + "b.hpp": header(words)})
    assert finding in text and f"{HEADERS}b.hpp:2" in text and len(text.splitlines()) == 1

# SPDX-License-Identifier: BSD-3-Clause
"""check_length: long files and long functions are found, whatever the code around them looks like."""
import check_length
import gatelib
import pytest
from conftest import texts

BODY = "    step();\n" * 62
SHORT = "    step();\n" * 5


def lengths(code):
    return [length for _, length in check_length.c_functions(code)]


@pytest.mark.parametrize("head", [
    "int f(int a)",
    "static void C::method(int a, char b) const noexcept",
    "template <class T>\nauto f(T t) -> Result<T*>",
    "Thing::Thing(int a) : a_(a), b_{a}, c_(f(a))",
    "extern \"C\" int f(void)",
    "bool operator()(int a) const&",
    "void f(const char* s = \"}{\", char c = '{')",
    "void f() requires Foo<T>",
    "TEST(Suite, Name)",
    "UK_TEST(name)",
    "[[gnu::noinline]] void f(int (*g)(int))",
])
def test_function_is_measured(head):
    assert lengths(head + " {\n" + BODY + "}\n") == [64 + head.count("\n")]
    assert lengths("namespace uk {\nclass C {\n" + head + "\n{\n" + SHORT + "}\n};\n}\n") == [8 + head.count("\n")]


@pytest.mark.parametrize("code", [
    "constexpr int kTable[] = {\n" + "    1,\n" * 100 + "};\n",
    "enum class E : int {\n" + "    a,\n" * 100 + "};\n",
    "struct S final : Base<int> {\n" + "    int a;\n" * 100 + "};\n",
    "namespace uk {\n" + "int x;\n" * 100 + "}\n",
    "extern \"C\" {\n" + "int f(int);\n" * 100 + "}\n",
    "/* void f() {" + "\n" * 100 + "} */\n",
    "const char* s = R\"(void f() {" + "\n" * 100 + "})\";\n",
])
def test_tables_and_types_are_no_functions(code):
    assert lengths(code) == []


def test_two_functions_are_two():
    assert lengths("void f() {\n" + SHORT + "}\n\nvoid g() {\n" + SHORT + "}\n") == [7, 7]
    assert lengths("void f() {\n    if (x) {\n    }\n    auto g = [](int a) {\n    };\n}\nvoid h() {\n}\n") == [6, 2]


def test_conditional_branches_do_not_unbalance():
    code = "#if A\nvoid f(int a) {\n#else\nvoid f() {\n#endif\n" + SHORT + "}\nvoid g() {\n}\n"
    assert lengths(code) == [10, 2]


def test_limits(tree):
    root = tree({
        "lib/x/long.cpp": "int x;\n" * 501, "lib/x/fits.cpp": "int x;\n" * 500,
        "lib/x/function.cpp": "void f() {\n" + BODY + "}\n",
        "support/tool.py": "def f():\n" + "    x = 1\n" * 61,
        "support/fine.py": "def f():\n" + "    x = 1\n" * 59,
    })
    assert texts(check_length.check(root)) == "\n".join([
        "lib/x/function.cpp:1: function of 64 lines; at most 60",
        "lib/x/long.cpp: 501 lines; at most 500: split it",
        "support/tool.py:1: function of 62 lines; at most 60"])


def test_this_tree_is_read():
    assert any(name.endswith("gatelib.py") for name in gatelib.files(gatelib.ROOT, ".py"))

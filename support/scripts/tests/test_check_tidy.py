# SPDX-License-Identifier: BSD-3-Clause
"""Units of the gate tidy: which files share one, where a finding in one is, and how one comes apart."""
import check_tidy


def tree(tmp_path, files: dict) -> str:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path)


def test_a_place_in_a_unit_is_that_of_its_file(tmp_path):
    names = [f"lib/one/{name}.cpp" for name in "abc"]
    root = tree(tmp_path, dict(zip(names, ["int a;\n", "\n\nint b;\n", "\nint c;\n"])))
    check_tidy.os.makedirs(tmp_path / check_tidy.UNITS)
    unit = check_tidy.write_unit(root, names)
    lines = (tmp_path / unit).read_text(encoding="utf-8").split("\n")
    for name, line, text in ((names[0], 1, "int a;"), (names[1], 3, "int b;"), (names[2], 2, "int c;")):
        assert check_tidy.source_of(root, names, str(tmp_path / unit), unit, lines.index(text) + 1) == (name, line)
    assert check_tidy.source_of(root, names, str(tmp_path / "lib/x.hpp"), unit, 7) == ("lib/x.hpp", 7)


def test_files_that_are_named_are_looked_at_apart():
    assert check_tidy.apart(["a", "b", "c"], {"b"}) == (["a", "c"], ["b"])
    assert check_tidy.apart(["a", "b", "c"], {"a", "b", "c"}) == (["a"], ["b", "c"])
    assert check_tidy.apart(["a", "b"], {"x.hpp"}) == (["a"], ["b"])


def test_headers_of_one_name_do_not_meet(tmp_path, monkeypatch):
    files = {f"lib/{name}/{file}": "" for name in ("one", "three", "two") for file in ("Makefile.uk", "a.cpp", "b.cpp")}
    root = tree(tmp_path, {**files, "lib/one/names.hpp": "", "lib/two/names.hpp": "", "lib/three/other.hpp": ""})
    monkeypatch.setattr(check_tidy, "sources", lambda _: sorted(name for name in files if name.endswith(".cpp")))
    monkeypatch.setattr(check_tidy.kernel_compile, "shared_options", lambda *_: [])
    assert check_tidy.units(root) == [["lib/one/a.cpp", "lib/one/b.cpp", "lib/three/a.cpp", "lib/three/b.cpp"],
                                      ["lib/two/a.cpp", "lib/two/b.cpp"]]

# SPDX-License-Identifier: BSD-3-Clause
"""CONTRIBUTING.md and README.md are true: files, links, commands and parts of the check that they name exist."""
import os
import re
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = ["CONTRIBUTING.md", "README.md", "tests/bench/README.md", "tests/bench/linux/README.md"]


def read(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        return file.read()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", read(page)):
        assert os.path.exists(os.path.join(ROOT, os.path.dirname(page), target)), target


@pytest.mark.parametrize("page", PAGES)
def test_named_files_exist(page):
    for name in re.findall(r"(?<![\w/.-])((?:support|tests|docs|lib|apps|arch|plat|drivers)/[\w./-]*\w)", read(page)):
        if re.search(r"(?:^|/)[xy](?:_|/|$)|corpus", name):  # lib/x, y_test.cpp: placeholders
            continue
        assert os.path.exists(os.path.join(ROOT, name)), name


@pytest.mark.parametrize("page", PAGES)
def test_make_words_are_commands(page):
    words = set(subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
    for line in re.findall(r"^make (.*?)(?:#.*)?$", read(page), re.M):
        for word in line.split():
            assert "=" in word or word in words or word + ":" in words, f"make {line}"


def test_parts_of_the_check_exist():
    for pattern in re.findall(r"FILTER=([\w/]+)", read("CONTRIBUTING.md")):
        done = subprocess.run(["tests/check", "--list", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and done.stdout.strip(), pattern


def test_every_gate_is_in_the_guide():
    table = read("CONTRIBUTING.md").split("## Gates")[1].split("## How")[0]
    for name in os.listdir(os.path.join(ROOT, "support/scripts")):
        if name.startswith("check_") and name.endswith(".py"):
            assert name.removeprefix("check_").removesuffix(".py") in table, name


def test_floors_are_those_of_the_gate():
    code = read("support/scripts/check_layers.py")
    floors = re.findall(r'"(\w+)"', re.search(r"^FLOORS = \[(.*)\]", code, re.M).group(1))
    assert " < ".join(floors) in read("CONTRIBUTING.md")

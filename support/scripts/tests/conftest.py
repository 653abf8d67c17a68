# SPDX-License-Identifier: BSD-3-Clause
"""Helpers of the gates' tests: a small tree made from a dictionary."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.fixture
def tree(tmp_path):
    """tree({"path": "text"}) writes the files and returns the folder."""
    def make(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return str(tmp_path)
    return make


def texts(findings):
    return "\n".join(str(finding) for finding in findings)

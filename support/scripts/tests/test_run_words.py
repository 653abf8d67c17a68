# SPDX-License-Identifier: BSD-3-Clause
"""ARGS= and PARAMS= of `make run` for machines: what the image could only take apart wrongly is refused."""
import os
import sys

import gatelib
import pytest

sys.path.insert(0, os.path.join(gatelib.ROOT, "support/run"))
import machine  # noqa: E402
import qemu  # noqa: E402


@pytest.mark.parametrize("name", ["ARGS", "PARAMS"])
@pytest.mark.parametrize("text,hint", [("it's", ': {}="\\"it\'s\\""'), ('say "a b', ": {}=\"'say \\\"a b'\""), ("'a' \"", "")])
def test_an_open_quotation_is_refused(monkeypatch, name, text, hint):
    monkeypatch.setenv(name, text)
    with pytest.raises(machine.Problem) as problem:
        qemu.check_variables({"pc": "pc"})
    assert str(problem.value).startswith(f"error: {name}={text}: the quotation mark ")
    assert str(problem.value).endswith(f"those of the other kind keep this one{hint.format(name)}")


@pytest.mark.parametrize("text", ["", "one two", "'a b' \"c d\"", "\"it's\"", "'say \"'"])
def test_what_is_closed_passes(monkeypatch, text):
    monkeypatch.setenv("ARGS", text)
    qemu.check_variables({"pc": "pc"})

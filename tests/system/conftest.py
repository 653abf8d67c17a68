# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures that any system test can ask for."""
from networks import namespace_fixture, wire_fixture  # noqa: F401  (pytest looks for them here)

# SPDX-License-Identifier: BSD-3-Clause
"""Refuses configurations that do not mean what they say."""


def check_parse_warnings(ctx, kconf):
    pass


def check(ctx, kconf, origin, lenient):
    pass

# SPDX-License-Identifier: BSD-3-Clause
# How the C library is tested beside the host's own: see tests/README.md.
HOST_PRIVATE := y

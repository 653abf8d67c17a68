# SPDX-License-Identifier: BSD-3-Clause
# Devices of several threads add, another takes.
HOST_TSAN := y

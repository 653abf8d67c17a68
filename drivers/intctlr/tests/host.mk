# SPDX-License-Identifier: BSD-3-Clause
# Interrupts come while threads attach and detach.
HOST_TSAN := y

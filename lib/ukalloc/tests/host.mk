# SPDX-License-Identifier: BSD-3-Clause
# Threads share heaps.
HOST_TSAN := y

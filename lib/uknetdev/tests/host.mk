# SPDX-License-Identifier: BSD-3-Clause
# Buffers come back from any thread.
HOST_TSAN := y

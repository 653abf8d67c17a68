# SPDX-License-Identifier: BSD-3-Clause
# A device is another thread.
HOST_TSAN := y

# SPDX-License-Identifier: BSD-3-Clause
# Several threads count at once.
HOST_TSAN := y

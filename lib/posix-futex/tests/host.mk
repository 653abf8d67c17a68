# SPDX-License-Identifier: BSD-3-Clause
# The table is for several CPUs.
HOST_TSAN := y

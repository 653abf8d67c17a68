# SPDX-License-Identifier: BSD-3-Clause
# The direct map's lock is for several CPUs.
HOST_TSAN := y

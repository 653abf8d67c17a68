# SPDX-License-Identifier: BSD-3-Clause
# Locks are for several CPUs.
HOST_TSAN := y

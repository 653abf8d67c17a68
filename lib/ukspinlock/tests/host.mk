# SPDX-License-Identifier: BSD-3-Clause
# Locks are for several threads at once.
HOST_TSAN := y

# SPDX-License-Identifier: BSD-3-Clause
# Timers are started and cancelled by all CPUs.
HOST_TSAN := y

# SPDX-License-Identifier: BSD-3-Clause
# Several CPUs share the run queues.
HOST_TSAN := y

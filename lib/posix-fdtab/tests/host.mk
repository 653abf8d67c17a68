# SPDX-License-Identifier: BSD-3-Clause
# All threads of a program share its descriptors.
HOST_TSAN := y

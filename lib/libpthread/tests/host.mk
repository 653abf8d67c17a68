# SPDX-License-Identifier: BSD-3-Clause
# Its headers are named as those of the host: only the pure parts are tested there.
HOST_PRIVATE := y
HOST_TSAN := y

# SPDX-License-Identifier: BSD-3-Clause
# operator new and delete would take the place of the host's, and of the sanitizers'.
HOST_PRIVATE := y
HOST_TSAN := y

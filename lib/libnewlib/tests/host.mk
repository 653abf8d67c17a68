# SPDX-License-Identifier: BSD-3-Clause
# Only what is pure is tested here (complex, decimal, iconv, quad, users): everything else needs newlib's headers.
HOST_PRIVATE := y

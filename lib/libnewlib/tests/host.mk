# SPDX-License-Identifier: BSD-3-Clause
# Only the arithmetic of quad.hpp and complex.hpp is tested here: everything else needs newlib's headers.
HOST_PRIVATE := y

// SPDX-License-Identifier: BSD-3-Clause
// Private: what the parts of the glue share.
#pragma once

namespace newlib {

// Sizes of numbers that mprec keeps free lists of (_Kmax of newlib's mprec.h).
inline constexpr int kBigintSizes = 15;

/// The calling thread holds memory that newlib keeps for it: give that back when the thread ends.
void keep_for_thread();

} // namespace newlib

// SPDX-License-Identifier: BSD-3-Clause
// Controls the frames of host tests that have no frame allocator of their own: pages of the host's
// malloc, at the addresses where they are.
#pragma once

#include <cstddef>

namespace uk::fakes {

// Fails the k-th request from now on (counted from 1), once. 0 = none.
void frames_fail_at(size_t k);
bool frames_failed();
// Frames that are taken and not given back.
size_t frames_live();

} // namespace uk::fakes

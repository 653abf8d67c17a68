// SPDX-License-Identifier: BSD-3-Clause
// Controls the default heap of host tests, which is the host's malloc: sanitizers see every block.
#pragma once

#include <cstddef>

namespace uk::fakes {

// Fails the k-th allocation from now on (counted from 1; a moving or growing reallocate counts),
// once. 0 = none. For sweeps: repeat with k = 1, 2, ... until heap_failed() says no.
void heap_fail_at(size_t k);
bool heap_failed();
// Blocks that are allocated and not freed.
size_t heap_live_blocks();

} // namespace uk::fakes

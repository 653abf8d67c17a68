// SPDX-License-Identifier: BSD-3-Clause
// Pools under the locks of this image.
#include "basic_pool.hpp"

namespace uk::netdev {

template class BasicPool<Spinlock<LockRank::cache>>;

} // namespace uk::netdev

// SPDX-License-Identifier: BSD-3-Clause
// The image's list of caches that are asked before a request for frames fails.
#include <uk/falloc/reclaim.hpp>

namespace uk {

template class BasicReclaimList<KernelLocks>;

namespace {
constinit ReclaimList g_caches;
}

ReclaimList& falloc::reclaim_list() {
    return g_caches;
}

} // namespace uk

// SPDX-License-Identifier: BSD-3-Clause
// ReclaimList: who is asked for frames before a request fails.
#include <uk/falloc/reclaim.hpp>

namespace uk {

namespace {
constinit ReclaimList g_caches;
}

ReclaimList& falloc::reclaim_list() {
    return g_caches;
}

Result<> ReclaimList::add(Reclaimer& cache) {
    if (cache.node_.is_linked())
        return Errno::exist;
    caches_.push_back(cache);
    return ok();
}

Result<> ReclaimList::remove(Reclaimer& cache) {
    if (!cache.node_.is_linked())
        return Errno::noent;
    caches_.erase(cache);
    return ok();
}

size_t ReclaimList::ask(size_t bytes) {
    if (asking_)
        return 0;
    asking_ = true;
    size_t total = 0;
    for (Reclaimer* cache = caches_.front(); cache && total < bytes;) {
        Reclaimer* next = caches_.next(*cache);
        total += cache->reclaim(bytes - total);
        cache = next;
    }
    asking_ = false;
    return total;
}

} // namespace uk

// SPDX-License-Identifier: BSD-3-Clause
// HeapRegistry: the list of heaps that want to be seen.
#include <uk/alloc/interface.hpp>

namespace uk {

Result<> HeapRegistry::add(Heap& heap) {
    LockGuard guard(lock_);
    for (Heap* other = first_; other; other = other->next_registered_)
        if (other == &heap)
            return Errno::exist;
    heap.next_registered_ = first_;
    first_ = &heap;
    return ok();
}

Result<> HeapRegistry::remove(Heap& heap) {
    LockGuard guard(lock_);
    for (Heap** link = &first_; *link; link = &(*link)->next_registered_) {
        if (*link == &heap) {
            *link = heap.next_registered_;
            heap.next_registered_ = nullptr;
            return ok();
        }
    }
    return Errno::noent;
}

} // namespace uk

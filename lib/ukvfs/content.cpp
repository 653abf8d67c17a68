// SPDX-License-Identifier: BSD-3-Clause
// Sizes of files, and their way to the disk.
#include <uk/abi/fcntl.h>
#include <uk/vfs/operations.hpp>

#include "node_state.hpp"

namespace uk::vfs {

namespace {

// work(node) with the lock of a node that may be written.
template <class Work>
Result<> change_content(const Place& place, Work work) {
    UK_TRY(place.mount->begin_writing());
    Node& node = *place.node;
    Result<> done;
    {
        LockGuard guard(node.lock());
        done = work(node);
        if (done.ok())
            NodeState::changed(node);
    }
    place.mount->end_writing();
    return done;
}

} // namespace

Result<> resize(const Place& place, int64_t size) {
    if (place.node->is_directory())
        return Errno::isdir;
    if (size < 0 || place.node->kind() != NodeKind::regular)
        return Errno::inval;
    return change_content(place,
                          [&](Node& node) { return node.resize(static_cast<uint64_t>(size)); });
}

Result<> allocate(const Place& place, int mode, int64_t offset, int64_t size) {
    constexpr int kOne = UK_FALLOC_FL_PUNCH_HOLE | UK_FALLOC_FL_ZERO_RANGE |
                         UK_FALLOC_FL_COLLAPSE_RANGE | UK_FALLOC_FL_INSERT_RANGE |
                         UK_FALLOC_FL_UNSHARE_RANGE;
    if (offset < 0 || size <= 0)
        return Errno::inval;
    if ((mode & ~(kOne | UK_FALLOC_FL_KEEP_SIZE)) != 0 ||
        ((mode & kOne) & ((mode & kOne) - 1)) != 0)
        return Errno::opnotsupp;
    if ((mode & UK_FALLOC_FL_PUNCH_HOLE) != 0 && (mode & UK_FALLOC_FL_KEEP_SIZE) == 0)
        return Errno::opnotsupp;
    if (place.node->kind() == NodeKind::fifo)
        return Errno::spipe;
    if (place.node->is_directory())
        return Errno::isdir;
    if (place.node->kind() != NodeKind::regular)
        return Errno::nodev;
    if (offset > INT64_MAX - size)
        return Errno::fbig;
    return change_content(place, [&](Node& node) {
        return node.allocate(mode, static_cast<uint64_t>(offset), static_cast<uint64_t>(size));
    });
}

Result<> sync(const Place& place, bool data_only) {
    SharedGuard guard(place.node->lock());
    return place.node->sync(data_only);
}

Result<> sync_all(MountTable& table) {
    Result<> all;
    Ref<Mount> mount;
    for (uint32_t id = 0; (mount = table.next(id)); id = mount->id()) {
        Result<> done = mount->file_system().sync();
        if (!done.ok())
            all = done;
    }
    return all;
}

} // namespace uk::vfs

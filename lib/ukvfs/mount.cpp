// SPDX-License-Identifier: BSD-3-Clause
// A mount as an object; what stands where is the table's business.
#include <uk/vfs/mount.hpp>

#include <uk/abi/mount.h>
#include <uk/alloc/heap.hpp>

namespace uk::vfs {

Mount::Mount(Ref<FileSystem> file_system, Ref<Node> root, uint32_t flags, char* source)
    : flags_(flags), source_(source), file_system_(std::move(file_system)), root_(std::move(root)) {
}

bool Mount::read_only() const {
    return has(UK_MS_RDONLY) || file_system_->read_only();
}

// Against MountTable::remount(), which sets the flag and then looks at the number: one of the two
// sees the other.
Result<> Mount::begin_writing() {
    writers_.fetch_add_relaxed(1);
    fence_full();
    if (!read_only())
        return ok();
    end_writing();
    return Errno::rofs;
}

// Nodes go before their file system, what this stands on last.
void Mount::destroy() {
    Place on = std::move(on_);
    Ref<Node> folder = std::move(folder_);
    Ref<FileSystem> file_system = std::move(file_system_);
    root_.reset();
    char* source = source_;
    this->~Mount();
    heap::deallocate(source);
    heap::deallocate(this);
    folder.reset(); // before the mount that keeps its file system
    on.node.reset();
}

} // namespace uk::vfs

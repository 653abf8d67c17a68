// SPDX-License-Identifier: BSD-3-Clause
// What nodes and file systems do that bring nothing of their own.
#include <uk/vfs/file_system.hpp>
#include <uk/vfs/mount.hpp>
#include <uk/vfs/mount_table.hpp>
#include <uk/vfs/node.hpp>
#include <uk/vfs/open_node.hpp>
#include <uk/vfs/opener.hpp>

#include "file_locks.hpp"

namespace uk::vfs {

namespace {

constinit Atomic<uint32_t> g_devices{0};

} // namespace

// Major number 0, as all that have no device.
FileSystem::FileSystem(const char* name, bool read_only)
    : name_(name), device_(g_devices.fetch_add_relaxed(1) + 1), read_only_(read_only) {}

Node::~Node() {
    FileLocks::destroy(locks_.load_acquire());
}

namespace {

constinit MountTable g_mounts;

} // namespace

MountTable& mounts() {
    return g_mounts;
}

// Without knowledge of holes all is data, and the end a hole.
Result<uint64_t> Node::seek(uint64_t offset, bool hole) {
    if (!hole)
        return offset;
    Facts now;
    facts(now);
    return now.size;
}

Result<size_t> Node::get_attribute(Name /*name*/, std::span<std::byte> /*room*/) {
    return Errno::opnotsupp;
}

Result<> Node::set_attribute(Name /*name*/, std::span<const std::byte> /*value*/, int /*flags*/) {
    return Errno::opnotsupp;
}

Result<> Node::remove_attribute(Name /*name*/) {
    return Errno::opnotsupp;
}

Result<size_t> Node::list_attributes(std::span<char> /*room*/) {
    return Errno::opnotsupp;
}

Result<Ref<File>> Node::open(const Place& place, uint32_t flags) {
    if (kind_ == NodeKind::regular || kind_ == NodeKind::directory)
        return make_open_node<OpenNode>(place, flags);
    for (const Opener* opener : UK_SECTION_SPAN(uk_vfs_openers)) {
        if (opener->kind != kind_)
            continue;
        Result<Ref<File>> file = opener->open(place, flags);
        if (file.ok() || file.code() != Errno::nxio)
            return file;
    }
    return Errno::nxio;
}

} // namespace uk::vfs

// SPDX-License-Identifier: BSD-3-Clause
// What nodes are, and changes of that.
#include <uk/abi/mount.h>
#include <uk/abi/statfs.h>
#include <uk/abi/unistd.h>
#include <uk/string.h>
#include <uk/vfs/operations.hpp>

#include "node_state.hpp"

namespace uk::vfs {

namespace {

constexpr Moment kSecond = 1000 * 1000 * 1000;
constexpr uint64_t kBlock = 512; // of st_blocks

Facts facts_of(Node& node) {
    Facts facts;
    SharedGuard guard(node.lock());
    node.facts(facts);
    return facts;
}

// Rounds towards the past, so that nanoseconds are positive.
int64_t seconds(Moment moment) {
    return moment / kSecond - (moment % kSecond < 0 ? 1 : 0);
}
int64_t nanoseconds(Moment moment) {
    return moment - seconds(moment) * kSecond;
}
uk_timespec time_of(Moment moment) {
    uk_timespec time{};
    time.tv_sec = seconds(moment);
    time.tv_nsec = nanoseconds(moment);
    return time;
}
uk_statx_timestamp long_time_of(Moment moment) {
    return {seconds(moment), static_cast<uint32_t>(nanoseconds(moment)), 0};
}

uint32_t mode_of(const Facts& facts) {
    return static_cast<uint32_t>(facts.kind) | facts.permissions;
}

// Linux's 64-bit device numbers.
uint32_t major_of(uint64_t device) {
    return static_cast<uint32_t>(((device >> 8) & 0xfff) | ((device >> 32) & ~uint64_t{0xfff}));
}
uint32_t minor_of(uint64_t device) {
    return static_cast<uint32_t>((device & 0xff) | ((device >> 12) & ~uint64_t{0xff}));
}
// Of major 0.
uint64_t device_of(const Place& place) {
    const uint64_t minor = place.mount->file_system().device();
    return (minor & 0xff) | ((minor & ~uint64_t{0xff}) << 12);
}

// change(facts) says what is to be different, under the lock.
template <class Change>
Result<> change_node(const Place& place, Change change) {
    if (place.mount->read_only())
        return Errno::rofs;
    Node& node = *place.node;
    LockGuard guard(node.lock());
    Facts facts;
    node.facts(facts);
    const FactsChange what = change(facts);
    UK_TRY(node.change(what));
    NodeState::changed(node);
    return ok();
}

} // namespace

void stat(const Place& place, uk_stat& out) {
    const Facts facts = facts_of(*place.node);
    out = {};
    out.st_dev = device_of(place);
    out.st_ino = facts.number;
    out.st_mode = mode_of(facts);
    out.st_nlink = facts.links;
    out.st_uid = facts.owner;
    out.st_gid = facts.group;
    out.st_rdev = facts.device;
    out.st_size = static_cast<int64_t>(facts.size);
    out.st_blksize = static_cast<decltype(out.st_blksize)>(facts.block);
    out.st_blocks = static_cast<int64_t>((facts.stored + kBlock - 1) / kBlock);
    out.st_atim = time_of(facts.accessed);
    out.st_mtim = time_of(facts.modified);
    out.st_ctim = time_of(facts.changed);
}

void statx(const Place& place, uk_statx& out) {
    const Facts facts = facts_of(*place.node);
    const uint64_t device = device_of(place);
    out = {};
    out.stx_mask = UK_STATX_BASIC_STATS | UK_STATX_BTIME | UK_STATX_MNT_ID;
    out.stx_blksize = facts.block;
    out.stx_attributes_mask = UK_STATX_ATTR_MOUNT_ROOT;
    if (place.node.get() == &place.mount->root())
        out.stx_attributes = UK_STATX_ATTR_MOUNT_ROOT;
    out.stx_nlink = facts.links;
    out.stx_uid = facts.owner;
    out.stx_gid = facts.group;
    out.stx_mode = static_cast<uint16_t>(mode_of(facts));
    out.stx_ino = facts.number;
    out.stx_size = facts.size;
    out.stx_blocks = (facts.stored + kBlock - 1) / kBlock;
    out.stx_atime = long_time_of(facts.accessed);
    out.stx_btime = long_time_of(facts.born);
    out.stx_ctime = long_time_of(facts.changed);
    out.stx_mtime = long_time_of(facts.modified);
    out.stx_rdev_major = major_of(facts.device);
    out.stx_rdev_minor = minor_of(facts.device);
    out.stx_dev_major = major_of(device);
    out.stx_dev_minor = minor_of(device);
    out.stx_mnt_id = place.mount->id();
}

void statfs(const Place& place, uk_statfs& out) {
    constexpr int64_t kValid = 0x20; // f_flags says something
    FileSystemFacts facts;
    place.mount->file_system().facts(facts);
    const uint32_t flags = place.mount->flags();
    out = {};
    out.f_type = static_cast<int64_t>(facts.magic);
    out.f_bsize = out.f_frsize = static_cast<int64_t>(facts.block);
    out.f_blocks = facts.blocks;
    out.f_bfree = out.f_bavail = facts.blocks_free;
    out.f_files = facts.nodes;
    out.f_ffree = facts.nodes_free;
    out.f_fsid[0] = static_cast<int32_t>(place.mount->file_system().device());
    out.f_namelen = facts.most_name;
    out.f_flags = kValid | (place.mount->read_only() ? UK_ST_RDONLY : 0) |
                  (flags & (UK_ST_NOSUID | UK_ST_NODEV | UK_ST_NOEXEC)) |
                  (flags & (UK_ST_NOATIME | UK_ST_NODIRATIME));
    if ((flags & (UK_MS_NOATIME | UK_MS_STRICTATIME)) == 0)
        out.f_flags |= UK_ST_RELATIME;
}

Result<std::string_view> link_text(const Place& place) {
    if (place.node->kind() != NodeKind::link)
        return Errno::inval;
    return place.node->target();
}

Result<> access(const Place& place, int mode) {
    const NodeKind kind = place.node->kind();
    const bool runs = (mode & UK_X_OK) != 0;
    if (runs && kind == NodeKind::regular && place.mount->has(UK_MS_NOEXEC))
        return Errno::acces;
    if ((mode & UK_W_OK) != 0 && place.mount->read_only() &&
        (kind == NodeKind::regular || kind == NodeKind::directory || kind == NodeKind::link))
        return Errno::rofs;
    if (runs && kind != NodeKind::directory && (facts_of(*place.node).permissions & 0111) == 0)
        return Errno::acces;
    return ok();
}

Result<> set_permissions(const Place& place, uint32_t permissions) {
    if (place.node->kind() == NodeKind::link)
        return Errno::opnotsupp;
    return change_node(place, [&](const Facts& /*before*/) {
        FactsChange change{FactsChange::kPermissions, {}};
        change.to.permissions = permissions & 07777;
        return change;
    });
}

// Who gets a file that somebody else could run in his own name does not get that.
Result<> set_owner(const Place& place, uk_uid_t owner, uk_gid_t group) {
    return change_node(place, [&](const Facts& before) {
        FactsChange change;
        if (owner != kSameOwner)
            change.which |= FactsChange::kOwner;
        if (group != kSameOwner)
            change.which |= FactsChange::kGroup;
        change.to.owner = owner;
        change.to.group = group;
        uint32_t lost = UK_S_ISUID;
        if ((before.permissions & UK_S_IXGRP) != 0)
            lost |= UK_S_ISGID;
        if (before.kind == NodeKind::regular && (before.permissions & lost) != 0) {
            change.which |= FactsChange::kPermissions;
            change.to.permissions = before.permissions & ~lost;
        }
        return change;
    });
}

Result<> set_times(const Place& place, const Moment* accessed, const Moment* modified) {
    return change_node(place, [&](const Facts& /*before*/) {
        FactsChange change;
        if (accessed != nullptr) {
            change.which |= FactsChange::kAccessed;
            change.to.accessed = *accessed;
        }
        if (modified != nullptr) {
            change.which |= FactsChange::kModified;
            change.to.modified = *modified;
        }
        return change;
    });
}

} // namespace uk::vfs

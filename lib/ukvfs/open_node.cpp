// SPDX-License-Identifier: BSD-3-Clause
// Open files of nodes: bytes, positions, mappings.
#include <uk/vfs/open_node.hpp>

#include <uk/abi/mount.h>
#include <uk/abi/unistd.h>
#include <uk/vfs/operations.hpp>

#include "node_state.hpp"

namespace uk::vfs {

namespace {

constexpr uint64_t kMostOffset = INT64_MAX;
constexpr Moment kDay = Moment{86400} * 1000 * 1000 * 1000;

} // namespace

OpenNode::~OpenNode() {
    drop_locks();
    if (writes_)
        place_.mount->end_writing();
    folder_.reset(); // nodes go before the mount that keeps their file system
    place_.node.reset();
}

Result<> OpenNode::stat(uk_stat& out) {
    vfs::stat(place_, out);
    return ok();
}

Result<size_t> OpenNode::do_read(IoPieces& to, FileIo& io) {
    if (is_path_only())
        return Errno::badf;
    if (node().is_directory())
        return Errno::isdir;
    size_t done = 0;
    {
        SharedGuard guard(node().lock());
        done = UK_TRY(node().read(to, io.offset));
    }
    note_access();
    return done;
}

Result<size_t> OpenNode::do_write(IoPieces& from, FileIo& io) {
    size_t done = 0;
    {
        LockGuard guard(node().lock());
        if ((io.status & UK_O_APPEND) != 0) {
            Facts facts;
            node().facts(facts);
            io.offset = facts.size;
        }
        if (from.left() == 0)
            return size_t{0};
        if (io.offset >= kMostOffset)
            return Errno::fbig;
        from.limit(kMostOffset - io.offset);
        done = UK_TRY(node().write(from, io.offset));
    }
    NodeState::changed(node());
    if ((io.status & UK_O_DSYNC) != 0)
        UK_TRY(vfs::sync(place_, (io.status & UK_O_SYNC) != UK_O_SYNC));
    return done;
}

Result<uint64_t> OpenNode::do_seek(uint64_t position, int64_t offset, int whence) {
    if (is_path_only())
        return Errno::badf;
    uint64_t base = 0;
    if (whence == UK_SEEK_CUR) {
        base = position;
    } else if (whence != UK_SEEK_SET) {
        if (node().is_directory())
            return Errno::inval;
        SharedGuard guard(node().lock());
        Facts facts;
        node().facts(facts);
        if (whence != UK_SEEK_END) {
            if (offset < 0 || static_cast<uint64_t>(offset) >= facts.size)
                return Errno::nxio;
            return node().seek(static_cast<uint64_t>(offset), whence == UK_SEEK_HOLE);
        }
        base = facts.size;
    }
    const uint64_t there = base + static_cast<uint64_t>(offset);
    if (there > kMostOffset) // below 0, or beyond all
        return Errno::inval;
    return there;
}

void OpenNode::note_access() {
    const uint32_t flags = place_.mount->flags();
    const uint32_t unwanted =
        UK_MS_NOATIME | (node().is_directory() ? uint32_t{UK_MS_NODIRATIME} : 0);
    if ((status() & UK_O_NOATIME) != 0 || (flags & unwanted) != 0)
        return;
    const bool always = (flags & UK_MS_STRICTATIME) != 0;
    const uint32_t changes = NodeState::changes(node()) + 1;
    if (noted_.load_relaxed() == changes && !always)
        return;
    noted_.store_relaxed(changes);
    if (place_.mount->read_only())
        return;
    Facts facts;
    {
        SharedGuard guard(node().lock());
        node().facts(facts);
    }
    const Moment present = now();
    if (!always && facts.accessed > facts.modified && facts.accessed > facts.changed &&
        present - facts.accessed < kDay)
        return;
    FactsChange change{FactsChange::kAccessed, {}};
    change.to.accessed = present;
    LockGuard guard(node().lock());
    (void)node().change(change); // reading has succeeded all the same
}

Result<> OpenNode::map(vmem::MapRequest& request) {
    if (is_path_only())
        return Errno::badf;
    if (!may_read())
        return Errno::acces;
    if (request.shared && request.protection.write && !may_write())
        return Errno::acces;
    if (request.protection.execute && place_.mount->has(UK_MS_NOEXEC))
        return Errno::perm;
    if (node().pager() == nullptr)
        return Errno::nodev;
    request.kind = vmem::Kind::file;
    request.pager = this;
    request.write_allowed = !request.shared || may_write();
    return ok();
}

bool OpenNode::may_block() const {
    return node().pager()->may_block();
}
Result<> OpenNode::fill(uint64_t offset, std::span<std::byte> page) {
    return node().pager()->fill(offset, page);
}
Result<Paddr> OpenNode::share(uint64_t offset) {
    return node().pager()->share(offset);
}
void OpenNode::unshare(uint64_t offset, Paddr frame) {
    node().pager()->unshare(offset, frame);
}
Result<> OpenNode::will_write(uint64_t offset) {
    NodeState::changed(node());
    return node().pager()->will_write(offset);
}
Result<> OpenNode::write_back(uint64_t offset, uint64_t size) {
    return node().pager()->write_back(offset, size);
}

} // namespace uk::vfs

// SPDX-License-Identifier: BSD-3-Clause
// Directories of the host. Names are looked up one by one, from the descriptor of the directory
// and without following links, so no way leads out of the folder.
#include <uk/abi/dirent.h>
#include <uk/abi/unistd.h>
#include <uk/alloc/heap.hpp>
#include <uk/string.h>

#include "node.hpp"

namespace uk::hostfs {

using host::Call;
using vfs::NodeKind;

namespace {

constexpr size_t kRoom = 4096; // of entries that the host gives at once
constexpr int kJustLook = UK_O_PATH | UK_O_NOFOLLOW;

HostNode& host_node(vfs::Node& node) {
    return static_cast<HostNode&>(node);
}

bool is_dots(const char* name) {
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

// Some file systems of the host do not say it with the name.
NodeKind kind_of(int folder, const uk_dirent64& entry) {
    if (entry.d_type != UK_DT_UNKNOWN)
        return static_cast<NodeKind>(uint32_t{entry.d_type} << 12);
    uk_statx facts{};
    if (!host::call(Call::statx, folder, static_cast<const char*>(entry.d_name),
                    UK_AT_SYMLINK_NOFOLLOW, UK_STATX_TYPE, &facts)
             .ok())
        return NodeKind::regular; // it went away meanwhile
    return static_cast<NodeKind>(facts.stx_mode & UK_S_IFMT);
}

} // namespace

Result<Ref<vfs::Node>> HostNode::lookup(vfs::Name name) {
    if (memchr(name.data(), '\0', name.size()) != nullptr)
        return Errno::noent;
    const int fd = UK_TRY(host::open(fd_, HostName(name).get(), kJustLook));
    return Ref<Node>(UK_TRY(host_file_system().node_of(fd)));
}

// Whoever moves it on the host may have moved it out of the folder; then there is nothing above it.
Result<Ref<vfs::Node>> HostNode::parent() {
    const Identity& root = host_file_system().root_identity();
    if (identity_ == root)
        return Ref<Node>::share(*this);
    uk_statx facts{};
    UK_TRY(look(fd_, facts));
    if (removed() || facts.stx_nlink == 0)
        return Errno::noent;
    host::Descriptor above(UK_TRY(host::open(fd_, "..", kJustLook | UK_O_DIRECTORY)));
    UK_TRY(look(above.get(), facts));
    host::Descriptor at;
    for (Identity before = identity_; identity_of(facts) != root;) {
        if (identity_of(facts) == before)
            return Errno::noent; // the root of the host
        before = identity_of(facts);
        const int from = at.get() < 0 ? above.get() : at.get();
        at.reset(UK_TRY(host::open(from, "..", kJustLook | UK_O_DIRECTORY)));
        UK_TRY(look(at.get(), facts));
    }
    return Ref<Node>(UK_TRY(host_file_system().node_of(above.release())));
}

template <class Entry>
Result<> HostNode::entries(uint64_t from, Entry entry) {
    host::Descriptor fd(UK_TRY(host::open(fd_, ".", UK_O_RDONLY | UK_O_DIRECTORY)));
    if (from != 0)
        UK_TRY(host::call(Call::lseek, fd.get(), from, UK_SEEK_SET));
    auto* room = static_cast<char*>(heap::allocate(kRoom));
    if (room == nullptr)
        return Errno::nomem;
    const auto read_all = [&]() -> Result<> {
        for (;;) {
            const Result<long> size = host::call(Call::getdents64, fd.get(), room, kRoom);
            if (size.code() == Errno::noent)
                return ok(); // it was removed
            if (!size.ok())
                return size.error();
            if (size.value() == 0)
                return ok();
            for (long at = 0; at < size.value();) {
                const auto& one = *reinterpret_cast<const uk_dirent64*>(room + at);
                at += one.d_reclen;
                if (!is_dots(one.d_name) && !entry(fd.get(), one))
                    return ok();
            }
        }
    };
    Result<> done = read_all();
    heap::deallocate(room);
    return done;
}

Result<size_t> HostNode::name_of(Node& child, std::span<char> room) {
    Result<size_t> found = Errno::noent;
    if (&child == this)
        return found;
    UK_TRY(entries(0, [&](int fd, const uk_dirent64& entry) {
        const char* name = entry.d_name;
        uk_statx facts{};
        // Numbers are those of one file system, and there may be several below the folder.
        if (entry.d_ino != host_node(child).identity().number ||
            !host::call(Call::statx, fd, name, UK_AT_SYMLINK_NOFOLLOW, UK_STATX_INO, &facts).ok() ||
            identity_of(facts) != host_node(child).identity())
            return true;
        const size_t size = strlen(name);
        found = size > room.size() ? Result<size_t>(Errno::range) : Result<size_t>(size);
        if (found.ok())
            memcpy(room.data(), name, size);
        return false;
    }));
    return found;
}

Result<> HostNode::list(uint64_t from, vfs::EntrySink& sink) {
    return entries(from, [&](int fd, const uk_dirent64& entry) {
        return sink.entry(static_cast<const char*>(entry.d_name), entry.d_ino, kind_of(fd, entry),
                          static_cast<uint64_t>(entry.d_off));
    });
}

// Makes it, whoever it belongs to.
Result<> HostNode::make(const char* name, const vfs::NewNode& what) {
    if (what.kind == NodeKind::directory) {
        UK_TRY(host::call(Call::mkdirat, fd_, name, what.permissions));
        return ok();
    }
    if (what.kind != NodeKind::link) {
        UK_TRY(host::call(Call::mknodat, fd_, name,
                          static_cast<uint32_t>(what.kind) | what.permissions, what.device));
        return ok();
    }
    const size_t size = what.target.size();
    auto* text = static_cast<char*>(heap::allocate(size + 1));
    if (text == nullptr)
        return Errno::nomem;
    memcpy(text, what.target.data(), size);
    text[size] = '\0';
    Result<long> made = host::call(Call::symlinkat, text, fd_, name);
    heap::deallocate(text);
    return made.code();
}

// It belongs to whom the host says, unless the host lets us give it away.
Result<Ref<vfs::Node>> HostNode::create(vfs::Name name, const vfs::NewNode& what) {
    const HostName text(name);
    UK_TRY(make(text.get(), what));
    Ref<Node> node = UK_TRY(lookup(name));
    vfs::Facts facts;
    node->facts(facts);
    if (facts.owner != what.owner || facts.group != what.group) {
        (void)host::call(Call::fchownat, host_node(*node).fd_, "", what.owner, what.group,
                         UK_AT_EMPTY_PATH);
    }
    return node;
}

Result<Ref<vfs::Node>> HostNode::create_nameless(const vfs::NewNode& what) {
    const int fd = UK_TRY(host::open(fd_, ".", UK_O_TMPFILE | UK_O_RDWR, what.permissions));
    return Ref<Node>(UK_TRY(host_file_system().node_of(fd)));
}

Result<> HostNode::link(vfs::Name name, Node& node) {
    UK_TRY(host::call(Call::linkat, UK_AT_FDCWD, FdPath(host_node(node).fd_).get(), fd_,
                      HostName(name).get(), UK_AT_SYMLINK_FOLLOW));
    return ok();
}

Result<> HostNode::remove(vfs::Name name, Node& node) {
    UK_TRY(host::call(Call::unlinkat, fd_, HostName(name).get(),
                      node.is_directory() ? UK_AT_REMOVEDIR : 0));
    return ok();
}

Result<> HostNode::rename(const Rename& what) {
    UK_TRY(host::call(Call::renameat2, fd_, HostName(what.name).get(), host_node(what.to).fd_,
                      HostName(what.to_name).get(), what.exchange ? UK_RENAME_EXCHANGE : 0));
    return ok();
}

} // namespace uk::hostfs

// SPDX-License-Identifier: BSD-3-Clause
// A folder of the host: which nodes there are.
#include <uk/abi/mount.h>
#include <uk/abi/statfs.h>
#include <uk/abi/unistd.h>
#include <uk/alloc/heap.hpp>
#include <uk/format.h>
#include <uk/hostfs/mount.hpp>
#include <uk/print.h>
#include <uk/string.h>

#include <new>

#include "node.hpp"

namespace uk::hostfs {

using host::Call;

Result<> look(int fd, uk_statx& out) {
    UK_TRY(host::call(Call::statx, fd, "", UK_AT_EMPTY_PATH, UK_STATX_BASIC_STATS | UK_STATX_BTIME,
                      &out));
    return ok();
}

HostName::HostName(vfs::Name name) {
    UK_ASSERT(name.size() <= vfs::kMostName);
    memcpy(text_, name.data(), name.size());
    text_[name.size()] = '\0';
}

FdPath::FdPath(int fd) {
    uk_scnprintf(text_, sizeof(text_), "/proc/self/fd/%d", fd);
}

Result<Ref<vfs::FileSystem>> HostFileSystem::create(int folder, bool read_only) {
    host::Descriptor fd(folder);
    void* memory = heap::allocate(sizeof(HostFileSystem));
    if (memory == nullptr)
        return Errno::nomem;
    auto made = Ref<HostFileSystem>::adopt(*::new (memory) HostFileSystem(read_only));
    made->root_ = UK_TRY(made->node_of(fd.release()));
    made->root_identity_ = made->root_->identity();
    return Ref<vfs::FileSystem>::adopt(*made.release());
}

void HostFileSystem::destroy() {
    root_.reset();
    this->~HostFileSystem();
    heap::deallocate(this);
}

Result<Ref<vfs::Node>> HostFileSystem::root() {
    return Ref<vfs::Node>::share(*root_);
}

void HostFileSystem::facts(vfs::FileSystemFacts& out) {
    uk_statfs host{};
    if (!host::call(Call::fstatfs, root_->fd(), &host).ok())
        return;
    out.magic = static_cast<uint64_t>(host.f_type);
    out.block = static_cast<uint64_t>(host.f_bsize);
    out.blocks = host.f_blocks;
    out.blocks_free = host.f_bavail;
    out.nodes = host.f_files;
    out.nodes_free = host.f_ffree;
    out.most_name = static_cast<uint32_t>(host.f_namelen);
}

Result<> HostFileSystem::sync() {
    if (read_only())
        return ok();
    host::Descriptor fd(UK_TRY(host::open(root_->fd(), ".", UK_O_RDONLY | UK_O_DIRECTORY)));
    UK_TRY(host::call(Call::syncfs, fd.get()));
    return ok();
}

Result<Ref<HostNode>> HostFileSystem::node_of(int descriptor) {
    host::Descriptor fd(descriptor);
    uk_statx facts{};
    UK_TRY(look(fd.get(), facts));
    const Identity identity = identity_of(facts);
    const auto kind = static_cast<vfs::NodeKind>(facts.stx_mode & UK_S_IFMT);
    const bool is_link = kind == vfs::NodeKind::link;

    const auto known = [&]() -> Ref<HostNode> {
        HostNode* node = nodes_.find(identity);
        if (node == nullptr || !node->ref_try_retain())
            return {};
        return Ref<HostNode>::adopt(*node);
    };
    {
        LockGuard guard(lock_);
        if (Ref<HostNode> node = known())
            return node;
    }
    void* memory = heap::allocate(sizeof(HostNode) + (is_link ? vfs::kMostLink : 0));
    if (memory == nullptr)
        return Errno::nomem;
    size_t size = 0;
    if (is_link) {
        Result<long> text =
            host::call(Call::readlinkat, fd.get(), "",
                       static_cast<char*>(memory) + sizeof(HostNode), vfs::kMostLink);
        if (!text.ok()) {
            heap::deallocate(memory);
            return text.error();
        }
        size = static_cast<size_t>(text.value());
        if (void* smaller = heap::reallocate(memory, sizeof(HostNode) + size))
            memory = smaller;
    }
    Ref<HostNode> other;
    {
        LockGuard guard(lock_);
        other = known();
        if (!other) {
            auto* node = ::new (memory) HostNode(*this, kind, identity, fd.release(), size);
            if (HostNode* going = nodes_.find(identity))
                nodes_.erase(*going); // its destroy() is on its way
            [[maybe_unused]] HostNode* twin = nodes_.insert(*node);
            UK_ASSERT(twin == nullptr);
            return Ref<HostNode>::adopt(*node);
        }
    }
    heap::deallocate(memory); // another was quicker
    return other;
}

void HostFileSystem::forget(HostNode& node) {
    LockGuard guard(lock_);
    if (node.by_identity_.is_linked())
        nodes_.erase(node);
}

Result<Ref<vfs::FileSystem>> mount(const vfs::MountRequest& request) {
    const int length = static_cast<int>(request.source.size());
    const char* const text = request.source.data();
    if (!request.options.empty()) {
        uk_pr_err("hostfs has no options, and '%.*s' stands there\n",
                  static_cast<int>(request.options.size()), request.options.data());
        return Errno::inval;
    }
    if (request.source.empty() || request.source.size() >= vfs::kMostPath) {
        uk_pr_err("hostfs wants a folder of the host: \"/its/path:/mnt:hostfs\"\n");
        return Errno::inval;
    }
    auto* path = static_cast<char*>(heap::allocate(request.source.size() + 1));
    if (path == nullptr)
        return Errno::nomem;
    memcpy(path, text, request.source.size());
    path[request.source.size()] = '\0';
    Result<int> folder = host::open(UK_AT_FDCWD, path, UK_O_PATH | UK_O_DIRECTORY);
    heap::deallocate(path);
    if (!folder.ok()) {
        uk_pr_err("the host does not open its folder '%.*s': %s\n", length, text,
                  folder.error().name());
        return folder.error();
    }
    (void)host::call(Call::umask, 0); // what permissions there are is said by this program
    return HostFileSystem::create(folder.take(), (request.flags & UK_MS_RDONLY) != 0);
}

namespace {

UK_VFS_DRIVER({.name = "hostfs", .mount = mount, .hint = "none"});

} // namespace

} // namespace uk::hostfs

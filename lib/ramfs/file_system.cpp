// SPDX-License-Identifier: BSD-3-Clause
// A file system in memory: making and unmaking it and its nodes.
#include <uk/ramfs/file_system.hpp>

#include <uk/ramfs/file.hpp>

namespace uk::ramfs {

namespace {

constexpr uint64_t kMagic = 0x0102'1994; // of tmpfs, which programs know

template <class T>
Result<Ref<RamNode>> make(RamFileSystem& file_system, const vfs::NewNode& what, size_t more = 0) {
    UK_TRY(file_system.limits().nodes.take(1));
    void* memory = heap::allocate(sizeof(T) + more);
    if (memory == nullptr) {
        file_system.limits().nodes.give(1);
        return Errno::nomem;
    }
    RamNode* node = ::new (memory) T(file_system, what);
    return Ref<RamNode>::adopt(*node);
}

} // namespace

RamFileSystem::RamFileSystem(const Setup& setup)
    : FileSystem(setup.name, setup.read_only), limits_{Counter(setup.options.most_bytes),
                                                       Counter(setup.options.most_nodes)},
      setup_(setup) {}

Result<Ref<RamFileSystem>> RamFileSystem::create(const Setup& setup) {
    void* memory = heap::allocate(sizeof(RamFileSystem));
    if (memory == nullptr)
        return Errno::nomem;
    auto made = Ref<RamFileSystem>::adopt(*::new (memory) RamFileSystem(setup));
    Ref<RamNode> root = UK_TRY(made->make_node({.kind = vfs::NodeKind::directory,
                                                .permissions = setup.options.permissions,
                                                .owner = setup.options.owner,
                                                .group = setup.options.group}));
    auto& directory = static_cast<RamDirectory&>(*root.release());
    directory.links_ = 2;
    directory.home_.store_relaxed(&directory);
    directory.to_fill_.store_relaxed(setup.fill != nullptr ? 1 : 0);
    made->root_ = Ref<RamDirectory>::adopt(directory);
    return made;
}

Result<Ref<RamFileSystem>> RamFileSystem::create_filled(const Setup& setup) {
    Ref<RamFileSystem> made = UK_TRY(create(setup));
    made->root_->to_fill_.store_relaxed(0);
    if (setup.fill != nullptr)
        UK_TRY(made->run_fill());
    return made;
}

Result<> RamFileSystem::run_fill() {
    fill_time_ = vfs::now(); // once: clocks may be slow
    filling_ = true;
    Result<> done = setup_.fill(*this, setup_.bytes);
    filling_ = false;
    return done;
}

void RamFileSystem::destroy() {
    if (root_) {
        root_->clear_tree();
        root_.reset();
    }
    this->~RamFileSystem();
    heap::deallocate(this);
}

// Whoever comes meanwhile waits; the root's lock is held by all of them, in some way, so nobody
// sees what is made before all of it is there.
Result<> RamFileSystem::fill() {
    LockGuard guard(fill_lock_);
    if (root_->to_fill_.load_relaxed() == 0)
        return ok();
    if (setup_.fill != nullptr) {
        filled_ = run_fill();
        setup_.fill = nullptr;
        if (!filled_.ok())
            root_->clear_tree();
    }
    if (!filled_.ok())
        return Errno::io;
    root_->to_fill_.store_release(0);
    return ok();
}

Result<Ref<vfs::Node>> RamFileSystem::root() {
    return Ref<vfs::Node>::share(*root_);
}

void RamFileSystem::facts(vfs::FileSystemFacts& out) {
    out.magic = kMagic;
    if (limits_.bytes.most() != kNoLimit) {
        out.blocks = limits_.bytes.most() / kPageSize;
        out.blocks_free = limits_.bytes.left() / kPageSize;
    }
    if (limits_.nodes.most() != kNoLimit) {
        out.nodes = limits_.nodes.most();
        out.nodes_free = limits_.nodes.left();
    }
}

Result<Ref<RamNode>> RamFileSystem::make_node(const vfs::NewNode& what) {
    switch (what.kind) {
    case vfs::NodeKind::directory:
        return make<RamDirectory>(*this, what);
    case vfs::NodeKind::regular:
        return make<RamFile>(*this, what);
    case vfs::NodeKind::link:
        return make<RamLink>(*this, what, what.target.size());
    default:
        return make<RamSpecial>(*this, what);
    }
}

} // namespace uk::ramfs

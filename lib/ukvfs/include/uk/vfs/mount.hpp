// SPDX-License-Identifier: BSD-3-Clause
// Mount: a tree of nodes that stands on a directory of another; Place: a node, seen through the
// mount that leads to it. The same node has many places where trees are bound a second time.
#pragma once

#include <cstdint>

#include <uk/base/list.hpp>
#include <uk/base/rbtree.hpp>
#include <uk/base/ref.hpp>
#include <uk/vfs/file_system.hpp>
#include <uk/vfs/node.hpp>

namespace uk::vfs {

class Mount;

// Whoever has one keeps the node, the mount and the file system alive.
struct Place {
    Ref<Mount> mount;
    Ref<Node> node;

    explicit operator bool() const { return static_cast<bool>(node); }
    friend bool operator==(const Place& a, const Place& b) {
        return a.mount.get() == b.mount.get() && a.node.get() == b.node.get();
    }
};

// Made by the mount table (<uk/vfs/mount_table.hpp>), and lives while it is in it or somebody has a
// Place of it.
class Mount {
  public:
    Mount(const Mount&) = delete;
    Mount& operator=(const Mount&) = delete;

    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) == 1)
            destroy();
    }

    [[nodiscard]] FileSystem& file_system() const { return *file_system_; }
    [[nodiscard]] Node& root() const { return *root_; }
    [[nodiscard]] uint32_t id() const { return id_; }            // statx's mnt_id
    [[nodiscard]] const char* source() const { return source_; } // for /proc/mounts
    // UK_MS_RDONLY, NOSUID, NODEV, NOEXEC, NOATIME, NODIRATIME, RELATIME, STRICTATIME; others may
    // change them at any time.
    [[nodiscard]] uint32_t flags() const { return flags_.load_relaxed(); }
    [[nodiscard]] bool has(uint32_t flag) const { return (flags() & flag) != 0; }
    // Nothing may be changed through this mount.
    [[nodiscard]] bool read_only() const;

    // Somebody may write through this mount until end_writing(), so nobody makes it read-only
    // meanwhile. Errors: EROFS.
    [[nodiscard]] Result<> begin_writing();
    void end_writing() { writers_.fetch_sub_acq_rel(1); }

  private:
    friend class MountTable;
    struct ByPoint {
        bool operator()(const Mount& a, const Mount& b) const { return key(a) < key(b); }
        bool operator()(const Mount& a, const Place& b) const { return key(a) < key(b); }
        bool operator()(const Place& a, const Mount& b) const { return key(a) < key(b); }

      private:
        using Key = std::pair<uintptr_t, uintptr_t>;
        static Key key(const Place& place) {
            return {reinterpret_cast<uintptr_t>(place.node.get()),
                    reinterpret_cast<uintptr_t>(place.mount.get())};
        }
        static Key key(const Mount& mount) { return key(mount.on_); }
    };

    Mount(Ref<FileSystem> file_system, Ref<Node> root, uint32_t flags, char* source);
    ~Mount() = default;
    void destroy();

    Atomic<uint32_t> refs_{1};
    Atomic<uint32_t> flags_;
    Atomic<uint32_t> writers_{0};
    uint32_t id_ = 0;
    uint32_t children_ = 0; // mounts that stand on nodes of this one
    bool mounted_ = false;
    char* source_; // on the heap, the mount's
    Ref<FileSystem> file_system_;
    Ref<Node> root_;   // goes before file_system_
    Place on_;         // empty: the root of all, or no longer mounted
    Ref<Node> folder_; // that has on_.node, if that is no directory
    RbNode<Mount> by_point_;
    ListNode<Mount> in_order_;
};

} // namespace uk::vfs

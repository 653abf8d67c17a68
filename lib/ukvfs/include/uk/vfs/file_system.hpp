// SPDX-License-Identifier: BSD-3-Clause
// FileSystem: a tree of nodes that can be mounted; Driver: what makes one, found by its name.
//
//     UK_VFS_DRIVER({.name = "ramfs", .mount = uk::ramfs::mount, .hint = "size=64M"});
#pragma once

#include <string_view>

#include <uk/base/ref.hpp>
#include <uk/base/section_table.hpp>
#include <uk/vfs/node.hpp>

namespace uk::vfs {

// What statfs() tells; blocks of `block` bytes.
struct FileSystemFacts {
    uint64_t magic = 0; // f_type
    uint64_t block = 4096;
    uint64_t blocks = 0; // 0: has none of its own
    uint64_t blocks_free = 0;
    uint64_t nodes = 0;
    uint64_t nodes_free = 0;
    uint32_t most_name = kMostName;
};

// Counted by the mounts that show it. Nodes refer to it without counting: whoever has a node has a
// Place, and with it the mount.
class FileSystem {
  public:
    FileSystem(const FileSystem&) = delete;
    FileSystem& operator=(const FileSystem&) = delete;

    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) == 1)
            destroy();
    }

    [[nodiscard]] const char* name() const { return name_; }  // of the driver
    [[nodiscard]] uint32_t device() const { return device_; } // st_dev, unique in this image
    [[nodiscard]] bool read_only() const { return read_only_; }
    // Held while a directory moves, so that "is above" stays true. Taken before locks of nodes.
    [[nodiscard]] Mutex& rename_lock() { return rename_lock_; }

    [[nodiscard]] virtual Result<Ref<Node>> root() = 0;
    virtual void facts(FileSystemFacts& out) = 0;
    // Everything that was written before is on the disk afterwards.
    [[nodiscard]] virtual Result<> sync() { return ok(); }

  protected:
    FileSystem(const char* name, bool read_only);
    ~FileSystem() = default;
    // No mount shows it and nobody has a node of it: frees the object.
    virtual void destroy() = 0;

  private:
    Atomic<uint32_t> refs_{1};
    const char* name_;
    uint32_t device_;
    bool read_only_;
    Mutex rename_lock_{"rename"};
};

struct MountRequest {
    std::string_view source{}; // a device, a tag, a folder of the host; may be empty
    uint32_t flags = 0;        // UK_MS_*
    std::string_view
        options{};          // "size=64M,mode=755": the driver's; what it does not know is EINVAL
    bool tentative = false; // nobody has named the source: that it is not there is no message worth
};

// Static, registered by UK_VFS_DRIVER.
struct Driver {
    const char* name;
    // Thread context; may block. Says in the log why it fails. Errors: EINVAL (options), ENODEV (no
    // such source), ENOMEM, EIO.
    Result<Ref<FileSystem>> (*mount)(const MountRequest& request);
    const char* hint; // which options there are, for messages
};

} // namespace uk::vfs

UK_SECTION_TABLE(uk_vfs_drivers, uk::vfs::Driver);

#define UK_VFS_DRIVER(...) UK_SECTION_ROW(uk_vfs_drivers, uk::vfs::Driver, __VA_ARGS__)

// SPDX-License-Identifier: BSD-3-Clause
// RamFileSystem: files that are nowhere but in memory. Also what cpiofs and devfs are made of.
#pragma once

#include <uk/ramfs/directory.hpp>
#include <uk/ramfs/limits.hpp>
#include <uk/ramfs/options.hpp>
#include <uk/vfs/file_system.hpp>

namespace uk::ramfs {

class RamFileSystem final : public vfs::FileSystem {
  public:
    // How to make one. `fill` is called once, when somebody looks into the root for the first time,
    // and may use the functions of nodes "for whoever fills"; `bytes` are for it. If it fails the
    // root says EIO from then on; it has said in the log why.
    struct Setup {
        const char* name; // of the driver
        Options options;
        bool read_only = false;
        Result<> (*fill)(RamFileSystem& file_system, std::span<const std::byte> bytes) = nullptr;
        std::span<const std::byte> bytes{};
    };
    // Thread context. Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<RamFileSystem>> create(const Setup& setup);
    // The same, filled at once. Errors besides: those of `fill`.
    [[nodiscard]] static Result<Ref<RamFileSystem>> create_filled(const Setup& setup);

    [[nodiscard]] Result<Ref<vfs::Node>> root() override;
    void facts(vfs::FileSystemFacts& out) override;

    [[nodiscard]] RamDirectory& root_directory() const { return *root_; }
    [[nodiscard]] Limits& limits() { return limits_; }
    // A node without a name, with one reference. Errors: ENOSPC, ENOMEM.
    [[nodiscard]] Result<Ref<RamNode>> make_node(const vfs::NewNode& what);

  private:
    friend class RamNode;
    friend class RamDirectory;

    explicit RamFileSystem(const Setup& setup);
    ~RamFileSystem() = default;
    void destroy() override;
    [[nodiscard]] Result<> fill();
    [[nodiscard]] Result<> run_fill();
    [[nodiscard]] vfs::Moment now() const { return filling_ ? fill_time_ : vfs::now(); }

    Limits limits_;
    Atomic<uint64_t> next_number_{1};
    Ref<RamDirectory> root_;
    Mutex fill_lock_{"ramfs fill"};
    Result<> filled_;
    vfs::Moment fill_time_ = 0;
    bool filling_ = false; // nobody else sees its nodes
    Setup setup_;
};

// The driver `ramfs`. Errors: EINVAL (options), ENOMEM.
[[nodiscard]] Result<Ref<vfs::FileSystem>> mount(const vfs::MountRequest& request);

// The options of a mount, over the defaults for this machine. Says in the log what is wrong.
[[nodiscard]] Result<Options> options_of(const vfs::MountRequest& request);

} // namespace uk::ramfs

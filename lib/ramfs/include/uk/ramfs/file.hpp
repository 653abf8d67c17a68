// SPDX-License-Identifier: BSD-3-Clause
// Nodes in memory that are no directories: regular files, symbolic links, and those that are only a
// name for something else.
#pragma once

#include <uk/ramfs/node.hpp>
#include <uk/ramfs/pages.hpp>
#include <uk/vmem/types.hpp>

namespace uk::ramfs {

class RamFile final : public RamNode, private vmem::Pager {
  public:
    RamFile(RamFileSystem& file_system, const vfs::NewNode& what);

    void facts(vfs::Facts& out) override;
    [[nodiscard]] Result<size_t> read(IoPieces& to, uint64_t offset) override;
    [[nodiscard]] Result<size_t> write(IoPieces& from, uint64_t offset) override;
    [[nodiscard]] Result<> resize(uint64_t size) override;
    [[nodiscard]] Result<> allocate(int mode, uint64_t offset, uint64_t size) override;
    [[nodiscard]] Result<uint64_t> seek(uint64_t offset, bool hole) override;
    [[nodiscard]] vmem::Pager* pager() override { return this; }

    // For whoever fills a file system: the bytes of a file that was empty until now. They are read
    // where they are, for ever.
    void set_base(std::span<const std::byte> base) { content_.set_base(base); }

  private:
    void destroy() override;

    // Pager
    void hold() override;
    void drop() override;
    [[nodiscard]] bool may_block() const override { return false; }
    [[nodiscard]] Result<> fill(uint64_t offset, std::span<std::byte> page) override;
    [[nodiscard]] Result<Paddr> share(uint64_t offset) override;
    void unshare(uint64_t offset, Paddr frame) override;
    [[nodiscard]] Result<> will_write(uint64_t offset) override;
    [[nodiscard]] Result<> write_back(uint64_t /*offset*/, uint64_t /*size*/) override {
        return ok();
    }

    Content content_;
};

// The target follows in memory.
class RamLink final : public RamNode {
  public:
    RamLink(RamFileSystem& file_system, const vfs::NewNode& what);

    void facts(vfs::Facts& out) override;
    [[nodiscard]] Result<std::string_view> target() override {
        return std::string_view(reinterpret_cast<const char*>(this + 1), size_);
    }

  private:
    void destroy() override;

    size_t size_;
};

// FIFOs, sockets, devices.
class RamSpecial final : public RamNode {
  public:
    RamSpecial(RamFileSystem& file_system, const vfs::NewNode& what)
        : RamNode(file_system, what), device_(what.device) {}

    void facts(vfs::Facts& out) override;

  private:
    void destroy() override;

    uint64_t device_;
};

} // namespace uk::ramfs

// SPDX-License-Identifier: BSD-3-Clause
// RamNode: what all nodes in memory have: facts, names, extended attributes.
#pragma once

#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/ramfs/limits.hpp>
#include <uk/vfs/node.hpp>

namespace uk::ramfs {

class RamDirectory;
class RamFileSystem;
struct Entry;

// Names, sizes and limits of extended attributes as on Linux.
class Attributes {
  public:
    Attributes() = default;
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    // As the functions of Node. `bytes`: what they are counted against.
    [[nodiscard]] Result<size_t> get(vfs::Name name, std::span<std::byte> room) const;
    [[nodiscard]] Result<> set(vfs::Name name, std::span<const std::byte> value, int flags,
                               Counter& bytes);
    [[nodiscard]] Result<> remove(vfs::Name name, Counter& bytes);
    [[nodiscard]] Result<size_t> list(std::span<char> room) const;
    void clear(Counter& bytes);

  private:
    struct One;
    One** find(vfs::Name name);
    static void drop(One** place, Counter& bytes);

    One* first_ = nullptr;
    uint32_t names_ = 0; // bytes of all names with their zeros
};

class RamNode : public vfs::Node {
  public:
    void facts(vfs::Facts& out) override;
    [[nodiscard]] Result<> change(const vfs::FactsChange& what) final;
    [[nodiscard]] Result<size_t> get_attribute(vfs::Name name, std::span<std::byte> room) final;
    [[nodiscard]] Result<> set_attribute(vfs::Name name, std::span<const std::byte> value,
                                         int flags) final;
    [[nodiscard]] Result<> remove_attribute(vfs::Name name) final;
    [[nodiscard]] Result<size_t> list_attributes(std::span<char> room) final;

    [[nodiscard]] RamFileSystem& ram_file_system() const;
    [[nodiscard]] uint64_t number() const { return number_; }
    // For whoever fills a file system: all its times; permissions, owner and group.
    void set_times(vfs::Moment moment);
    void set_facts(const vfs::NewNode& like);

  protected:
    RamNode(RamFileSystem& file_system, const vfs::NewNode& what);
    ~RamNode() = default;

    // Exclusive, or the content's own lock: it has changed now. `modified` as well, or only
    // `changed`.
    void touch(bool modified = true);
    // What destroy() does, with the class that is derived.
    template <class T>
    static void discard(T* node) {
        RamFileSystem& file_system = node->ram_file_system();
        node->~T();
        heap::deallocate(node);
        node_is_gone(file_system);
    }
    void clear_attributes();

  private:
    friend class RamDirectory;
    friend class RamFileSystem;
    static void node_is_gone(RamFileSystem& file_system);
    [[nodiscard]] Result<> may_have(vfs::Name attribute) const;

    uint64_t number_;
    uint32_t permissions_;
    uint32_t links_ = 0;
    uk_uid_t owner_;
    uk_gid_t group_;
    vfs::Moment accessed_;
    vfs::Moment born_;
    Atomic<vfs::Moment> modified_; // writes through mappings set them without the lock
    Atomic<vfs::Moment> changed_;
    Attributes attributes_;
    // A directory in which it has a name, of a directory the one; and that name, which changes only
    // with that directory locked exclusively. Null: there is none, or not this one any more.
    Atomic<RamDirectory*> home_{nullptr};
    Entry* home_entry_ = nullptr;
};

} // namespace uk::ramfs

// SPDX-License-Identifier: BSD-3-Clause
// Private to hostfs: its nodes and its file system.
#pragma once

#include <uk/abi/stat.h>
#include <uk/base/rbtree.hpp>
#include <uk/hostfs/host.hpp>
#include <uk/lock.hpp>
#include <uk/vfs/file_system.hpp>

namespace uk::hostfs {

class HostFileSystem;

// Which file of the host it is.
struct Identity {
    uint64_t device;
    uint64_t number;
    friend auto operator<=>(const Identity&, const Identity&) = default;
};

// A file of the host, by a descriptor that only stands for it (O_PATH): whoever renames or removes
// it meanwhile does no harm. While the node lives the host gives its number to no other file.
class HostNode final : public vfs::Node {
  public:
    void facts(vfs::Facts& out) override;
    [[nodiscard]] Result<> change(const vfs::FactsChange& what) override;

    [[nodiscard]] Result<Ref<Node>> lookup(vfs::Name name) override;
    [[nodiscard]] Result<Ref<Node>> parent() override;
    [[nodiscard]] Result<size_t> name_of(Node& child, std::span<char> room) override;
    [[nodiscard]] Result<> list(uint64_t from, vfs::EntrySink& sink) override;
    [[nodiscard]] Result<Ref<Node>> create(vfs::Name name, const vfs::NewNode& what) override;
    [[nodiscard]] Result<> link(vfs::Name name, Node& node) override;
    [[nodiscard]] Result<> remove(vfs::Name name, Node& node) override;
    [[nodiscard]] Result<> rename(const Rename& what) override;
    [[nodiscard]] Result<Ref<Node>> create_nameless(const vfs::NewNode& what) override;

    [[nodiscard]] Result<std::string_view> target() override;

    [[nodiscard]] Result<size_t> read(IoPieces& to, uint64_t offset) override;
    [[nodiscard]] Result<size_t> write(IoPieces& from, uint64_t offset) override;
    [[nodiscard]] Result<> resize(uint64_t size) override;
    [[nodiscard]] Result<> allocate(int mode, uint64_t offset, uint64_t size) override;
    [[nodiscard]] Result<uint64_t> seek(uint64_t offset, bool hole) override;
    [[nodiscard]] Result<> sync(bool data_only) override;
    [[nodiscard]] Result<Ref<File>> open(const vfs::Place& place, uint32_t flags) override;

    [[nodiscard]] const Identity& identity() const { return identity_; }
    [[nodiscard]] int fd() const { return fd_; }

  private:
    friend class HostFileSystem;
    struct ByIdentity {
        bool operator()(const HostNode& a, const HostNode& b) const {
            return a.identity_ < b.identity_;
        }
        bool operator()(const HostNode& a, const Identity& b) const { return a.identity_ < b; }
        bool operator()(const Identity& a, const HostNode& b) const { return a < b.identity_; }
    };

    HostNode(HostFileSystem& file_system, vfs::NodeKind kind, const Identity& identity, int fd,
             size_t target_size);
    ~HostNode() = default;
    void destroy() override;

    [[nodiscard]] HostFileSystem& host_file_system() const;
    // A descriptor for its bytes, open as long as it lives; what it may is said by the host.
    [[nodiscard]] Result<int> data(bool writes);
    // entry(dirent) of each from a cursor on, until it says false.
    template <class Entry>
    [[nodiscard]] Result<> entries(uint64_t from, Entry entry);
    [[nodiscard]] Result<> make(const char* name, const vfs::NewNode& what);

    Identity identity_;
    int fd_;
    Atomic<int> reader_{-1}; // descriptors for its bytes, once somebody wanted them
    Atomic<int> writer_{-1};
    size_t target_size_; // of a link: its text follows the object
    RbNode<HostNode> by_identity_;
};

class HostFileSystem final : public vfs::FileSystem {
  public:
    // Takes the descriptor of the folder.
    [[nodiscard]] static Result<Ref<vfs::FileSystem>> create(int folder, bool read_only);

    [[nodiscard]] Result<Ref<vfs::Node>> root() override;
    void facts(vfs::FileSystemFacts& out) override;
    [[nodiscard]] Result<> sync() override;

    // The node of what the descriptor stands for, which this takes whatever becomes of it.
    [[nodiscard]] Result<Ref<HostNode>> node_of(int fd);
    [[nodiscard]] const Identity& root_identity() const { return root_identity_; }
    void forget(HostNode& node);

  private:
    explicit HostFileSystem(bool read_only) : FileSystem("hostfs", read_only) {}
    ~HostFileSystem() = default;
    void destroy() override;

    Ref<HostNode> root_;
    Identity root_identity_{};
    Mutex lock_{"hostfs"}; // of the tree; taken last
    RbTree<&HostNode::by_identity_, HostNode::ByIdentity> nodes_;
};

// What the host says of a descriptor.
[[nodiscard]] Result<> look(int fd, uk_statx& out);
[[nodiscard]] inline Identity identity_of(const uk_statx& facts) {
    return {(uint64_t{facts.stx_dev_major} << 32) | facts.stx_dev_minor, facts.stx_ino};
}

// A name with the 0 that the host wants.
class HostName {
  public:
    explicit HostName(vfs::Name name);
    [[nodiscard]] const char* get() const { return text_; }

  private:
    char text_[vfs::kMostName + 1];
};

// The path of a descriptor: for calls that take none, and to open it once more.
class FdPath {
  public:
    explicit FdPath(int fd);
    [[nodiscard]] const char* get() const { return text_; }

  private:
    char text_[32];
};

} // namespace uk::hostfs

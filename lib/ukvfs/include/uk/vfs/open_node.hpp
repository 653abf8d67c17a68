// SPDX-License-Identifier: BSD-3-Clause
// OpenNode: an open file that a path led to. Regular files and directories are OpenNodes as they
// are; nodes that are devices, or make their text when somebody looks, derive from it:
//
//     class Zero final : public uk::vfs::OpenNode {
//       public:
//         Zero(const uk::vfs::Place& place, uint32_t flags)
//             : OpenNode(place, flags, uk::FileKind::stream) {}
//       private:
//         uk::Result<size_t> do_read(uk::IoPieces& to, uk::FileIo& io) override;
//     };
//     uk::Result<uk::Ref<uk::File>> open(const uk::vfs::Place& place, uint32_t flags) override {
//         return uk::vfs::make_open_node<Zero>(place, flags);
//     }
#pragma once

#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/file.hpp>
#include <uk/vfs/mount.hpp>
#include <uk/vmem/types.hpp>

namespace uk::vfs {

class OpenNode : public File, vmem::Pager {
  public:
    [[nodiscard]] const Place& place() const { return place_; }
    [[nodiscard]] Node& node() const { return *place_.node; }
    // Where it was found, if it is no directory; for path_of().
    [[nodiscard]] const Ref<Node>& folder() const { return folder_; }
    [[nodiscard]] bool is_path_only() const { return (status() & UK_O_PATH) != 0; }
    [[nodiscard]] bool may_read() const { return ((status() + 1) & 1) != 0; }
    [[nodiscard]] bool may_write() const { return ((status() + 1) & 2) != 0; }

    // What fstat() says: the node's facts. As File::stat().
    [[nodiscard]] Result<> stat(uk_stat& out) override;
    [[nodiscard]] OpenNode* opened_node() final { return this; }
    // The process has no locks of F_SETLK on the node any more, whichever descriptor it had them
    // by.
    void descriptor_closed() final;
    [[nodiscard]] Result<> map(vmem::MapRequest& request) override;
    // Locks of fcntl(). Derived classes that have commands of their own hand it the others.
    [[nodiscard]] Result<long> control(int command, uintptr_t argument) override;
    // flock(). Errors: EBADF, EINVAL, EWOULDBLOCK, EINTR, ENOLCK.
    [[nodiscard]] Result<> lock_file(int operation);

    // The core's: the directory in which open() found the node, and that a writer is counted in the
    // mount. Before anybody else knows the file.
    void set_origin(Ref<Node> folder, bool counts_as_writer) {
        folder_ = std::move(folder);
        writes_ = counts_as_writer;
    }

  protected:
    OpenNode(const Place& place, uint32_t flags, FileKind kind = FileKind::seekable)
        : File(kind, flags), place_(place) {}
    // Gives back its locks.
    ~OpenNode();

    // Those of the node.
    [[nodiscard]] Result<size_t> do_read(IoPieces& to, FileIo& io) override;
    [[nodiscard]] Result<size_t> do_write(IoPieces& from, FileIo& io) override;
    [[nodiscard]] Result<uint64_t> do_seek(uint64_t position, int64_t offset, int whence) override;
    [[nodiscard]] Result<size_t> do_entries(IoPieces& to, uint64_t& position) override;
    // Ends the object and frees it; who has members with destructors does so himself.
    void destroy() override {
        OpenNode::~OpenNode();
        heap::deallocate(this);
    }

    // Somebody has read: the node's time of access follows, if the mount wants it (relatime).
    // Without its lock.
    void note_access();

  private:
    void drop_locks();

    // What is mapped from this file is the node's; the mapping keeps the file open.
    void hold() override { ref_retain(); }
    void drop() override { ref_release(); }
    [[nodiscard]] bool may_block() const override;
    [[nodiscard]] Result<> fill(uint64_t offset, std::span<std::byte> page) override;
    [[nodiscard]] Result<Paddr> share(uint64_t offset) override;
    void unshare(uint64_t offset, Paddr frame) override;
    [[nodiscard]] Result<> will_write(uint64_t offset) override;
    [[nodiscard]] Result<> write_back(uint64_t offset, uint64_t size) override;

    template <class T>
    friend Result<Ref<File>> make_open_node(const Place& place, uint32_t flags);

    Place place_;
    Ref<Node> folder_;
    Atomic<uint32_t> noted_{0}; // changes of the node when its time of access was looked at, + 1
    bool writes_ = false;
};

// A T on the heap. Errors: ENOMEM.
template <class T>
[[nodiscard]] Result<Ref<File>> make_open_node(const Place& place, uint32_t flags) {
    void* memory = heap::allocate(sizeof(T));
    if (memory == nullptr)
        return Errno::nomem;
    return Ref<File>::adopt(*new (memory) T(place, flags));
}

} // namespace uk::vfs

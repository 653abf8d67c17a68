// SPDX-License-Identifier: BSD-3-Clause
// The nodes of /proc: directories that rows of the table make, and what they contain.
//
// Directories and files are made when somebody looks into /proc for the first time, and stay. Links
// and whatever comes and goes are made anew at each lookup.
#pragma once

#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/base/list.hpp>
#include <uk/lock.hpp>
#include <uk/procfs.hpp>
#include <uk/vfs/file_system.hpp>
#include <uk/vfs/moment.hpp>

namespace uk::procfs {

class Directory;

class ProcFileSystem final : public vfs::FileSystem {
  public:
    using Entries = std::span<const Entry* const>;

    // Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<ProcFileSystem>> create(Entries entries);

    [[nodiscard]] Result<Ref<vfs::Node>> root() override;
    void facts(vfs::FileSystemFacts& out) override;

    [[nodiscard]] vfs::Moment born() const { return born_; }
    [[nodiscard]] uint64_t next_number() { return next_number_.fetch_add_relaxed(1); }

    // Makes the nodes, once. Errors: ENOMEM (the next call tries again).
    [[nodiscard]] Result<> fill() { return filled_.load_acquire() ? ok() : fill_slowly(); }

  private:
    explicit ProcFileSystem(Entries entries)
        : FileSystem("procfs", true), entries_(entries), born_(vfs::now()) {}
    ~ProcFileSystem() = default;
    void destroy() override;
    [[gnu::noinline]] Result<> fill_slowly();
    Result<> add(const Entry& entry);

    Entries entries_;
    vfs::Moment born_;
    Atomic<uint64_t> next_number_{1};
    Atomic<bool> filled_{false};
    Mutex fill_lock_{"procfs"};
    Ref<Directory> root_;
};

// What all of them have. Directories live as long as the file system, so nodes refer to the one
// they are in without counting.
class ProcNode : public vfs::Node {
  public:
    void facts(vfs::Facts& out) override;
    [[nodiscard]] vfs::Name name() const { return name_; }
    [[nodiscard]] uint64_t number() const { return number_; }
    [[nodiscard]] ProcFileSystem& proc() const {
        return static_cast<ProcFileSystem&>(file_system());
    }

  protected:
    // `name` outlives the node.
    ProcNode(ProcFileSystem& file_system, vfs::NodeKind kind, vfs::Name name, uint32_t permissions,
             uint64_t number)
        : Node(file_system, kind), name_(name), number_(number), permissions_(permissions) {}
    ProcNode(ProcFileSystem& file_system, vfs::NodeKind kind, vfs::Name name, uint32_t permissions)
        : ProcNode(file_system, kind, name, permissions, file_system.next_number()) {}
    ~ProcNode() = default;

  private:
    friend class Directory;

    vfs::Name name_;
    uint64_t number_;
    uint32_t permissions_;
    ListNode<ProcNode> in_directory_;
};

// On the heap. Errors: ENOMEM.
template <class T, class... Arguments>
[[nodiscard]] Result<Ref<T>> make_node(Arguments&&... arguments) {
    void* memory = heap::allocate(sizeof(T));
    if (memory == nullptr)
        return Errno::nomem;
    return Ref<T>::adopt(*::new (memory) T(static_cast<Arguments&&>(arguments)...));
}

// Directories whose entries never change.
class Directory : public ProcNode {
  public:
    // `parent` is null for the root.
    Directory(ProcFileSystem& file_system, Directory* parent, vfs::Name name)
        : ProcNode(file_system, vfs::NodeKind::directory, name, 0555), parent_(parent) {}

    void facts(vfs::Facts& out) override;
    [[nodiscard]] Result<Ref<Node>> lookup(vfs::Name name) override;
    [[nodiscard]] Result<Ref<Node>> parent() override;
    [[nodiscard]] Result<size_t> name_of(Node& child, std::span<char> room) override;
    [[nodiscard]] Result<> list(uint64_t from, vfs::EntrySink& sink) override;

    // While the file system is filled. child(): null if there is none.
    [[nodiscard]] ProcNode* child(vfs::Name name) const;
    void add(Ref<ProcNode> node); // in the order of names
    void clear();                 // drops all below

  protected:
    ~Directory() = default;
    void destroy() override;

  private:
    Directory* parent_;
    uint64_t directories_ = 0;
    List<&ProcNode::in_directory_> children_;
};

// A link; it shows a text and leads there, unless jump() is overridden. Belongs to who looked it
// up.
class Link : public ProcNode {
  public:
    // `text`, on the heap, becomes the link's.
    Link(ProcFileSystem& file_system, vfs::Name name, uint64_t number, char* text, size_t size)
        : ProcNode(file_system, vfs::NodeKind::link, name, 0777, number), text_(text), size_(size) {
    }

    [[nodiscard]] Result<std::string_view> target() override {
        return std::string_view(text_, size_);
    }

  protected:
    ~Link() { heap::deallocate(text_); }
    void destroy() override {
        this->Link::~Link();
        heap::deallocate(this);
    }

  private:
    char* text_;
    size_t size_;
};

// A link whose text is looked for when somebody wants it, because no directory is locked then.
class LateLink : public ProcNode {
  public:
    LateLink(ProcFileSystem& file_system, vfs::Name name, uint64_t number)
        : ProcNode(file_system, vfs::NodeKind::link, name, 0777, number) {}

    [[nodiscard]] Result<std::string_view> target() final;

  protected:
    ~LateLink() { heap::deallocate(text_); }
    // Once; the text may lie in `room`, of vfs::kMostPath bytes.
    virtual std::string_view find_text(std::span<char> room) = 0;

  private:
    Mutex lock_{"link of /proc"};
    char* text_ = nullptr;
    size_t size_ = 0;
};

// A copy on the heap, for the constructor of Link. Errors: ENOMEM.
[[nodiscard]] Result<char*> copy_of(std::string_view text);

} // namespace uk::procfs

// SPDX-License-Identifier: BSD-3-Clause
// The nodes of /proc, and how the table becomes a tree of them.
#include <uk/procfs/nodes.hpp>

#include <uk/print.h>
#include <uk/string.h>
#include <uk/vfs/mount_table.hpp>
#include <uk/vfs/path.hpp>

#include "text_file.hpp"

namespace uk::procfs {

namespace {

constexpr uint64_t kMagic = 0x9fa0; // PROC_SUPER_MAGIC, which programs know
constexpr size_t kMostTarget = 1024;

// Leads to a place, whatever its path means by now.
class PlaceLink final : public LateLink {
  public:
    PlaceLink(const ProcNode& entry, vfs::Place place)
        : LateLink(entry.proc(), entry.name(), entry.number()), place_(std::move(place)) {}

    Result<bool> jump(vfs::Place& to) override {
        to = place_;
        return true;
    }

  private:
    void destroy() override {
        this->~PlaceLink();
        heap::deallocate(this);
    }
    std::string_view find_text(std::span<char> room) override {
        vfs::MountTable& table = vfs::mounts();
        const Result<std::string_view> path = vfs::path_of(table, table.root(), place_, {}, room);
        return path.ok() ? path.value() : "(deleted)";
    }

    vfs::Place place_;
};

// A row that is a link: the directory makes a Link from it whenever somebody looks it up.
class LinkEntry final : public ProcNode {
  public:
    LinkEntry(ProcFileSystem& file_system, vfs::Name name, const Entry& entry)
        : ProcNode(file_system, vfs::NodeKind::link, name, 0777), entry_(entry) {}

    Result<Ref<Node>> make_link() {
        if (entry_.place != nullptr) {
            vfs::Place place = UK_TRY(entry_.place());
            if (!place)
                return Errno::noent;
            return Ref<Node>(UK_TRY(make_node<PlaceLink>(*this, std::move(place))));
        }
        char text[kMostTarget];
        const size_t size = UK_TRY(entry_.target(std::span<char>(text)));
        char* copy = UK_TRY(copy_of({text, size}));
        Result<Ref<Link>> made = make_node<Link>(proc(), name(), number(), copy, size);
        if (!made.ok()) {
            heap::deallocate(copy);
            return made.error();
        }
        return Ref<Node>(made.take());
    }

  private:
    void destroy() override {
        this->~LinkEntry();
        heap::deallocate(this);
    }

    const Entry& entry_;
};

Result<Ref<ProcNode>> make_entry(Directory& parent, vfs::Name name, const Entry& entry) {
    if (entry.directory != nullptr)
        return Ref<ProcNode>(UK_TRY(entry.directory(parent, name)));
    if (entry.target != nullptr || entry.place != nullptr)
        return Ref<ProcNode>(UK_TRY(make_node<LinkEntry>(parent.proc(), name, entry)));
    return Ref<ProcNode>(
        UK_TRY(make_node<TextNode>(parent.proc(), name, entry.permissions, entry.write)));
}

} // namespace

Result<char*> copy_of(std::string_view text) {
    auto* copy = static_cast<char*>(heap::allocate(text.size()));
    if (copy == nullptr)
        return Errno::nomem;
    memcpy(copy, text.data(), text.size());
    return copy;
}

Result<std::string_view> LateLink::target() {
    LockGuard guard(lock_);
    if (text_ == nullptr) {
        auto* room = static_cast<char*>(heap::allocate(vfs::kMostPath));
        if (room == nullptr)
            return Errno::nomem;
        const std::string_view text = find_text({room, vfs::kMostPath});
        Result<char*> copy = copy_of(text);
        size_ = text.size();
        heap::deallocate(room);
        text_ = UK_TRY(copy);
    }
    return std::string_view(text_, size_);
}

// --- The file system -----------------------------------------------------------------------------

Result<Ref<ProcFileSystem>> ProcFileSystem::create(Entries entries) {
    void* memory = heap::allocate(sizeof(ProcFileSystem));
    if (memory == nullptr)
        return Errno::nomem;
    auto made = Ref<ProcFileSystem>::adopt(*::new (memory) ProcFileSystem(entries));
    made->root_ = UK_TRY(make_node<Directory>(*made, nullptr, vfs::Name("/")));
    return made;
}

void ProcFileSystem::destroy() {
    if (root_)
        root_->clear();
    root_.reset();
    this->~ProcFileSystem();
    heap::deallocate(this);
}

Result<Ref<vfs::Node>> ProcFileSystem::root() {
    return Ref<vfs::Node>(root_);
}

void ProcFileSystem::facts(vfs::FileSystemFacts& out) {
    out.magic = kMagic;
}

Result<> ProcFileSystem::fill_slowly() {
    LockGuard guard(fill_lock_);
    if (filled_.load_relaxed())
        return ok();
    for (const Entry* entry : entries_) {
        Result<> added = add(*entry);
        if (!added.ok()) {
            root_->clear();
            return added;
        }
    }
    filled_.store_release(true);
    return ok();
}

// Makes what is missing on the way.
Result<> ProcFileSystem::add(const Entry& entry) {
    std::string_view path = entry.path;
    Directory* in = root_.get();
    for (;;) {
        const size_t end = path.find('/');
        const vfs::Name name = path.substr(0, end);
        ProcNode* there = in->child(name);
        if (end == path.npos) {
            UK_ASSERT(there == nullptr && "two entries of one name");
            in->add(UK_TRY(make_entry(*in, name, entry)));
            return ok();
        }
        if (there == nullptr) {
            Ref<Directory> made = UK_TRY(make_node<Directory>(*this, in, name));
            there = made.get();
            in->add(made);
        }
        UK_ASSERT(there->is_directory());
        in = static_cast<Directory*>(there);
        path.remove_prefix(end + 1);
    }
}

// --- Nodes ---------------------------------------------------------------------------------------

void ProcNode::facts(vfs::Facts& out) {
    out.number = number_;
    out.kind = kind();
    out.permissions = permissions_;
    out.links = 1;
    out.accessed = out.modified = out.changed = out.born = proc().born();
}

ProcNode* Directory::child(vfs::Name name) const {
    for (ProcNode& node : children_) {
        if (node.name() == name)
            return &node;
    }
    return nullptr;
}

void Directory::add(Ref<ProcNode> node) {
    ProcNode* before = children_.front();
    while (before != nullptr && before->name() < node->name())
        before = children_.next(*before);
    directories_ += node->is_directory() ? 1 : 0;
    ProcNode& added = *node.release();
    if (before != nullptr)
        children_.insert_before(*before, added);
    else
        children_.push_back(added);
}

void Directory::clear() {
    while (ProcNode* node = children_.pop_front()) {
        if (node->is_directory())
            static_cast<Directory*>(node)->clear();
        node->ref_release();
    }
    directories_ = 0;
}

void Directory::destroy() {
    this->Directory::~Directory();
    heap::deallocate(this);
}

void Directory::facts(vfs::Facts& out) {
    (void)proc().fill(); // if that fails, looking up says so
    ProcNode::facts(out);
    out.links = static_cast<uint32_t>(2 + directories_);
}

Result<Ref<vfs::Node>> Directory::lookup(vfs::Name name) {
    UK_TRY(proc().fill());
    ProcNode* node = child(name);
    if (node == nullptr)
        return Errno::noent;
    if (node->kind() == vfs::NodeKind::link)
        return static_cast<LinkEntry*>(node)->make_link();
    return Ref<Node>::share(*node);
}

Result<Ref<vfs::Node>> Directory::parent() {
    return Ref<Node>::share(parent_ != nullptr ? *parent_ : *this);
}

Result<size_t> Directory::name_of(Node& child, std::span<char> room) {
    const vfs::Name name = static_cast<ProcNode&>(child).name();
    if (name.size() > room.size())
        return Errno::range;
    memcpy(room.data(), name.data(), name.size());
    return name.size();
}

// The n-th child is followed by the one that n + 1 means.
Result<> Directory::list(uint64_t from, vfs::EntrySink& sink) {
    UK_TRY(proc().fill());
    uint64_t index = 0;
    for (ProcNode& node : children_) {
        if (++index > from && !sink.entry(node.name(), node.number(), node.kind(), index))
            break;
    }
    return ok();
}

} // namespace uk::procfs

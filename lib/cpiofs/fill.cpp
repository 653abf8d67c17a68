// SPDX-License-Identifier: BSD-3-Clause
// Makes a node for each member of an archive, in the order in which they come.
#include <uk/cpiofs/fill.hpp>

#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/base/rbtree.hpp>
#include <uk/cpio/reader.hpp>
#include <uk/print.h>
#include <uk/ramfs/file.hpp>

namespace uk::cpiofs {

namespace {

using ramfs::RamDirectory;
using ramfs::RamFile;
using ramfs::RamNode;
using vfs::NodeKind;

NodeKind kind_of(cpio::Kind kind) {
    constexpr NodeKind kKinds[] = {NodeKind::regular,   NodeKind::directory, NodeKind::link,
                                   NodeKind::character, NodeKind::block,     NodeKind::fifo,
                                   NodeKind::socket};
    return kKinds[static_cast<unsigned>(kind)];
}

// As st_rdev has it.
uint64_t number_of(const cpio::Device& device) {
    const uint64_t major = device.major;
    const uint64_t minor = device.minor;
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~uint64_t{0xff}) << 12 |
           (major & ~uint64_t{0xfff}) << 32;
}

// A file of which there may be other names further on.
struct Linked {
    cpio::Identity identity;
    Ref<RamNode> file;
    RbNode<Linked> node;
};

struct ByIdentity {
    static auto key(const cpio::Identity& id) {
        struct Key {
            uint32_t parts[4];
            bool operator<(const Key& other) const {
                for (size_t i = 0; i < 4; i++) {
                    if (parts[i] != other.parts[i])
                        return parts[i] < other.parts[i];
                }
                return false;
            }
        };
        return Key{{id.inode, id.archive, id.device.major, id.device.minor}};
    }
    bool operator()(const Linked& a, const Linked& b) const {
        return key(a.identity) < key(b.identity);
    }
    bool operator()(const Linked& a, const cpio::Identity& b) const {
        return key(a.identity) < key(b);
    }
    bool operator()(const cpio::Identity& a, const Linked& b) const {
        return key(a) < key(b.identity);
    }
};

class Filler {
  public:
    Filler(ramfs::RamFileSystem& file_system, bool copies)
        : root_(file_system.root_directory()), copies_(copies), folder_(&root_) {}
    ~Filler();
    Filler(const Filler&) = delete;
    Filler& operator=(const Filler&) = delete;

    Result<> run(std::span<const std::byte> archives);

  private:
    Result<> add(const cpio::Entry& entry);
    Result<> add_file(const cpio::Entry& entry, vfs::Name name, const vfs::NewNode& what);
    Result<RamDirectory*> folder_of(std::string_view path);
    Result<> make_room(vfs::Name name);
    Result<> set_content(const cpio::Entry& entry, RamFile& file);
    Result<> remember(const cpio::Entry& entry, RamNode& file);
    Error refused(const char* why) {
        why_ = why;
        return Errno::inval;
    }

    RamDirectory& root_;
    bool copies_;
    const char* why_ = nullptr;
    // Where the latest member stood: the next one is often beside it.
    RamDirectory* folder_;
    std::string_view folder_path_{};
    RbTree<&Linked::node, ByIdentity> linked_;
};

Filler::~Filler() {
    while (Linked* one = linked_.min()) {
        linked_.erase(*one);
        one->~Linked();
        heap::deallocate(one);
    }
}

// The folder of this path, from the root on.
Result<RamDirectory*> Filler::folder_of(std::string_view path) {
    if (path == folder_path_)
        return folder_;
    RamDirectory* at = &root_;
    for (std::string_view rest = path; !rest.empty();) {
        const size_t slash = rest.find('/');
        RamNode* next = at->find(rest.substr(0, slash));
        if (next == nullptr)
            return refused("its folder does not come before it");
        if (!next->is_directory())
            return refused(next->kind() == NodeKind::link ? "its path leads through a symbolic link"
                                                          : "its path leads through a file");
        at = static_cast<RamDirectory*>(next);
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    }
    folder_ = at;
    folder_path_ = path;
    return at;
}

// What stood under this name goes.
Result<> Filler::make_room(vfs::Name name) {
    RamNode* old = folder_->find(name);
    if (old == nullptr)
        return ok();
    if (!folder_->drop(name, *old).ok())
        return refused("it would replace a folder that is not empty");
    return ok();
}

Result<> Filler::set_content(const cpio::Entry& entry, RamFile& file) {
    if (entry.content.empty())
        return ok();
    vfs::Facts now;
    file.facts(now);
    if (now.size != 0)
        return refused("the bytes of this file come a second time");
    if (!copies_) {
        file.set_base(entry.content);
        return ok();
    }
    if (!cpio::sum_is_right(entry))
        return refused("its sum does not fit its bytes");
    const IoPiece piece{const_cast<std::byte*>(entry.content.data()), entry.content.size()};
    IoPieces from({&piece, 1}, IoMemory::kernel);
    if (UK_TRY(file.write(from, 0)) != piece.size)
        return Errno::nospc;
    return ok();
}

Result<> Filler::remember(const cpio::Entry& entry, RamNode& file) {
    void* memory = heap::allocate(sizeof(Linked));
    if (memory == nullptr)
        return Errno::nomem;
    auto* one = ::new (memory) Linked{entry.identity, Ref<RamNode>::share(file), {}};
    linked_.insert_multi(*one);
    return ok();
}

Result<> Filler::add_file(const cpio::Entry& entry, vfs::Name name, const vfs::NewNode& what) {
    Linked* other = entry.has_other_names() ? linked_.find(entry.identity) : nullptr;
    RamNode* old = folder_->find(name);
    if (other == nullptr || other->file.get() != old)
        UK_TRY(make_room(name));
    RamNode* node = nullptr;
    if (other != nullptr) {
        node = other->file.get();
        if (node != old)
            UK_TRY(folder_->add_name(name, *node));
    } else {
        node = UK_TRY(folder_->add(name, what));
        if (entry.has_other_names())
            UK_TRY(remember(entry, *node));
    }
    UK_TRY(set_content(entry, static_cast<RamFile&>(*node)));
    node->set_times(static_cast<vfs::Moment>(entry.mtime) * 1'000'000'000);
    return ok();
}

Result<> Filler::add(const cpio::Entry& entry) {
    vfs::NewNode what;
    what.kind = kind_of(entry.kind);
    what.permissions = entry.mode & 07777;
    what.device = number_of(entry.device);
    what.target = entry.kind == cpio::Kind::link ? entry.text() : std::string_view{};
    what.owner = entry.uid;
    what.group = entry.gid;
    const size_t slash = entry.path.rfind('/');
    const bool in_root = slash == std::string_view::npos;
    const vfs::Name name = in_root ? entry.path : entry.path.substr(slash + 1);
    RamNode* node = &root_;
    if (entry.path.empty()) { // a folder: the reader has looked
        node->set_facts(what);
    } else {
        UK_TRY(folder_of(in_root ? std::string_view{} : entry.path.substr(0, slash)));
        if (entry.kind == cpio::Kind::file)
            return add_file(entry, name, what);
        node = folder_->find(name);
        if (node != nullptr && node->is_directory() && what.kind == NodeKind::directory) {
            node->set_facts(what);
        } else {
            UK_TRY(make_room(name));
            node = UK_TRY(folder_->add(name, what));
        }
    }
    node->set_times(static_cast<vfs::Moment>(entry.mtime) * 1'000'000'000);
    return ok();
}

// For the log: what a terminal would obey is a '?', and very long paths end in dots.
struct Shown {
    explicit Shown(std::string_view path) {
        size_t at = 0;
        for (const char c : path) {
            if (at == sizeof(text) - 4) {
                text[at++] = '.';
                text[at++] = '.';
                text[at++] = '.';
                break;
            }
            text[at++] = static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
        }
        text[at] = '\0';
    }
    char text[128];
};

Result<> Filler::run(std::span<const std::byte> archives) {
    cpio::Reader reader(archives);
    for (;;) {
        Result<cpio::Entry> entry = reader.next();
        if (entry.code() == Errno::nodata)
            return ok();
        if (!entry.ok()) {
            uk_pr_err("the archive is damaged at byte %zu: %s\n", reader.problem().offset,
                      reader.problem().text);
            return Errno::inval;
        }
        const Result<> added = add(entry.value());
        if (added.ok())
            continue;
        uk_pr_err("'%s', at byte %zu of the archive: %s\n", Shown(entry.value().path).text,
                  entry.value().offset, why_ != nullptr ? why_ : added.error().name());
        return added;
    }
}

} // namespace

Result<> fill(ramfs::RamFileSystem& file_system, std::span<const std::byte> archives) {
    return Filler(file_system, false).run(archives);
}

Result<> extract(ramfs::RamFileSystem& file_system, std::span<const std::byte> archives) {
    return Filler(file_system, true).run(archives);
}

} // namespace uk::cpiofs

// SPDX-License-Identifier: BSD-3-Clause
// Node: a file, a directory or whatever else a path can lead to, whatever its names are. File
// systems derive their own nodes from it.
//
//     uk::Ref<Node> etc = UK_TRY(root.lookup("etc"));   // with root.lock() held
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uk/abi/stat.h>
#include <uk/base/atomic.hpp>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/file.hpp>
#include <uk/file/io_pieces.hpp>
#include <uk/lock.hpp>
#include <uk/vfs/moment.hpp>
#include <uk/vmem/types.hpp>

namespace uk::vfs {

class FileSystem;
class FileLocks;
class Node;
struct Place;

// One component of a path: 1 to kMostName bytes, anything but '/' and 0; never "." or "..". The
// core checks that before a node sees it.
using Name = std::string_view;
inline constexpr size_t kMostName = 255;
inline constexpr size_t kMostPath = 4096; // with the 0 at its end
inline constexpr size_t kMostLink = 4095; // bytes of a symbolic link's target

// What a node is; the value is that of UK_S_IFMT in st_mode.
enum class NodeKind : uint32_t {
    fifo = UK_S_IFIFO,
    character = UK_S_IFCHR,
    directory = UK_S_IFDIR,
    block = UK_S_IFBLK,
    regular = UK_S_IFREG,
    link = UK_S_IFLNK,
    socket = UK_S_IFSOCK,
};

// What stat() and statx() tell. Sizes in bytes.
struct Facts {
    uint64_t number = 0; // st_ino, not 0, unique in its file system while the node lives
    NodeKind kind = NodeKind::regular;
    uint32_t permissions = 0; // 07777
    uint32_t links = 0;
    uk_uid_t owner = 0;
    uk_gid_t group = 0;
    uint64_t device = 0; // st_rdev
    uint64_t size = 0;
    uint64_t stored = 0; // what it takes in memory or on the disk; st_blocks is a 512th of it
    uint32_t block = 4096;
    Moment accessed = 0;
    Moment modified = 0;
    Moment changed = 0;
    Moment born = 0;
};

// Which of the facts are to be set.
struct FactsChange {
    static constexpr uint32_t kPermissions = 1;
    static constexpr uint32_t kOwner = 2;
    static constexpr uint32_t kGroup = 4;
    static constexpr uint32_t kAccessed = 8;
    static constexpr uint32_t kModified = 16;
    uint32_t which = 0;
    Facts to;
};

// What create() makes.
struct NewNode {
    NodeKind kind = NodeKind::regular;
    uint32_t permissions = 0;
    uint64_t device = 0;       // of character and block
    std::string_view target{}; // of a link: 1 to kMostLink bytes
    uk_uid_t owner = 0;
    uk_gid_t group = 0;
};

// Receives the entries of a directory; false: no more of them.
class EntrySink {
  public:
    // `next`: where list() goes on behind this entry.
    virtual bool entry(Name name, uint64_t number, NodeKind kind, uint64_t next) = 0;

  protected:
    ~EntrySink() = default;
};

// Counted: it lives while a name leads to it, while it is open or a mount stands on it, however
// long that is; destroy() comes from the last ref_release(), in thread context.
//
// **Locks.** Each node has one RwLock. The core takes it; the functions below say in which way it
// is held when they are called. The order is: FileSystem::rename_lock(); a directory, then what it
// contains; of two that do not contain each other, the one with the lower address. Functions may
// block, unless their comment denies it. Functions of one kind of node are never called on another.
//
// **Times** are the node's business, by vfs::now(): `modified` and `changed` of a file at write(),
// resize(), allocate(); of a directory whenever its entries change; `changed` of a node whenever
// its names or facts do. `accessed` is the core's, which sets it by change().
//
// What a node does not bring fails as its comment says.
class Node {
  public:
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) == 1)
            destroy();
    }

    [[nodiscard]] NodeKind kind() const { return kind_; }
    [[nodiscard]] bool is_directory() const { return kind_ == NodeKind::directory; }
    [[nodiscard]] FileSystem& file_system() const { return file_system_; }
    [[nodiscard]] RwLock& lock() { return lock_; }
    // A directory that has lost its name; nothing is ever made in it again. The core knows.
    [[nodiscard]] bool removed() const { return (state_.load_relaxed() & kRemoved) != 0; }
    // Whether mounts stand on it.
    [[nodiscard]] bool is_mount_point() const { return mounts_.load_acquire() != 0; }

    // Shared.
    virtual void facts(Facts& out) = 0;
    // Exclusive. Sets `changed` as well, unless kAccessed is all that is set. Errors: EROFS, EPERM,
    // EIO.
    [[nodiscard]] virtual Result<> change(const FactsChange& /*what*/) { return Errno::perm; }

    // --- Directories ---

    // Shared. Errors: ENOENT, EIO, ENOMEM.
    [[nodiscard]] virtual Result<Ref<Node>> lookup(Name /*name*/) { return Errno::notdir; }
    // Shared. Where ".." leads; the root's own parent is itself. A directory that was removed:
    // ENOENT. (What moves or removes a directory holds its lock exclusively, so the parent cannot
    // go meanwhile.)
    [[nodiscard]] virtual Result<Ref<Node>> parent() { return Errno::notdir; }
    // Shared. The name under which a child stands here, for getcwd() and /proc; any of several.
    // Errors: ENOENT, ERANGE (`room` is too small). Returns its length.
    [[nodiscard]] virtual Result<size_t> name_of(Node& /*child*/, std::span<char> /*room*/) {
        return Errno::noent;
    }
    // Shared. Gives the sink entries from `from` on: 0 is the beginning, all else what was `next`
    // of an entry, which may be gone by now. What is there all the time comes exactly once, what
    // comes or goes meanwhile at most once. "." and ".." are the core's.
    [[nodiscard]] virtual Result<> list(uint64_t /*from*/, EntrySink& /*sink*/) {
        return Errno::notdir;
    }
    // Exclusive, as all that follow here; name and node fit (the core has looked: EEXIST, ENOTDIR,
    // EISDIR, EXDEV, EMLINK of more than UINT32_MAX, a directory below itself, EBUSY of mount
    // points, EROFS). Errors: ENOSPC, ENOMEM, EIO, EPERM (this file system cannot do that).
    [[nodiscard]] virtual Result<Ref<Node>> create(Name /*name*/, const NewNode& /*what*/) {
        return Errno::perm;
    }
    // One more name for `node`, no directory, whose lock is held exclusively as well. Of a node
    // that has no name yet (O_TMPFILE): its first.
    [[nodiscard]] virtual Result<> link(Name /*name*/, Node& /*node*/) { return Errno::perm; }
    // Takes the name away from `node`, whose lock is held exclusively as well. Errors besides:
    // ENOTEMPTY. The node lives on for those who have references.
    [[nodiscard]] virtual Result<> remove(Name /*name*/, Node& /*node*/) { return Errno::perm; }
    // Gives `node`, here under `name`, the name `to_name` in `to`, of the same file system and
    // perhaps this directory. Then what stood there, `replaced`, loses that name; or, if
    // `exchange`, takes the other. Locks of all that take part are held exclusively, and
    // FileSystem::rename_lock(). Errors besides: ENOTEMPTY. Nothing has changed after an error.
    struct Rename {
        Name name;
        Node& node;
        Node& to;
        Name to_name;
        Node* replaced; // may be null
        bool exchange;
    };
    [[nodiscard]] virtual Result<> rename(const Rename& /*what*/) { return Errno::perm; }
    // A regular file without a name, for O_TMPFILE.
    [[nodiscard]] virtual Result<Ref<Node>> create_nameless(const NewNode& /*what*/) {
        return Errno::opnotsupp;
    }

    // --- Symbolic links ---

    // No lock: the target never changes. The bytes live as long as the node.
    [[nodiscard]] virtual Result<std::string_view> target() { return Errno::inval; }
    // No lock. For links that lead to a place rather than to a path, as those of /proc/self/fd:
    // fills `to` and says true; then target() is only a text for people.
    [[nodiscard]] virtual Result<bool> jump(Place& /*to*/) { return false; }

    // --- Regular files ---

    // Shared. Up to the end of the file, which is 0. Errors: EFAULT, EIO.
    [[nodiscard]] virtual Result<size_t> read(IoPieces& /*to*/, uint64_t /*offset*/) {
        return Errno::inval;
    }
    // Exclusive. Errors: EFAULT, ENOSPC, EFBIG, ENOMEM, EIO; none when some bytes could be written.
    [[nodiscard]] virtual Result<size_t> write(IoPieces& /*from*/, uint64_t /*offset*/) {
        return Errno::inval;
    }
    // Exclusive. What is gained reads as zeros. Errors: EFBIG, ENOSPC, ENOMEM, EIO.
    [[nodiscard]] virtual Result<> resize(uint64_t /*size*/) { return Errno::inval; }
    // Exclusive. `mode`: UK_FALLOC_FL_*. Errors: EOPNOTSUPP (mode), ENOSPC, EFBIG.
    [[nodiscard]] virtual Result<> allocate(int /*mode*/, uint64_t /*offset*/, uint64_t /*size*/) {
        return Errno::opnotsupp;
    }
    // Shared. The next data (or hole, if `hole`) from `offset` on, which lies in the file. Errors:
    // ENXIO (no data there).
    [[nodiscard]] virtual Result<uint64_t> seek(uint64_t offset, bool hole);
    // Shared. Puts on the disk what is not there yet; `data_only` as fdatasync().
    [[nodiscard]] virtual Result<> sync(bool /*data_only*/) { return ok(); }
    // No lock. How its bytes appear in memory; null: not at all (ENODEV). Lives while the node
    // does; its hold() and drop() count references to the node.
    [[nodiscard]] virtual vmem::Pager* pager() { return nullptr; }

    // --- All ---

    // No lock. What open() of this node gives, its access mode checked; `flags`: UK_O_*, without
    // those that are the core's (O_CREAT, O_EXCL, O_TRUNC, O_CLOEXEC). The default is an OpenNode
    // (<uk/vfs/open_node.hpp>) for regular files and directories, and for the others what the table
    // of openers has (<uk/vfs/opener.hpp>). Nodes that are devices or make their text at this
    // moment bring a class derived from OpenNode. Errors: ENXIO (a socket, no such device), ENOMEM.
    [[nodiscard]] virtual Result<Ref<File>> open(const Place& place, uint32_t flags);

    // Extended attributes, by whole names ("user.x"). get: shared; returns the size, copies if room
    // is not empty. set: exclusive; flags UK_XATTR_*. Errors: ENODATA, EEXIST, ERANGE, ENOSPC.
    [[nodiscard]] virtual Result<size_t> get_attribute(Name name, std::span<std::byte> room);
    [[nodiscard]] virtual Result<> set_attribute(Name name, std::span<const std::byte> value,
                                                 int flags);
    [[nodiscard]] virtual Result<> remove_attribute(Name name);
    // Their names, each with a 0 behind it; as get_attribute().
    [[nodiscard]] virtual Result<size_t> list_attributes(std::span<char> room);

  protected:
    // The maker has the first reference.
    Node(FileSystem& file_system, NodeKind kind) : file_system_(file_system), kind_(kind) {}
    ~Node();

    // Nobody has a reference any more: frees the object.
    virtual void destroy() = 0;
    // For file systems that find their nodes again: one more reference, unless the last one has
    // gone and destroy() is on its way.
    [[nodiscard]] bool ref_try_retain() {
        uint32_t refs = refs_.load_relaxed();
        while (refs != 0 && !refs_.replace_acquire(refs, refs + 1))
            refs = refs_.load_relaxed();
        return refs != 0;
    }

  private:
    friend class MountTable;
    friend struct NodeState; // the core's

    static constexpr uint32_t kRemoved = 1;
    static constexpr uint32_t kLinkable = 2; // made by O_TMPFILE without O_EXCL

    Atomic<uint32_t> refs_{1};
    Atomic<uint32_t> mounts_{0};  // mounts that stand on this node
    Atomic<uint32_t> state_{0};   // kRemoved ...
    Atomic<uint32_t> changes_{0}; // how often its times may have changed, for relatime
    FileSystem& file_system_;
    NodeKind kind_;
    Atomic<FileLocks*> locks_{nullptr}; // once somebody wanted one
    RwLock lock_{"node"};
};

} // namespace uk::vfs

// SPDX-License-Identifier: BSD-3-Clause
// Files of the host that are no directories, and what all have.
#include "node.hpp"

#include <uk/abi/unistd.h>
#include <uk/alloc/heap.hpp>
#include <uk/vfs/open_node.hpp>

namespace uk::hostfs {

using host::Call;

namespace {

constexpr size_t kChunk = 65536; // bytes that one call of the host moves
constexpr size_t kSmall = 1024;  // these go over the stack
constexpr uint64_t kMostSize = INT64_MAX - 4095;
constexpr int64_t kSecond = 1000 * 1000 * 1000;

vfs::Moment moment_of(const uk_statx_timestamp& time) {
    vfs::Moment moment = 0;
    if (__builtin_mul_overflow(time.tv_sec, kSecond, &moment) ||
        __builtin_add_overflow(moment, static_cast<int64_t>(time.tv_nsec), &moment))
        return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return moment;
}

uk_timespec time_of(vfs::Moment moment, bool is_set) {
    uk_timespec time{};
    time.tv_sec = moment / kSecond - (moment % kSecond < 0 ? 1 : 0);
    time.tv_nsec = is_set ? moment - time.tv_sec * kSecond : UK_UTIME_OMIT;
    return time;
}

// Room for what is on its way between the host and a program's memory, which may not be there yet.
class Room {
  public:
    explicit Room(size_t wanted) {
        size_ = wanted < kChunk ? wanted : kChunk;
        if (size_ > kSmall)
            large_ = static_cast<std::byte*>(heap::allocate(size_));
        if (large_ == nullptr && size_ > kSmall)
            size_ = kSmall; // more calls, and no other difference
    }
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    ~Room() { heap::deallocate(large_); }
    [[nodiscard]] std::byte* data() { return large_ != nullptr ? large_ : small_; }
    [[nodiscard]] size_t size(size_t left) const { return left < size_ ? left : size_; }

  private:
    std::byte small_[kSmall];
    std::byte* large_ = nullptr;
    size_t size_;
};

// What came before an error counts.
template <class T>
Result<size_t> stop(size_t done, const Result<T>& failed) {
    return done != 0 ? Result<size_t>(done) : failed.error();
}

} // namespace

HostNode::HostNode(HostFileSystem& file_system, vfs::NodeKind kind, const Identity& identity,
                   int fd, size_t target_size)
    : Node(file_system, kind), identity_(identity), fd_(fd), target_size_(target_size) {}

HostFileSystem& HostNode::host_file_system() const {
    return static_cast<HostFileSystem&>(file_system());
}

void HostNode::destroy() {
    host_file_system().forget(*this);
    for (const int fd : {fd_, reader_.load_relaxed(), writer_.load_relaxed()}) {
        if (fd >= 0)
            (void)host::call(Call::close, fd);
    }
    this->~HostNode();
    heap::deallocate(this);
}

// A file that the host does not describe any more has no facts but its number and kind.
void HostNode::facts(vfs::Facts& out) {
    out = {};
    out.number = identity_.number;
    out.kind = kind();
    uk_statx host{};
    if (!look(fd_, host).ok())
        return;
    out.permissions = host.stx_mode & 07777;
    out.links = host.stx_nlink;
    out.owner = host.stx_uid;
    out.group = host.stx_gid;
    out.device = (uint64_t{host.stx_rdev_minor} & 0xff) | (uint64_t{host.stx_rdev_major} << 8) |
                 ((uint64_t{host.stx_rdev_minor} & ~uint64_t{0xff}) << 12);
    out.size = host.stx_size;
    out.stored = host.stx_blocks * 512;
    out.block = host.stx_blksize;
    out.accessed = moment_of(host.stx_atime);
    out.modified = moment_of(host.stx_mtime);
    out.changed = moment_of(host.stx_ctime);
    out.born = moment_of(host.stx_btime);
}

Result<> HostNode::change(const vfs::FactsChange& what) {
    using Change = vfs::FactsChange;
    const FdPath path(fd_);
    if ((what.which & (Change::kOwner | Change::kGroup)) != 0) {
        const uk_uid_t owner = (what.which & Change::kOwner) != 0 ? what.to.owner : ~0u;
        const uk_gid_t group = (what.which & Change::kGroup) != 0 ? what.to.group : ~0u;
        UK_TRY(host::call(Call::fchownat, fd_, "", owner, group, UK_AT_EMPTY_PATH));
    }
    if ((what.which & Change::kPermissions) != 0)
        UK_TRY(host::call(Call::fchmodat, UK_AT_FDCWD, path.get(), what.to.permissions));
    if ((what.which & (Change::kAccessed | Change::kModified)) != 0) {
        const uk_timespec times[2] = {
            time_of(what.to.accessed, (what.which & Change::kAccessed) != 0),
            time_of(what.to.modified, (what.which & Change::kModified) != 0)};
        UK_TRY(host::call(Call::utimensat, UK_AT_FDCWD, path.get(), times, 0));
    }
    return ok();
}

Result<std::string_view> HostNode::target() {
    if (kind() != vfs::NodeKind::link)
        return Errno::inval;
    return std::string_view(reinterpret_cast<const char*>(this + 1), target_size_);
}

Result<int> HostNode::data(bool writes) {
    Atomic<int>& kept = writes ? writer_ : reader_;
    const int there = kept.load_acquire();
    if (there >= 0)
        return there;
    host::Descriptor opened(
        UK_TRY(host::open(UK_AT_FDCWD, FdPath(fd_).get(), writes ? UK_O_WRONLY : UK_O_RDONLY)));
    if (kept.replace_release(-1, opened.get()))
        return opened.release();
    return kept.load_acquire(); // another was quicker
}

// So that it fails here, not at the first byte, if the host does not let us.
Result<Ref<File>> HostNode::open(const vfs::Place& place, uint32_t flags) {
    if (kind() == vfs::NodeKind::regular) {
        const uint32_t mode = flags & UK_O_ACCMODE;
        if (mode != UK_O_WRONLY)
            UK_TRY(data(false));
        if (mode != UK_O_RDONLY)
            UK_TRY(data(true));
    }
    return Node::open(place, flags);
}

Result<size_t> HostNode::read(IoPieces& to, uint64_t offset) {
    if (offset > kMostSize)
        return size_t{0};
    const int fd = UK_TRY(data(false));
    Room room(to.left());
    size_t done = 0;
    while (to.left() != 0) {
        const size_t wanted = room.size(to.left());
        const Result<long> got = host::call(Call::pread64, fd, room.data(), wanted, offset + done);
        if (!got.ok())
            return stop(done, got);
        const auto size = static_cast<size_t>(got.value());
        if (Result<> put = to.put(room.data(), size); !put.ok())
            return stop(done, put);
        done += size;
        if (size < wanted)
            break;
    }
    return done;
}

Result<size_t> HostNode::write(IoPieces& from, uint64_t offset) {
    if (offset > kMostSize)
        return Errno::fbig;
    if (from.left() == 0)
        return size_t{0};
    const int fd = UK_TRY(data(true));
    Room room(from.left());
    size_t done = 0;
    while (from.left() != 0) {
        const size_t wanted = room.size(from.left());
        if (Result<> taken = from.take(room.data(), wanted); !taken.ok())
            return stop(done, taken);
        const Result<long> put = host::call(Call::pwrite64, fd, room.data(), wanted, offset + done);
        if (!put.ok())
            return stop(done, put);
        done += static_cast<size_t>(put.value());
        if (static_cast<size_t>(put.value()) < wanted)
            break;
    }
    return done;
}

Result<> HostNode::resize(uint64_t size) {
    if (size > kMostSize)
        return Errno::fbig;
    UK_TRY(host::call(Call::ftruncate, UK_TRY(data(true)), size));
    return ok();
}

Result<> HostNode::allocate(int mode, uint64_t offset, uint64_t size) {
    UK_TRY(host::call(Call::fallocate, UK_TRY(data(true)), mode, offset, size));
    return ok();
}

Result<uint64_t> HostNode::seek(uint64_t offset, bool hole) {
    const long where = UK_TRY(
        host::call(Call::lseek, UK_TRY(data(false)), offset, hole ? UK_SEEK_HOLE : UK_SEEK_DATA));
    return static_cast<uint64_t>(where);
}

// What nobody has written to needs no descriptor for it.
Result<> HostNode::sync(bool data_only) {
    const int fd = writer_.load_acquire();
    if (fd >= 0)
        UK_TRY(host::call(data_only ? Call::fdatasync : Call::fsync, fd));
    return ok();
}

} // namespace uk::hostfs

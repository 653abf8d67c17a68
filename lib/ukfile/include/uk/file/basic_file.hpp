// SPDX-License-Identifier: BSD-3-Clause
// BasicFile: an open file as a template over the lock of its position and the source that tells
// when it becomes ready; <uk/file.hpp> binds it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/abi/fcntl.h>
#include <uk/abi/poll.h>
#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/file/io_pieces.hpp>
#include <uk/file/own_facts.hpp>
#include <uk/spinlock/basic.hpp>

struct uk_stat;

namespace uk {

namespace vfs {
class OpenNode;
} // namespace vfs
namespace vmem {
struct MapRequest;
} // namespace vmem

// Whether a file has a position.
enum class FileKind : uint8_t {
    stream,   // a terminal, a pipe, a socket: bytes come and go
    still,    // a counter, a timer: as a stream, but seek() finds itself at 0, as Linux has it
    seekable, // a regular file, a folder: each byte has its place
};

// What one call of do_read() or do_write() is about, besides the memory.
struct FileIo {
    uint64_t offset; // of a seekable file: where; do_write() changes it if UK_O_APPEND is set
    uint32_t status; // the status flags for this call: UK_O_NONBLOCK, UK_O_APPEND ...
};

// For files that are always ready: nobody asks it anything.
struct NoReadySource {
    void file_closes(const void* /*file*/) {}
};

// What open() makes and descriptors refer to: POSIX's open file description. It knows no path and
// no descriptor. Counted; the last reference is dropped in thread context, without spinning locks,
// never by an interrupt handler, and calls destroy().
//
// All functions: thread context, any number of threads at once. They may block where the file does,
// and give up with EINTR where signals exist.
template <class Lock, class Source = NoReadySource>
class BasicFile {
  public:
    BasicFile(const BasicFile&) = delete;
    BasicFile& operator=(const BasicFile&) = delete;

    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) == 1)
            close();
    }

    // Of which class the object is, for who has to know: the address of something of that class,
    // null for those of whom nobody asks.
    [[nodiscard]] const void* family() const { return family_; }

    // Whether read() and write() are at a position.
    [[nodiscard]] bool is_seekable() const { return kind_ == FileKind::seekable; }

    // Access mode and status, as fcntl(F_GETFL) has them.
    [[nodiscard]] uint32_t status() const { return status_.load_relaxed(); }
    // Changes the flags of kChangeable to what `flags` says, and ignores the others, as
    // fcntl(F_SETFL) does. Calls that have begun go on as they were.
    void set_status(uint32_t flags) {
        status_.store_relaxed((status() & ~kChangeable) | (flags & kChangeable));
    }
    static constexpr uint32_t kChangeable = UK_O_APPEND | UK_O_NONBLOCK;

    // Moves bytes, at the position of a seekable file, which goes with them; others wait meanwhile.
    // Returns how many, fewer than wanted where the file says so; 0 of a read is the end. Errors:
    // EBADF (access mode), EFAULT, EAGAIN, EINTR, and the file's own; none once a byte was moved.
    [[nodiscard]] Result<size_t> read(IoPieces& to) {
        return at_position<&BasicFile::do_read>(to, UK_O_WRONLY);
    }
    [[nodiscard]] Result<size_t> write(IoPieces& from) {
        return at_position<&BasicFile::do_write>(from, UK_O_RDONLY);
    }
    // The same at a place of its own; the position stays. With UK_O_APPEND a write goes to the end
    // all the same, as on Linux. Errors besides: ESPIPE (not seekable).
    [[nodiscard]] Result<size_t> read_at(IoPieces& to, uint64_t offset) {
        return at_offset<&BasicFile::do_read>(to, offset, UK_O_WRONLY);
    }
    [[nodiscard]] Result<size_t> write_at(IoPieces& from, uint64_t offset) {
        return at_offset<&BasicFile::do_write>(from, offset, UK_O_RDONLY);
    }

    // Moves the position and returns it. `whence`: UK_SEEK_*. Errors: ESPIPE (a stream), EINVAL,
    // EOVERFLOW, ENXIO.
    [[nodiscard]] Result<uint64_t> seek(int64_t offset, int whence) {
        if (!is_seekable())
            return kind_ == FileKind::still ? Result<uint64_t>(uint64_t{0}) : Errno::spipe;
        LockGuard guard(position_lock_);
        Result<uint64_t> there = do_seek(position_, offset, whence);
        if (there.ok())
            position_ = there.value();
        return there;
    }

    // The entries of a directory from the position on, as struct uk_dirent64, which goes with them.
    // Returns how many bytes; 0 is the end. Errors: ENOTDIR, ENOENT (it was removed), EINVAL (not
    // one fits), EFAULT.
    [[nodiscard]] Result<size_t> entries(IoPieces& to) {
        if (!is_seekable())
            return Errno::notdir;
        LockGuard guard(position_lock_);
        return do_entries(to, position_);
    }

    // What a call could do now without waiting: UK_POLL* bits. Does not wait for events, but may
    // for mutexes. From then on until it is closed for good, also after the last reference went.
    [[nodiscard]] virtual uint32_t ready() {
        return UK_POLLIN | UK_POLLOUT | UK_POLLRDNORM | UK_POLLWRNORM;
    }
    // Who tells when that changes; as long as the file. Null: it never does.
    [[nodiscard]] virtual Source* ready_source() { return nullptr; }

    // Operations that the files of one kind bring. ioctl(): `argument` is a number or an
    // application's pointer, which the request says; errors: ENOTTY (no such request here), EFAULT,
    // EINVAL. stat() fills what fstat() tells; all fields are 0 before.
    [[nodiscard]] virtual Result<long> ioctl(unsigned /*request*/, uintptr_t /*argument*/) {
        return Errno::notty;
    }
    [[nodiscard]] virtual Result<> stat(uk_stat& out) = 0;
    // fcntl() commands that are not of descriptors or status, locks for example; as ioctl().
    // Errors: ENOTTY (no such command here).
    [[nodiscard]] virtual Result<long> control(int /*command*/, uintptr_t /*argument*/) {
        return Errno::notty;
    }
    // Adds to what mmap() asks for (<uk/vmem/types.hpp>; size, offset, protection and `shared` are
    // there) whose memory it is: a pager, which exists while somebody holds it or has this file.
    // Errors: ENODEV, EACCES (access mode), EPERM.
    [[nodiscard]] virtual Result<> map(vmem::MapRequest& /*request*/) { return Errno::nodev; }
    // One of its descriptors was closed, or means another file now; there may be more of them.
    // Thread context; may block. By the table of descriptors, without its lock.
    virtual void descriptor_closed() {}
    // Of a file that no path led to: what fchmod(), fchown() and futimens() change. Null: one of
    // those that are all alike.
    [[nodiscard]] virtual OwnFacts* own_facts() { return nullptr; }
    // What /proc/self/fd calls one of those, in brackets.
    [[nodiscard]] virtual const char* kind_name() { return "[file]"; }
    // Itself, if a path led to it (lib/ukvfs); else null.
    [[nodiscard]] virtual vfs::OpenNode* opened_node() { return nullptr; }

  protected:
    // `status`: UK_O_RDONLY, UK_O_WRONLY or UK_O_RDWR, and flags. The maker has the first
    // reference.
    constexpr BasicFile(FileKind kind, uint32_t status, const void* family = nullptr)
        : status_(status), kind_(kind), family_(family) {}
    ~BasicFile() = default;

    // As read() and write(), which have looked at the access mode. With nothing left in the pieces:
    // 0, without waiting.
    [[nodiscard]] virtual Result<size_t> do_read(IoPieces& to, FileIo& io) = 0;
    [[nodiscard]] virtual Result<size_t> do_write(IoPieces& from, FileIo& io) = 0;
    // Where a seek from `position` leads; only of seekable files.
    [[nodiscard]] virtual Result<uint64_t> do_seek(uint64_t /*position*/, int64_t /*offset*/,
                                                   int /*whence*/) {
        return Errno::spipe;
    }
    // Of a directory: as entries(); the position is its business.
    [[nodiscard]] virtual Result<size_t> do_entries(IoPieces& /*to*/, uint64_t& /*position*/) {
        return Errno::notdir;
    }
    // Nobody has a reference any more: closes for good, and frees the object.
    virtual void destroy() = 0;

  private:
    using Operation = Result<size_t> (BasicFile::*)(IoPieces&, FileIo&);

    void close() {
        if (Source* source = ready_source())
            source->file_closes(this);
        destroy();
    }

    // Neither is allowed with the access mode 3, which opens for nothing but ioctl().
    static bool is_open_for(uint32_t status, uint32_t not_this) {
        const uint32_t mode = status & UK_O_ACCMODE;
        return mode != not_this && mode != UK_O_ACCMODE;
    }

    template <Operation kOperation>
    Result<size_t> at_position(IoPieces& pieces, uint32_t not_this) {
        FileIo io{0, status()};
        if (!is_open_for(io.status, not_this)) [[unlikely]]
            return Errno::badf;
        if (!is_seekable())
            return (this->*kOperation)(pieces, io);
        LockGuard guard(position_lock_);
        io.offset = position_;
        Result<size_t> moved = (this->*kOperation)(pieces, io);
        if (moved.ok())
            position_ = io.offset + moved.value();
        return moved;
    }
    template <Operation kOperation>
    Result<size_t> at_offset(IoPieces& pieces, uint64_t offset, uint32_t not_this) {
        FileIo io{offset, status()};
        if (!is_seekable())
            return Errno::spipe;
        if (!is_open_for(io.status, not_this)) [[unlikely]]
            return Errno::badf;
        return (this->*kOperation)(pieces, io);
    }

    Atomic<uint32_t> refs_{1};
    Atomic<uint32_t> status_;
    FileKind kind_;
    const void* family_;
    Lock position_lock_;
    uint64_t position_ = 0;
};

} // namespace uk

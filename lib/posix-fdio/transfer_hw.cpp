// SPDX-License-Identifier: BSD-3-Clause
// The system calls that move bytes between files and the application's memory.
#include <uk/posix/fdtab.hpp>
#include <uk/posix/piece_list.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

namespace uk::posix {

namespace {

// Which way, and where: at the file's position, or at an offset.
struct Read {
    static bool allows(const File& file) {
        const uint32_t mode = file.status() & (UK_O_ACCMODE | UK_O_PATH);
        return mode == UK_O_RDONLY || mode == UK_O_RDWR;
    }
    static Result<size_t> move(File& file, IoPieces& pieces) { return file.read(pieces); }
    static Result<size_t> move(File& file, IoPieces& pieces, uint64_t offset) {
        return file.read_at(pieces, offset);
    }
};
struct Write {
    static bool allows(const File& file) {
        const uint32_t mode = file.status() & (UK_O_ACCMODE | UK_O_PATH);
        return mode == UK_O_WRONLY || mode == UK_O_RDWR;
    }
    static Result<size_t> move(File& file, IoPieces& pieces) { return file.write(pieces); }
    static Result<size_t> move(File& file, IoPieces& pieces, uint64_t offset) {
        return file.write_at(pieces, offset);
    }
};

// `offset`: one, or nothing.
template <class Way, class... Offset>
[[gnu::always_inline]] inline Result<size_t> move_here(File& file, std::span<const IoPiece> memory,
                                                       Offset... offset) {
    IoPieces pieces(memory, IoMemory::application);
    pieces.limit(kMostMoved);
    return Way::move(file, pieces, static_cast<uint64_t>(offset)...);
}
template <class Way, class... Offset>
[[gnu::noinline]] Result<size_t> move(File& file, std::span<const IoPiece> memory,
                                      Offset... offset) {
    return move_here<Way>(file, memory, offset...);
}

// One piece.
template <class Way, class... Offset>
[[gnu::always_inline]] inline Result<size_t> move_one(int fd, const void* data, size_t size,
                                                      Offset... offset) {
    if (((static_cast<int64_t>(offset) < 0) || ...))
        return Errno::inval;
    Ref<File> file = UK_TRY(fd_table().get(fd));
    if (size > kMostBytes)
        return Errno::inval;
    const IoPiece piece{const_cast<void*>(data), size};
    if constexpr (sizeof...(Offset) == 0) // read() and write(): what programs call most
        return move_here<Way>(*file, {&piece, 1});
    else
        return move<Way>(*file, {&piece, 1}, offset...);
}

template <class Way, class... Offset>
Result<size_t> move_all(int fd, const uk_iovec* pieces, size_t count, Offset... offset) {
    if (((static_cast<int64_t>(offset) < 0) || ...))
        return Errno::inval;
    Ref<File> file = UK_TRY(fd_table().get(fd));
    PieceList list;
    UK_TRY(list.read(pieces, count));
    if constexpr (sizeof...(Offset) == 0) {
        if (list.bytes() == 0 && Way::allows(*file))
            return size_t{
                0}; // as on Linux, where only read() and write() of nothing reach the file
    }
    return move<Way>(*file, list.all(), offset...);
}

} // namespace

} // namespace uk::posix

using uk::OnSignal;
using uk::posix::move_all;
using uk::posix::move_one;
using uk::posix::Read;
using uk::posix::Write;

// Those that wait have moved nothing when they give up.
UK_SYSCALL_FACES(long, read, (int fd, void* data, size_t size), OnSignal::restart,
                 move_one<Read>(fd, data, size))

UK_SYSCALL_FACES(long, write, (int fd, const void* data, size_t size), OnSignal::restart,
                 move_one<Write>(fd, data, size))

UK_SYSCALL_FACES(long, pread64, (int fd, void* data, size_t size, int64_t offset),
                 OnSignal::restart, move_one<Read>(fd, data, size, offset))

UK_SYSCALL_FACES(long, pwrite64, (int fd, const void* data, size_t size, int64_t offset),
                 OnSignal::restart, move_one<Write>(fd, data, size, offset))

UK_SYSCALL_FACES(long, readv, (int fd, const uk_iovec* pieces, unsigned long count),
                 OnSignal::restart, move_all<Read>(fd, pieces, count))

UK_SYSCALL_FACES(long, writev, (int fd, const uk_iovec* pieces, unsigned long count),
                 OnSignal::restart, move_all<Write>(fd, pieces, count))

extern "C" {

// All of the offset is in its first word, where words have 64 bits.
long uk_sys_preadv(int fd, const uk_iovec* pieces, unsigned long count, unsigned long offset,
                   unsigned long /*offset_high*/) {
    return uk::syscall<OnSignal::restart>(
        [&] { return move_all<Read>(fd, pieces, count, offset); });
}

long uk_sys_pwritev(int fd, const uk_iovec* pieces, unsigned long count, unsigned long offset,
                    unsigned long /*offset_high*/) {
    return uk::syscall<OnSignal::restart>(
        [&] { return move_all<Write>(fd, pieces, count, offset); });
}

} // extern "C"

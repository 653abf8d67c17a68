// SPDX-License-Identifier: BSD-3-Clause
// From one file to another: sendfile() and copy_file_range().
#include <uk/abi/unistd.h>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

constexpr size_t kMostMoved = 0x7ffff000; // by one call, as on Linux
constexpr size_t kBuffer = 16384;

// Where one side of a transfer is: at a place that the caller gives and gets back, or at the
// file's own.
class Side {
  public:
    Side(File& file, int64_t* given) : file_(file), given_(given) {}

    Result<> begin() {
        if (given_ == nullptr) {
            is_stream_ = !file_.is_seekable();
            if (!is_stream_)
                at_ = UK_TRY(file_.seek(0, UK_SEEK_CUR));
            return ok();
        }
        const auto at = UK_TRY(user::read<int64_t>(address(given_)));
        if (at < 0)
            return Errno::inval;
        at_ = static_cast<uint64_t>(at);
        return ok();
    }
    Result<> end() {
        if (given_ != nullptr)
            return user::write(address(given_), static_cast<int64_t>(at_));
        if (!is_stream_)
            UK_TRY(file_.seek(static_cast<int64_t>(at_), UK_SEEK_SET));
        return ok();
    }
    Result<size_t> read(std::span<std::byte> to) {
        const IoPiece piece{to.data(), to.size()};
        IoPieces pieces({&piece, 1}, IoMemory::kernel);
        return is_stream_ ? file_.read(pieces) : file_.read_at(pieces, at_);
    }
    Result<size_t> write(std::span<std::byte> from) {
        const IoPiece piece{from.data(), from.size()};
        IoPieces pieces({&piece, 1}, IoMemory::kernel);
        return is_stream_ ? file_.write(pieces) : file_.write_at(pieces, at_);
    }
    void advance(size_t by) { at_ += by; }
    [[nodiscard]] bool is_stream() const { return is_stream_; }
    [[nodiscard]] uint64_t at() const { return at_; }

  private:
    File& file_;
    int64_t* given_;
    uint64_t at_ = 0;
    bool is_stream_ = false;
};

// Of a file that has no position nothing is read that cannot be written.
Result<size_t> transfer(Side& from, Side& to, size_t size) {
    auto* buffer = static_cast<std::byte*>(heap::allocate(kBuffer));
    if (buffer == nullptr)
        return Errno::nomem;
    size_t done = 0;
    Errno problem = Errno::ok;
    while (done < size && problem == Errno::ok) {
        const size_t part = size - done < kBuffer ? size - done : kBuffer;
        Result<size_t> got = from.read({buffer, part});
        if (!got.ok() || got.value() == 0) {
            problem = got.code();
            break;
        }
        Result<size_t> put = to.write({buffer, got.value()});
        problem = put.code();
        const size_t moved = put.ok() ? put.value() : 0;
        from.advance(moved);
        to.advance(moved);
        done += moved;
        if (moved < got.value())
            break;
    }
    heap::deallocate(buffer);
    if (done == 0 && problem != Errno::ok)
        return problem;
    return done;
}

Result<size_t> send(int to_fd, int from_fd, int64_t* offset, size_t size) {
    Ref<File> from = UK_TRY(working_fd(from_fd));
    Ref<File> to = UK_TRY(working_fd(to_fd));
    if (!is_readable(*from) || !is_writable(*to))
        return Errno::badf;
    const vfs::OpenNode* opened = from->opened_node();
    if ((to->status() & UK_O_APPEND) != 0 || (opened != nullptr && opened->node().is_directory()))
        return Errno::inval;
    Side source(*from, offset);
    Side target(*to, nullptr);
    UK_TRY(source.begin());
    UK_TRY(target.begin());
    if (source.is_stream())
        return Errno::inval;
    const size_t done = UK_TRY(transfer(source, target, size < kMostMoved ? size : kMostMoved));
    UK_TRY(source.end());
    UK_TRY(target.end());
    return done;
}

Result<> check_copy(File& from, File& to) {
    const vfs::OpenNode* source = from.opened_node();
    const vfs::OpenNode* target = to.opened_node();
    if (source == nullptr || target == nullptr)
        return Errno::inval;
    if (source->node().is_directory() || target->node().is_directory())
        return Errno::isdir;
    if (source->node().kind() != vfs::NodeKind::regular ||
        target->node().kind() != vfs::NodeKind::regular)
        return Errno::inval;
    if (!source->may_read() || !target->may_write() || (to.status() & UK_O_APPEND) != 0 ||
        source->is_path_only() || target->is_path_only())
        return Errno::badf;
    return ok();
}

Result<size_t> copy(int from_fd, int64_t* from_at, int to_fd, int64_t* to_at, size_t size,
                    unsigned flags) {
    if (flags != 0)
        return Errno::inval;
    Ref<File> from = UK_TRY(working_fd(from_fd));
    Ref<File> to = UK_TRY(working_fd(to_fd));
    UK_TRY(check_copy(*from, *to));
    Side source(*from, from_at);
    Side target(*to, to_at);
    UK_TRY(source.begin());
    UK_TRY(target.begin());
    const size_t most = size < kMostMoved ? size : kMostMoved;
    if (source.at() + size < source.at() || target.at() + size < target.at())
        return Errno::overflow;
    const bool same = &from->opened_node()->node() == &to->opened_node()->node();
    if (same && source.at() < target.at() + size && target.at() < source.at() + size)
        return Errno::inval;
    const size_t done = UK_TRY(transfer(source, target, most));
    UK_TRY(source.end());
    UK_TRY(target.end());
    return done;
}

} // namespace

} // namespace uk::posix

using uk::OnSignal;
namespace posix = uk::posix;

extern "C" {

long uk_sys_sendfile(int to, int from, int64_t* offset, size_t size) {
    return uk::syscall<OnSignal::restart>([&] { return posix::send(to, from, offset, size); });
}

long uk_sys_copy_file_range(int from, int64_t* from_at, int to, int64_t* to_at, size_t size,
                            unsigned flags) {
    return uk::syscall([&] { return posix::copy(from, from_at, to, to_at, size, flags); });
}

} // extern "C"

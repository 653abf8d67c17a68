// SPDX-License-Identifier: BSD-3-Clause
// What calls that move bytes have in common: how many, and the application's list of pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/abi/uio.h>
#include <uk/alloc/heap.hpp>
#include <uk/base/result.hpp>
#include <uk/file/io_pieces.hpp>
#include <uk/user.hpp>

namespace uk::posix {

static_assert(sizeof(IoPiece) == sizeof(uk_iovec) &&
              offsetof(IoPiece, size) == offsetof(uk_iovec, iov_len));

inline constexpr size_t kMostBytes = ~size_t{0} >> 1; // of one call: SSIZE_MAX
inline constexpr size_t kMostMoved = 0x7ffff000;      // by one call, as on Linux

// The application's list of pieces, copied once: few on the stack, more on the heap.
class PieceList {
  public:
    PieceList() = default;
    PieceList(const PieceList&) = delete;
    PieceList& operator=(const PieceList&) = delete;
    ~PieceList() {
        if (pieces_ != few_)
            heap::deallocate(pieces_);
    }

    // Errors: EINVAL (more than UK_IOV_MAX, or more bytes than a result can tell), EFAULT, ENOMEM.
    [[nodiscard]] Result<> read(const uk_iovec* from, size_t count) {
        if (count > UK_IOV_MAX)
            return Errno::inval;
        if (count > kFew) {
            auto* memory = static_cast<IoPiece*>(heap::allocate(count * sizeof(IoPiece)));
            if (memory == nullptr)
                return Errno::nomem;
            pieces_ = memory;
        }
        UK_TRY(user::copy_in(pieces_, Vaddr{reinterpret_cast<uintptr_t>(from)},
                             count * sizeof(IoPiece)));
        count_ = count;
        for (const IoPiece& piece : all()) {
            if (piece.size > kMostBytes - bytes_)
                return Errno::inval;
            bytes_ += piece.size;
        }
        return ok();
    }
    [[nodiscard]] std::span<const IoPiece> all() const { return {pieces_, count_}; }
    [[nodiscard]] size_t bytes() const { return bytes_; } // of all pieces

  private:
    static constexpr size_t kFew = 8;

    IoPiece few_[kFew];
    IoPiece* pieces_ = few_;
    size_t count_ = 0;
    size_t bytes_ = 0;
};

} // namespace uk::posix

// SPDX-License-Identifier: BSD-3-Clause
// IoPieces: the memory that one read or write is about: up to 1,024 pieces, and how far it has
// come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>

namespace uk {

// One piece; the layout of struct uk_iovec.
struct IoPiece {
    void* data;
    size_t size;
};

// Whose memory: the application's may not be there (EFAULT), the kernel's always is.
enum class IoMemory : uint8_t { application, kernel };

// A cursor over pieces, which it only refers to: they outlive it and nobody changes them meanwhile.
// Their sizes together are at most SSIZE_MAX. Belongs to one thread.
class IoPieces {
  public:
    constexpr IoPieces(std::span<const IoPiece> pieces, IoMemory where)
        : pieces_(pieces), where_(where) {
        for (const IoPiece& piece : pieces)
            left_ += piece.size;
    }

    // Bytes from the cursor to the end.
    [[nodiscard]] size_t left() const { return left_; }
    // From here on at most so many.
    void limit(size_t most) { left_ = most < left_ ? most : left_; }

    // Moves `size` <= left() bytes to where the cursor is, and the cursor behind them: what a read
    // does. Thread context without spinning locks. Errors: EFAULT; some of them may have been moved
    // then, and the cursor is where it was.
    [[nodiscard]] Result<> put(const void* from, size_t size);
    // The same in the other direction, for a write.
    [[nodiscard]] Result<> take(void* to, size_t size);

  private:
    template <class Move>
    Result<> walk(size_t size, Move move);
    template <class Move>
    Result<> move_or_walk(size_t size, Move move);

    std::span<const IoPiece> pieces_;
    size_t done_ = 0; // of the first piece
    size_t left_ = 0;
    IoMemory where_;
};

} // namespace uk

// SPDX-License-Identifier: BSD-3-Clause
// Copies between a file and the pieces of memory that a call names.
#include <uk/file/io_pieces.hpp>

#include <uk/string.h>
#include <uk/user.hpp>

namespace uk {

// move(piece's memory, offset in the buffer, size) for each part; stops at the first that fails.
template <class Move>
[[gnu::noinline]] Result<> IoPieces::walk(size_t size, Move move) {
    UK_ASSERT(size <= left_);
    std::span<const IoPiece> pieces = pieces_;
    size_t done = done_;
    for (size_t at = 0; at < size;) {
        const IoPiece& piece = pieces.front();
        const size_t room = piece.size - done;
        const size_t part = room < size - at ? room : size - at;
        if (part != 0)
            UK_TRY(move(static_cast<char*>(piece.data) + done, at, part));
        at += part;
        done += part;
        if (done == piece.size) {
            pieces = pieces.subspan(1);
            done = 0;
        }
    }
    pieces_ = pieces;
    done_ = done;
    left_ -= size;
    return ok();
}

// Nearly always all of it lies in one piece. Nothing, which may have no address, goes the long way.
template <class Move>
inline Result<> IoPieces::move_or_walk(size_t size, Move move) {
    if (pieces_.empty() || size - 1 >= pieces_.front().size - done_) [[unlikely]]
        return walk(size, move);
    UK_ASSERT(size <= left_);
    UK_TRY(move(static_cast<char*>(pieces_.front().data) + done_, 0, size));
    done_ += size; // perhaps to the end of the piece, which walk() can begin with
    left_ -= size;
    return ok();
}

Result<> IoPieces::put(const void* from, size_t size) {
    return move_or_walk(size, [this, from](char* to, size_t at, size_t part) -> Result<> {
        const char* source = static_cast<const char*>(from) + at;
        if (where_ == IoMemory::application)
            return user::copy_out(Vaddr{reinterpret_cast<uintptr_t>(to)}, source, part);
        memcpy(to, source, part);
        return ok();
    });
}

Result<> IoPieces::take(void* to, size_t size) {
    return move_or_walk(size, [this, to](const char* from, size_t at, size_t part) -> Result<> {
        char* target = static_cast<char*>(to) + at;
        if (where_ == IoMemory::application)
            return user::copy_in(target, Vaddr{reinterpret_cast<uintptr_t>(from)}, part);
        memcpy(target, from, part);
        return ok();
    });
}

} // namespace uk

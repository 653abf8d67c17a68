// SPDX-License-Identifier: BSD-3-Clause
// Private: the functions that exit() calls, any number of them, as C++ has one for each static
// object.
#pragma once

#include <stddef.h>

namespace nolibc {

struct ExitCall {
    void (*function)(void* argument) = nullptr;
    void* argument = nullptr;
};

/// Last in, first out. The first kBlock calls have their place from the beginning, as C demands of
/// atexit; for more Memory::allocate() is asked. Whoever shares a list guards it.
template <class Memory>
class ExitList {
  public:
    static constexpr size_t kBlock = 32;

    constexpr ExitList() = default;
    ExitList(const ExitList&) = delete;
    ExitList& operator=(const ExitList&) = delete;

    /// False: no memory.
    [[nodiscard]] bool push(ExitCall call) {
        if (used_ == kBlock) {
            auto* block = static_cast<Block*>(Memory::allocate(sizeof(Block)));
            if (block == nullptr) {
                return false;
            }
            block->before = last_;
            last_ = block;
            used_ = 0;
        }
        calls()[used_++] = call;
        return true;
    }

    /// Takes the last call off the list; its function is null when there is none.
    ExitCall pop() {
        if (used_ == 0) {
            if (last_ == nullptr) {
                return {};
            }
            Block* block = last_;
            last_ = block->before;
            Memory::deallocate(block);
            used_ = kBlock;
        }
        return calls()[--used_];
    }

  private:
    struct Block {
        Block* before;
        ExitCall calls[kBlock];
    };

    ExitCall* calls() { return last_ != nullptr ? last_->calls : first_; }

    ExitCall first_[kBlock];
    Block* last_ = nullptr; // null: the calls are in first_
    size_t used_ = 0;       // of the last block
};

} // namespace nolibc

// SPDX-License-Identifier: BSD-3-Clause
// StackCache: a few stacks of the usual size wait for the next thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/sched/thread.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// The word at the low end of a stack, which an overflow overwrites first.
inline constexpr uint64_t kStackMark = 0x4b43415453214b55;

inline void stack_mark(ThreadStack stack) {
    __builtin_memcpy(stack.base, &kStackMark, sizeof(kStackMark));
}
inline bool stack_is_sound(ThreadStack stack) {
    return __builtin_memcmp(stack.base, &kStackMark, sizeof(kStackMark)) == 0;
}

// Thread context. A kept stack is linked through its own first word.
template <class M>
class StackCache {
  public:
    static constexpr size_t kKept = 8;
    static constexpr size_t kUsual = M::kStackBytes + M::kKernelStackBytes;

    constexpr StackCache() = default;

    Result<ThreadStack> get(size_t bytes) {
        if (bytes == kUsual) {
            LockGuard guard(lock_);
            if (first_ != nullptr) {
                char* base = reinterpret_cast<char*>(first_);
                first_ = first_->next;
                count_--;
                return ThreadStack{base, bytes};
            }
        }
        return M::stack_get(bytes);
    }
    void put(ThreadStack stack) {
        if (stack.size == kUsual) {
            LockGuard guard(lock_);
            if (count_ < kKept) {
                auto* kept = reinterpret_cast<Kept*>(stack.base);
                kept->next = first_;
                first_ = kept;
                count_++;
                return;
            }
        }
        M::stack_put(stack);
    }
    // Gives all of them back.
    void clear() {
        for (;;) {
            Kept* kept = nullptr;
            {
                LockGuard guard(lock_);
                kept = first_;
                if (kept == nullptr)
                    return;
                first_ = kept->next;
                count_--;
            }
            M::stack_put({reinterpret_cast<char*>(kept), kUsual});
        }
    }

  private:
    struct [[gnu::may_alias]] Kept {
        Kept* next;
    };

    [[no_unique_address]] BasicSpinlock<M, LockRank::stacks> lock_;
    Kept* first_ = nullptr;
    size_t count_ = 0;
};

} // namespace uk

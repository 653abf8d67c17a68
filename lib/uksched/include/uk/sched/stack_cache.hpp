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
    static constexpr size_t kUsual = M::kStackBytes + M::kInnerGuardBytes + M::kKernelStackBytes;

    constexpr StackCache() = default;

    // For a thread of this name.
    Result<ThreadStack> get(size_t bytes, const char* name) {
        if (bytes == kUsual) {
            if (Kept* kept = take()) {
                const ThreadStack stack{reinterpret_cast<char*>(kept), kUsual};
                M::stack_rename(stack, name);
                return stack;
            }
        }
        return M::stack_get(bytes, name);
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
        while (Kept* kept = take())
            M::stack_put({reinterpret_cast<char*>(kept), kUsual});
    }

  private:
    struct [[gnu::may_alias]] Kept {
        Kept* next;
    };

    Kept* take() {
        LockGuard guard(lock_);
        Kept* kept = first_;
        if (kept != nullptr) {
            first_ = kept->next;
            count_--;
        }
        return kept;
    }

    [[no_unique_address]] BasicSpinlock<M, LockRank::stacks> lock_;
    Kept* first_ = nullptr;
    size_t count_ = 0;
};

} // namespace uk

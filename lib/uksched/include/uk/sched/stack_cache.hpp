// SPDX-License-Identifier: BSD-3-Clause
// StackCache: a few stacks of the usual size wait for the next thread, and where giving them back
// asks all CPUs, a few more wait until there are enough to do so once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

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

// Thread context. A stack that waits is linked through its own first words.
template <class M>
class StackCache {
  public:
    static constexpr size_t kKept = 8;
    // How many stacks, none larger than the usual, are given back together.
    static constexpr size_t kBatch = M::kStackBatch;
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
        if constexpr (kBatch > 1)
            return get_of_many(bytes, name);
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
        if constexpr (kBatch > 1) {
            if (stack.size <= kUsual)
                return put_later(stack);
        }
        M::stack_put(stack);
    }
    // Gives all of them back.
    void clear() {
        if constexpr (kBatch > 1) {
            while (put_waiting()) {
            }
        }
        while (Kept* kept = take())
            M::stack_put({reinterpret_cast<char*>(kept), kUsual});
    }

  private:
    struct [[gnu::may_alias]] Kept {
        Kept* next;
    };
    struct [[gnu::may_alias]] Leaving {
        Leaving* next;
        size_t size;
        [[nodiscard]] ThreadStack stack() { return {reinterpret_cast<char*>(this), size}; }
    };

    Result<ThreadStack> get_of_many(size_t bytes, const char* name) {
        if (Leaving* found = take_leaving(bytes)) {
            const ThreadStack stack = found->stack();
            M::stack_rename(stack, name);
            return stack;
        }
        Result<ThreadStack> stack = M::stack_get(bytes, name);
        return stack.ok() || !put_waiting() ? stack : M::stack_get(bytes, name);
    }
    // The latest, if it has this size.
    Leaving* take_leaving(size_t bytes) {
        LockGuard guard(lock_);
        Leaving* latest = leaving_.first;
        if (latest == nullptr || latest->size != bytes)
            return nullptr;
        leaving_.first = latest->next;
        leaving_.count--;
        return latest;
    }
    void put_later(ThreadStack stack) {
        bool enough = false;
        {
            LockGuard guard(lock_);
            auto* latest = reinterpret_cast<Leaving*>(stack.base);
            *latest = {leaving_.first, stack.size};
            leaving_.first = latest;
            enough = ++leaving_.count >= kBatch;
        }
        if (enough)
            (void)put_waiting();
    }
    // At most a batch; more come with those who brought them. Whether there was any.
    bool put_waiting() {
        ThreadStack batch[kBatch];
        size_t count = 0;
        {
            LockGuard guard(lock_);
            for (Leaving*& first = leaving_.first; first != nullptr && count < kBatch; count++) {
                batch[count] = first->stack();
                first = first->next;
                leaving_.count--;
            }
        }
        if (count != 0)
            M::stacks_put(std::span<const ThreadStack>(batch, count));
        return count != 0;
    }

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
    struct Nothing {};
    struct List {
        Leaving* first = nullptr;
        size_t count = 0;
    };
    [[no_unique_address]] std::conditional_t<(kBatch > 1), List, Nothing> leaving_;
};

} // namespace uk

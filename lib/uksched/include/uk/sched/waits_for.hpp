// SPDX-License-Identifier: BSD-3-Clause
// What a thread waits for, as reports tell it, and the word that says who holds a lock.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>

namespace uk {

class Thread;

// The state of a lock that has an owner: a Thread's address, or something that is none, with the
// lock's own bits below it. Base of such locks, so that a report can name lock and holder.
struct LockWord {
    static constexpr uintptr_t kFlags = 7;

    Atomic<uintptr_t> word{0};
    const char* name = "unnamed";

    constexpr LockWord() = default;
    constexpr explicit LockWord(const char* text) : name(text) {}
    // Only to be compared with threads that exist.
    [[nodiscard]] const Thread* holder() const {
        return reinterpret_cast<const Thread*>(word.load_relaxed() & ~kFlags);
    }
};

// In static text: "exit", "mutex"; with the thread or the lock it is about, if there is one. Two
// words, so that it travels in registers. A lock exists as long as somebody waits for it.
class WaitsFor {
  public:
    // NOLINTBEGIN(google-explicit-constructor): park(deadline, {"exit", &thread})
    constexpr WaitsFor(const char* what = "unpark") : what_(what) {}
    WaitsFor(const char* what, const Thread* whom)
        : what_(what), about_(reinterpret_cast<uintptr_t>(whom)) {}
    WaitsFor(const char* what, const LockWord* lock)
        : what_(what), about_(reinterpret_cast<uintptr_t>(lock) | kLock) {}
    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] const char* what() const { return what_; }
    [[nodiscard]] const Thread* whom() const {
        return (about_ & kLock) == 0 ? reinterpret_cast<const Thread*>(about_) : nullptr;
    }
    [[nodiscard]] const LockWord* lock() const {
        return (about_ & kLock) != 0 ? reinterpret_cast<const LockWord*>(about_ - kLock) : nullptr;
    }

  private:
    static constexpr uintptr_t kLock = 1;

    const char* what_;
    uintptr_t about_ = 0;
};

} // namespace uk

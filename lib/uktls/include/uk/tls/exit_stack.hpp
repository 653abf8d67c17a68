// SPDX-License-Identifier: BSD-3-Clause
// The functions that a thread calls when it ends: destructors of its thread_local objects.
#pragma once

#include <cstddef>

namespace uk::tls {

using ExitFunction = void (*)(void* argument);

/// Last in, first out. One thread's own, so nothing guards it. Each function takes a block of
/// Memory::allocate().
template <class Memory>
class ExitStack {
  public:
    constexpr ExitStack() = default;
    ExitStack(const ExitStack&) = delete;
    ExitStack& operator=(const ExitStack&) = delete;

    /// False: no memory.
    [[nodiscard]] bool push(ExitFunction function, void* argument) {
        auto* entry = static_cast<Entry*>(Memory::allocate(sizeof(Entry)));
        if (entry == nullptr) {
            return false;
        }
        *entry = {last_, function, argument};
        last_ = entry;
        return true;
    }

    /// Calls all; they may push further ones, which come next.
    void run() {
        while (last_ != nullptr) {
            const Entry entry = *last_;
            Memory::deallocate(last_);
            last_ = entry.before;
            entry.function(entry.argument);
        }
    }

  private:
    struct Entry {
        Entry* before;
        ExitFunction function;
        void* argument;
    };

    Entry* last_ = nullptr;
};

} // namespace uk::tls

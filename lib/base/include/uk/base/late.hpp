// SPDX-License-Identifier: BSD-3-Clause
// Late<T>: room for a global object that is constructed when the system is ready for it, and never
// destroyed.
//
//     constinit uk::Late<Console> g_console;   // no static constructor, no destructor
//     g_console.emplace(port);                 // once; afterwards g_console->put('x')
//
// Use before emplace() and a second emplace() fail an assertion. Not synchronised: construct before
// others look.
#pragma once

#include <uk/assert.h>

#include <new>
#include <utility>

namespace uk {

template <class T>
class Late {
    alignas(T) unsigned char storage_[sizeof(T)] = {};
    bool ready_ = false;

  public:
    constexpr Late() = default;
    Late(const Late&) = delete;
    Late& operator=(const Late&) = delete;

    template <class... Args>
    T& emplace(Args&&... args) {
        UK_ASSERT(!ready_);
        T* object = ::new (static_cast<void*>(storage_)) T(static_cast<Args&&>(args)...);
        ready_ = true;
        return *object;
    }
    /// Destroys the object, if there is one; emplace() may follow. For tests and for restarting
    /// services.
    void reset() {
        if (ready_)
            get().~T();
        ready_ = false;
    }
    bool ready() const { return ready_; }
    T& get() {
        UK_ASSERT(ready_);
        return *std::launder(reinterpret_cast<T*>(storage_));
    }
    const T& get() const {
        UK_ASSERT(ready_);
        return *std::launder(reinterpret_cast<const T*>(storage_));
    }
    T& operator*() { return get(); }
    const T& operator*() const { return get(); }
    T* operator->() { return &get(); }
    const T* operator->() const { return &get(); }
};

} // namespace uk

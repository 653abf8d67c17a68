// SPDX-License-Identifier: BSD-3-Clause
// Ref<T>: one counted reference to an object that counts by itself and lives until the last is
// gone.
//
//     Ref<Thread> worker = UK_TRY(sched::create({.name = "worker"}, work, nullptr));
//     Ref<Thread> again = worker;       // counts up
//
// T has ref_retain() and ref_release(); what the last release does, and in which context it may
// happen, is T's business. A Ref may be empty: after a move, or made so. Not synchronised itself.
#pragma once

#include <uk/assert.h>

#include <concepts>
#include <utility>

namespace uk {

template <class T>
class Ref {
    T* object_ = nullptr;

    constexpr explicit Ref(T* object) : object_(object) {}

  public:
    constexpr Ref() = default;
    /// Takes over a reference that is counted already.
    static constexpr Ref adopt(T& object) { return Ref(&object); }
    /// Counts one more.
    static Ref share(T& object) {
        object.ref_retain();
        return Ref(&object);
    }

    Ref(const Ref& other) : object_(other.object_) {
        if (object_ != nullptr)
            object_->ref_retain();
    }
    constexpr Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    /// Of a class that is derived from T.
    template <std::derived_from<T> U>
    // NOLINTNEXTLINE(google-explicit-constructor): pointers convert, too
    Ref(Ref<U> other) : object_(other.release()) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() {
        if (object_ != nullptr)
            object_->ref_release();
    }

    constexpr explicit operator bool() const { return object_ != nullptr; }
    T* get() const { return object_; }
    T& operator*() const {
        UK_ASSERT(object_ != nullptr);
        return *object_;
    }
    T* operator->() const { return &**this; }
    /// Gives the reference to the caller, uncounted; the Ref is empty afterwards.
    [[nodiscard]] T* release() { return std::exchange(object_, nullptr); }
    /// Drops the reference.
    void reset() { *this = Ref(); }
};

/// A Ref in a global object: it has no destructor, so it drops nothing when the image ends. Whoever
/// wants that takes what is in it.
template <class T>
class GlobalRef {
    T* object_ = nullptr;

  public:
    constexpr GlobalRef() = default;
    GlobalRef(const GlobalRef&) = delete;
    GlobalRef& operator=(const GlobalRef&) = delete;

    constexpr explicit operator bool() const { return object_ != nullptr; }
    T* get() const { return object_; }
    T* operator->() const { return object_; }
    T& operator*() const { return *object_; }
    /// One more reference to what is in it, or an empty one.
    [[nodiscard]] Ref<T> ref() const {
        return object_ != nullptr ? Ref<T>::share(*object_) : Ref<T>();
    }
    void swap(Ref<T>& other) {
        T* before = object_;
        object_ = other.release();
        other = before != nullptr ? Ref<T>::adopt(*before) : Ref<T>();
    }
};

} // namespace uk

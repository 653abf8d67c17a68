// SPDX-License-Identifier: BSD-3-Clause
// Box<T> owns one object on a heap; make<T>() is the only spelling of an allocation in C++.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include <uk/alloc/interface.hpp>
#include <uk/base/result.hpp>

namespace uk {

// Sole owner of one T. Destroys and frees it when it goes out of scope. Moves, never copies; empty
// after release() or after being moved from.
template <class T>
class [[nodiscard]] Box {
  public:
    constexpr Box() = default;
    Box(T* object, Heap& heap) : object_(object), heap_(&heap) {} // takes ownership
    Box(Box&& other) noexcept : object_(other.release()), heap_(other.heap_) {}
    Box& operator=(Box&& other) noexcept {
        if (this != &other) {
            reset();
            heap_ = other.heap_;
            object_ = other.release();
        }
        return *this;
    }
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;
    ~Box() { reset(); }

    T* get() const { return object_; }
    T& operator*() const { return *object_; }
    T* operator->() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }
    Heap* heap() const { return heap_; }

    // Gives ownership to the caller, who destroys the object and frees it on heap().
    [[nodiscard]] T* release() { return std::exchange(object_, nullptr); }

    void reset() {
        if (T* object = release()) {
            object->~T();
            heap_->deallocate(object);
        }
    }

  private:
    T* object_ = nullptr;
    Heap* heap_ = nullptr;
};

// Allocates and constructs a T. Errors: ENOMEM. T's constructor cannot fail; what can fail goes
// into a static create() that calls this.
template <class T, class... Args>
[[nodiscard]] Result<Box<T>> make(Heap& heap, Args&&... args) {
    static_assert(!std::is_array_v<T>);
    void* memory = heap.allocate(sizeof(T), alignof(T) > kHeapAlign ? alignof(T) : kHeapAlign);
    if (!memory)
        return Errno::nomem;
    return Box<T>(new (memory) T(std::forward<Args>(args)...), heap);
}

} // namespace uk

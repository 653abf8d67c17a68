// SPDX-License-Identifier: BSD-3-Clause
// DeadlineQueue: objects in the order of a moment that each carries; the earliest is at hand.
#pragma once

#include <cstdint>

#include <uk/base/rbtree.hpp>

namespace uk {

inline constexpr uint64_t kNever = ~uint64_t{0}; // a deadline that does not come

template <auto Hook, auto Deadline>
class DeadlineQueue;

// add and remove O(log n), earliest O(1); does not own, never allocates, not synchronised. Equal
// deadlines come out in the order they went in.
template <class T, RbNode<T> T::*Hook, uint64_t T::*Deadline>
class DeadlineQueue<Hook, Deadline> {
    struct Earlier {
        bool operator()(const T& a, const T& b) const { return a.*Deadline < b.*Deadline; }
    };

  public:
    constexpr DeadlineQueue() = default;

    void add(T& t) {
        tree_.insert_multi(t);
        if (first_ == nullptr || t.*Deadline < first_->*Deadline)
            first_ = &t;
    }
    void remove(T& t) {
        if (first_ == &t)
            first_ = tree_.next(t);
        tree_.erase(t);
    }
    [[nodiscard]] bool empty() const { return first_ == nullptr; }
    // kNever when there is none.
    [[nodiscard]] uint64_t earliest() const {
        return first_ == nullptr ? kNever : first_->*Deadline;
    }
    // The earliest whose moment has come, taken out; null when there is none.
    T* take_due(uint64_t now) {
        T* t = first_;
        if (t == nullptr || now < t->*Deadline)
            return nullptr;
        remove(*t);
        return t;
    }

  private:
    RbTree<Hook, Earlier> tree_;
    T* first_ = nullptr;
};

} // namespace uk

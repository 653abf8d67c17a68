// SPDX-License-Identifier: BSD-3-Clause
// List: an intrusive doubly linked list whose hook is a member of the object. Cannot fail, never
// allocates.
//
//     class Thread { uk::ListNode<Thread> run_node_;
//       public: using RunQueue = uk::List<&Thread::run_node_>; };
//     constinit Thread::RunQueue g_ready;
//
// An object is in at most one list per hook; the list does not own it. All operations are O(1)
// unless they say otherwise. Misuse (inserting twice, erasing what is not linked) fails an
// assertion; on the host, destroying a linked object or a list that is not empty fails one, too
// (kernel types keep trivial destructors). Not synchronised.
#pragma once

#include <uk/assert.h>

#include <cstddef>

namespace uk {

template <auto Hook>
class List;

template <class T>
class ListNode {
    template <auto>
    friend class List;

    T* next_ = nullptr; // null at the end
    T* prev_ = nullptr; // the object itself at the front: so "linked" needs no flag

  public:
    constexpr ListNode() = default;
    ListNode(const ListNode&) = delete;
    ListNode& operator=(const ListNode&) = delete;
#ifdef UK_HOST_TEST
    ~ListNode() {
        UK_ASSERT(!is_linked() && "object destroyed while in a list");
    }
#endif
    constexpr bool is_linked() const {
        return prev_ != nullptr;
    }
};

template <class T, ListNode<T> T::*Hook>
class List<Hook> {
    T* first_ = nullptr;
    T* last_ = nullptr;

    static constexpr ListNode<T>& node(T& t) { return t.*Hook; }

  public:
    /// Walks the list; erasing the object it stands on invalidates it, so step first:
    /// `for (T* t = l.front(); t != nullptr;) { T* next = l.next(*t); ...; t = next; }`
    class Iterator {
        T* at_;

      public:
        constexpr explicit Iterator(T* at) : at_(at) {}
        constexpr T& operator*() const { return *at_; }
        constexpr T* operator->() const { return at_; }
        constexpr Iterator& operator++() {
            at_ = node(*at_).next_;
            return *this;
        }
        constexpr bool operator==(const Iterator&) const = default;
    };

    constexpr List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
#ifdef UK_HOST_TEST
    ~List() {
        UK_ASSERT(empty() && "list destroyed while not empty");
    }
#endif

    constexpr bool empty() const {
        return first_ == nullptr;
    }
    constexpr T* front() const {
        return first_;
    } // nullptr when empty
    constexpr T* back() const {
        return last_;
    }
    constexpr T* next(T& t) const {
        return node(t).next_;
    } // nullptr at the end
    constexpr T* prev(T& t) const {
        return node(t).prev_ == &t ? nullptr : node(t).prev_;
    }
    constexpr Iterator begin() const {
        return Iterator(first_);
    }
    constexpr Iterator end() const {
        return Iterator(nullptr);
    }
    /// Number of objects; O(n).
    constexpr std::size_t count() const {
        std::size_t n = 0;
        for (T* t = first_; t != nullptr; t = node(*t).next_)
            n++;
        return n;
    }

    constexpr void push_front(T& t) {
        UK_ASSERT(!node(t).is_linked());
        node(t).next_ = first_;
        node(t).prev_ = &t;
        (first_ != nullptr ? node(*first_).prev_ : last_) = &t;
        first_ = &t;
    }
    constexpr void push_back(T& t) {
        UK_ASSERT(!node(t).is_linked());
        node(t).next_ = nullptr;
        node(t).prev_ = last_ != nullptr ? last_ : &t;
        (last_ != nullptr ? node(*last_).next_ : first_) = &t;
        last_ = &t;
    }
    /// Puts t in front of `pos`, which is in this list.
    constexpr void insert_before(T& pos, T& t) {
        UK_ASSERT(node(pos).is_linked());
        T* before = prev(pos);
        if (before == nullptr)
            push_front(t);
        else
            insert_after(*before, t);
    }
    /// Puts t behind `pos`, which is in this list.
    constexpr void insert_after(T& pos, T& t) {
        UK_ASSERT(node(pos).is_linked());
        T* after = node(pos).next_;
        if (after == nullptr)
            return push_back(t);
        UK_ASSERT(!node(t).is_linked());
        node(t).next_ = after;
        node(t).prev_ = &pos;
        node(*after).prev_ = &t;
        node(pos).next_ = &t;
    }
    /// Takes t out; it must be in this list.
    constexpr void erase(T& t) {
        ListNode<T>& n = node(t);
        UK_ASSERT(n.is_linked());
        const bool at_front = first_ == &t;
        UK_ASSERT(at_front == (n.prev_ == &t) && "object is in another list");
        if (n.next_ != nullptr)
            node(*n.next_).prev_ = at_front ? n.next_ : n.prev_;
        else
            last_ = at_front ? nullptr : n.prev_;
        (at_front ? first_ : node(*n.prev_).next_) = n.next_;
        n.next_ = n.prev_ = nullptr;
    }
    constexpr T* pop_front() { // nullptr when empty
        T* t = first_;
        if (t == nullptr)
            return nullptr;
        ListNode<T>& n = node(*t);
        first_ = n.next_;
        if (first_ != nullptr)
            node(*first_).prev_ = first_;
        else
            last_ = nullptr;
        n.next_ = n.prev_ = nullptr;
        return t;
    }
    constexpr T* pop_back() {
        T* t = last_;
        if (t != nullptr)
            erase(*t);
        return t;
    }
    /// Puts t behind the last object and takes the first one out; the list is not empty.
    constexpr T* rotate(T& t) {
        UK_ASSERT(!node(t).is_linked() && !empty());
        node(t).next_ = nullptr;
        node(t).prev_ = last_;
        node(*last_).next_ = &t;
        last_ = &t;
        T* first = first_;
        ListNode<T>& n = node(*first);
        first_ = n.next_;
        node(*first_).prev_ = first_;
        n.next_ = n.prev_ = nullptr;
        return first;
    }
    /// Moves all of `other` behind the last object of this list.
    constexpr void splice_back(List& other) {
        UK_ASSERT(this != &other);
        if (other.empty())
            return;
        if (empty()) {
            first_ = other.first_;
        } else {
            node(*last_).next_ = other.first_;
            node(*other.first_).prev_ = last_;
        }
        last_ = other.last_;
        other.first_ = other.last_ = nullptr;
    }
    /// Unlinks every object; O(n).
    constexpr void clear() {
        while (pop_front() != nullptr) {
        }
    }
};

} // namespace uk

// SPDX-License-Identifier: BSD-3-Clause
// RbTree: an intrusive balanced tree ordered by a comparator; the hook is a member of the object.
//
//     struct Region { uint64_t start; uk::RbNode<Region> node; };
//     struct ByStart {
//         bool operator()(const Region& a, const Region& b) const { return a.start < b.start; }
//         bool operator()(const Region& a, uint64_t b) const { return a.start < b; }   // for keys
//         bool operator()(uint64_t a, const Region& b) const { return a < b.start; }
//         // Optional, where comparing is dear: find() then compares once at each node. Below 0 if
//         // the key comes before the object, 0 if it is equal to it.
//         int order(uint64_t a, const Region& b) const;
//     };
//     uk::RbTree<&Region::node, ByStart> tree;
//     tree.insert(region); Region* r = tree.lower_bound(0x1000);
//
// Cannot fail, never allocates, does not own. insert, erase and searches are O(log n), min and max
// O(log n), next and prev O(1) amortised. Keys of linked objects must not change. Misuse fails an
// assertion; on the host, destroying a linked object or a tree that is not empty fails one, too.
// Not synchronised.
#pragma once

#include <uk/assert.h>

#include <cstddef>
#include <cstdint>

namespace uk {

namespace detail {

/// The links; one non-template engine (rbtree.cpp) serves every tree.
struct RbLinks {
    static constexpr std::uintptr_t kRed = 1;
    static constexpr std::uintptr_t kLinked = 2;

    RbLinks* child[2] = {nullptr, nullptr};
    std::uintptr_t up = 0; // the parent's address with kRed and kLinked in its low bits

    constexpr bool linked() const { return (up & kLinked) != 0; }
};
static_assert(alignof(RbLinks) >= 4);

struct RbRoot {
    RbLinks* top = nullptr;
};

/// Hangs `node` under `parent` (nullptr: as the top) on side `right`, an empty place, and balances.
void rb_insert(RbRoot& root, RbLinks* parent, bool right, RbLinks& node);
void rb_erase(RbRoot& root, RbLinks& node);
/// The neighbour in order: towards max when `right`, else towards min; nullptr at the end.
RbLinks* rb_step(const RbLinks& node, bool right);
/// The outermost node: max when `right`, else min; nullptr when empty.
RbLinks* rb_edge(const RbRoot& root, bool right);

} // namespace detail

template <auto Hook, class Less>
class RbTree;

template <class T>
class RbNode {
    template <auto, class>
    friend class RbTree;

    detail::RbLinks links_;

  public:
    constexpr RbNode() = default;
    RbNode(const RbNode&) = delete;
    RbNode& operator=(const RbNode&) = delete;
#ifdef UK_HOST_TEST
    ~RbNode() {
        UK_ASSERT(!is_linked() && "object destroyed while in a tree");
    }
#endif
    constexpr bool is_linked() const {
        return links_.linked();
    }
};

template <class T, RbNode<T> T::*Hook, class Less>
class RbTree<Hook, Less> {
    using Links = detail::RbLinks;

    detail::RbRoot root_;
    [[no_unique_address]] Less less_{};

    static Links& links(T& t) { return (t.*Hook).links_; }
    /// The object around a node. A pointer to member of data is its byte offset (Itanium C++ ABI);
    /// compilers fold the copy to a constant.
    static T* object(Links* l) {
        if (l == nullptr)
            return nullptr;
        std::ptrdiff_t offset = 0;
        RbNode<T> T::*const hook = Hook;
        static_assert(sizeof(hook) == sizeof(offset));
        __builtin_memcpy(&offset, &hook, sizeof(offset));
        static_assert(offsetof(RbNode<T>, links_) == 0);
        return reinterpret_cast<T*>(reinterpret_cast<char*>(l) - offset);
    }

    void insert_at(Links* parent, bool right, T& t) {
        UK_ASSERT(!links(t).linked());
        detail::rb_insert(root_, parent, right, links(t));
    }

  public:
    /// Walks in order; erasing the object it stands on invalidates it (step first, as with List).
    class Iterator {
        T* at_;

      public:
        explicit Iterator(T* at) : at_(at) {}
        T& operator*() const { return *at_; }
        T* operator->() const { return at_; }
        Iterator& operator++() {
            at_ = object(detail::rb_step(links(*at_), true));
            return *this;
        }
        bool operator==(const Iterator&) const = default;
    };

    constexpr RbTree() = default;
    constexpr explicit RbTree(Less less) : less_(less) {}
    RbTree(const RbTree&) = delete;
    RbTree& operator=(const RbTree&) = delete;
#ifdef UK_HOST_TEST
    ~RbTree() {
        UK_ASSERT(empty() && "tree destroyed while not empty");
    }
#endif

    constexpr bool empty() const {
        return root_.top == nullptr;
    }
    T* min() const {
        return object(detail::rb_edge(root_, false));
    } // nullptr when empty
    T* max() const {
        return object(detail::rb_edge(root_, true));
    }
    T* next(T& t) const {
        return object(detail::rb_step(links(t), true));
    } // nullptr at the end
    T* prev(T& t) const {
        return object(detail::rb_step(links(t), false));
    }
    Iterator begin() const {
        return Iterator(min());
    }
    Iterator end() const {
        return Iterator(nullptr);
    }

    /// Puts t in and returns nullptr; if an equal object is there, changes nothing and returns it.
    [[nodiscard]] T* insert(T& t) {
        Links* parent = nullptr;
        bool right = false;
        for (Links* l = root_.top; l != nullptr; l = l->child[right]) {
            parent = l;
            if (less_(t, *object(l)))
                right = false;
            else if (less_(*object(l), t))
                right = true;
            else
                return object(l);
        }
        insert_at(parent, right, t);
        return nullptr;
    }
    /// Puts t in, behind all objects that are equal to it.
    void insert_multi(T& t) {
        Links* parent = nullptr;
        bool right = false;
        for (Links* l = root_.top; l != nullptr; l = l->child[right]) {
            parent = l;
            right = !less_(t, *object(l));
        }
        insert_at(parent, right, t);
    }
    /// Puts t in, before all objects that are equal to it.
    void insert_multi_first(T& t) {
        Links* parent = nullptr;
        bool right = false;
        for (Links* l = root_.top; l != nullptr; l = l->child[right]) {
            parent = l;
            right = less_(*object(l), t);
        }
        insert_at(parent, right, t);
    }
    /// Takes t out; it must be in this tree.
    void erase(T& t) {
        UK_ASSERT(links(t).linked());
        detail::rb_erase(root_, links(t));
    }
    /// The first object that is not less than `key`; nullptr when there is none.
    template <class K>
    T* lower_bound(const K& key) const {
        Links* best = nullptr;
        for (Links* l = root_.top; l != nullptr;) {
            const bool below = less_(*object(l), key);
            best = below ? best : l;
            l = l->child[below];
        }
        return object(best);
    }
    /// The first object that `key` is less than; nullptr when there is none.
    template <class K>
    T* upper_bound(const K& key) const {
        Links* best = nullptr;
        for (Links* l = root_.top; l != nullptr;) {
            const bool above = less_(key, *object(l));
            best = above ? l : best;
            l = l->child[!above];
        }
        return object(best);
    }
    /// The first object equal to `key`; nullptr when there is none.
    template <class K>
    T* find(const K& key) const {
        if constexpr (requires(T & t) { less_.order(key, t) < 0; }) {
            Links* l = root_.top;
            while (l != nullptr) {
                const auto order = less_.order(key, *object(l));
                if (order == 0)
                    break;
                l = l->child[order > 0];
            }
            return object(l);
        } else {
            T* t = lower_bound(key);
            return t != nullptr && !less_(key, *t) ? t : nullptr;
        }
    }
    /// The last object that is not greater than `key`; nullptr when there is none.
    template <class K>
    T* find_at_or_below(const K& key) const {
        T* above = upper_bound(key);
        return above != nullptr ? prev(*above) : max();
    }
    /// Unlinks every object; O(n log n).
    void clear() {
        while (root_.top != nullptr)
            detail::rb_erase(root_, *root_.top);
    }
};

} // namespace uk

// SPDX-License-Identifier: BSD-3-Clause
// BasicFdTable: descriptors and the open files that they mean, as a template over the environment;
// <uk/posix/fdtab.hpp> has that of this image.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk::posix {

// What a table asks of its environment; all static.
template <class E>
concept FdEnvironment = requires(size_t size) {
    typename E::File; // counts by itself
    typename E::Lock; // a lock for LockGuard; memory is allocated while it is held
    requires std::same_as<decltype(E::kMost), const unsigned>; // descriptors are below this
    { E::allocate(size) } -> std::same_as<void*>;              // null: there is none
};

// A tree with 64 branches at each node: the lowest free descriptor is found by one look at a word
// for each level, one level for 64 descriptors, two for 4,096, three for 262,144. Nodes are made
// when first used and stay; nothing is ever moved.
//
// Any number of threads. A file that somebody got() stays open until he drops it, whoever closes
// the descriptor meanwhile; the last reference of a file is never dropped under the table's lock.
template <FdEnvironment E>
class BasicFdTable {
  public:
    using File = typename E::File;
    static constexpr unsigned kMost = E::kMost;

    constexpr BasicFdTable() = default;
    BasicFdTable(const BasicFdTable&) = delete;
    BasicFdTable& operator=(const BasicFdTable&) = delete;
#ifdef UK_HOST_TEST // in an image the table stays to the end
    ~BasicFdTable() {
        close_range(0, kMost - 1);
        drop_nodes(root_, kLevels - 1);
    }
#endif

    // The file of a descriptor. Errors: EBADF.
    [[nodiscard]] Result<Ref<File>> get(int fd) {
        LockGuard guard(lock_);
        Place place = find(fd);
        if (place.file() == nullptr)
            return Errno::badf;
        return Ref<File>::share(*place.file());
    }

    // The lowest free descriptor, not below `least`, means `file` from now on. Errors: EMFILE (none
    // below limit()), EINVAL (`least` is not), ENOMEM.
    [[nodiscard]] Result<int> add(Ref<File> file, bool close_on_exec, unsigned least = 0) {
        LockGuard guard(lock_);
        if (least >= limit_)
            return least == 0 ? Errno::mfile : Errno::inval;
        const unsigned fd = lowest_free(root_, kLevels - 1, least);
        if (fd >= limit_)
            return Errno::mfile;
        UK_TRY(put(fd, file.get(), close_on_exec));
        (void)file.release();
        return static_cast<int>(fd);
    }

    // This descriptor means `file` from now on; what it meant before is closed. Errors: EBADF (not
    // below limit()), ENOMEM.
    [[nodiscard]] Result<> replace(int fd, Ref<File> file, bool close_on_exec) {
        Closed before; // dropped without the lock
        LockGuard guard(lock_);
        if (fd < 0 || static_cast<unsigned>(fd) >= limit_)
            return Errno::badf;
        if (File* old = find(fd).file())
            before.file = Ref<File>::adopt(*old);
        Result<> done = put(static_cast<unsigned>(fd), file.get(), close_on_exec);
        if (done.ok())
            (void)file.release();
        else
            (void)before.file.release();
        return done;
    }

    // Another descriptor for the same file. Errors: EBADF and those of add() and replace().
    [[nodiscard]] Result<int> dup(int fd, bool close_on_exec, unsigned least = 0) {
        return add(UK_TRY(get(fd)), close_on_exec, least);
    }
    [[nodiscard]] Result<int> dup_to(int fd, int wanted, bool close_on_exec) {
        UK_TRY(replace(wanted, UK_TRY(get(fd)), close_on_exec));
        return wanted;
    }

    // The descriptor is free; its file goes if nothing else refers to it. Errors: EBADF.
    [[nodiscard]] Result<> close(int fd) {
        Closed gone;
        LockGuard guard(lock_);
        Place place = find(fd);
        if (place.file() == nullptr)
            return Errno::badf;
        gone.file = Ref<File>::adopt(*place.file());
        clear(static_cast<unsigned>(fd));
        return ok();
    }
    // All of first..last, those that are open.
    void close_range(unsigned first, unsigned last) {
        for (;;) {
            Closed gone;
            LockGuard guard(lock_);
            const unsigned fd = next_open(root_, kLevels - 1, first);
            if (fd > last || fd >= kMost)
                return;
            gone.file = Ref<File>::adopt(*find(static_cast<int>(fd)).file());
            clear(fd);
            first = fd + 1;
        }
    }

    // The lowest one from `least` on that is open, kMost if there is none.
    [[nodiscard]] unsigned next(unsigned least) {
        LockGuard guard(lock_);
        const unsigned fd = next_open(root_, kLevels - 1, least);
        return fd < kMost ? fd : kMost;
    }

    // Nothing is ever executed here, so this is only remembered. Errors: EBADF.
    [[nodiscard]] Result<bool> close_on_exec(int fd) {
        LockGuard guard(lock_);
        Place place = find(fd);
        if (place.file() == nullptr)
            return Errno::badf;
        return (place.leaf->close_on_exec & place.bit()) != 0;
    }
    [[nodiscard]] Result<> set_close_on_exec(int fd, bool on) {
        LockGuard guard(lock_);
        Place place = find(fd);
        if (place.file() == nullptr)
            return Errno::badf;
        place.leaf->mark(place.bit(), on);
        return ok();
    }
    void set_close_on_exec_range(unsigned first, unsigned last) {
        LockGuard guard(lock_);
        for (;;) {
            const unsigned fd = next_open(root_, kLevels - 1, first);
            if (fd > last || fd >= kMost)
                return;
            Place place = find(static_cast<int>(fd));
            place.leaf->mark(place.bit(), true);
            first = fd + 1;
        }
    }

    // New descriptors are below this: RLIMIT_NOFILE. Those that are open stay. Errors: EINVAL
    // (above kMost).
    [[nodiscard]] unsigned limit() {
        LockGuard guard(lock_);
        return limit_;
    }
    [[nodiscard]] Result<> set_limit(unsigned limit) {
        if (limit > kMost)
            return Errno::inval;
        LockGuard guard(lock_);
        limit_ = limit;
        return ok();
    }
    [[nodiscard]] unsigned count() {
        LockGuard guard(lock_);
        return count_;
    }

  private:
    static constexpr unsigned kBits = 6;
    static constexpr unsigned kFan = 1U << kBits;
    static constexpr unsigned levels_for(unsigned most) {
        unsigned levels = 1;
        for (uint64_t reach = kFan; reach < most; reach <<= kBits)
            levels++;
        return levels;
    }
    static constexpr unsigned kLevels = levels_for(kMost);
    static_assert(kMost > 0 && kMost <= 1U << 30);

    // A file that has left a descriptor: hears of it, and is dropped.
    struct Closed {
        Ref<File> file;
        ~Closed() {
            if constexpr (requires(File & closed) { closed.descriptor_closed(); }) {
                if (file)
                    file->descriptor_closed();
            }
        }
    };

    // Level 0 has the files, the others have nodes.
    struct Node {
        uint64_t full = 0; // bit i: nothing is free in slot i
        uint64_t close_on_exec = 0;
        void* slots[kFan] = {};

        void mark(uint64_t bit, bool on) {
            close_on_exec = on ? close_on_exec | bit : close_on_exec & ~bit;
        }
    };

    struct Place {
        Node* leaf = nullptr;
        unsigned slot = 0;

        [[nodiscard]] uint64_t bit() const { return uint64_t{1} << slot; }
        [[nodiscard]] File* file() const {
            return leaf == nullptr ? nullptr : static_cast<File*>(leaf->slots[slot]);
        }
    };

    Place find(int fd) {
        const auto number = static_cast<unsigned>(fd); // negative ones are too large
        if (number >= kMost)
            return {};
        Node* node = &root_;
        for (unsigned level = kLevels - 1; level > 0 && node != nullptr; level--)
            node = static_cast<Node*>(node->slots[(number >> (level * kBits)) % kFan]);
        return {node, number % kFan};
    }

    // The lowest one >= `least` under `node`, counted from its first; past its last: none. At each
    // level at most two slots are entered.
    static unsigned lowest_free(const Node& node, unsigned level, unsigned least) {
        const unsigned shift = level * kBits;
        for (unsigned slot = least >> shift; slot < kFan; slot++) {
            const uint64_t free = ~node.full & (~uint64_t{0} << slot);
            if (free == 0)
                break;
            const auto lowest = static_cast<unsigned>(__builtin_ctzll(free));
            const unsigned inner = lowest == slot ? least & ((1U << shift) - 1) : 0;
            slot = lowest;
            const auto* child = level == 0 ? nullptr : static_cast<Node*>(node.slots[slot]);
            const unsigned there = child == nullptr ? inner : lowest_free(*child, level - 1, inner);
            if (there < 1U << shift)
                return (slot << shift) + there;
            least = 0;
        }
        return kFan << shift;
    }
    // The same for those that are open.
    static unsigned next_open(const Node& node, unsigned level, unsigned first) {
        const unsigned shift = level * kBits;
        for (unsigned slot = first >> shift; slot < kFan; slot++) {
            const unsigned inner = slot == first >> shift ? first & ((1U << shift) - 1) : 0;
            if (node.slots[slot] == nullptr)
                continue;
            if (level == 0)
                return slot;
            const unsigned there =
                next_open(*static_cast<Node*>(node.slots[slot]), level - 1, inner);
            if (there < 1U << shift)
                return (slot << shift) + there;
        }
        return kFan << shift;
    }

    Result<> put(unsigned fd, File* file, bool close_on_exec) {
        Node* path[kLevels];
        path[kLevels - 1] = &root_;
        for (unsigned level = kLevels - 1; level > 0; level--) {
            void*& child = path[level]->slots[(fd >> (level * kBits)) % kFan];
            if (child == nullptr) {
                void* memory = E::allocate(sizeof(Node));
                if (memory == nullptr)
                    return Errno::nomem;
                child = new (memory) Node;
            }
            path[level - 1] = static_cast<Node*>(child);
        }
        const uint64_t bit = uint64_t{1} << fd % kFan;
        void*& slot = path[0]->slots[fd % kFan];
        count_ += slot == nullptr ? 1 : 0;
        slot = file;
        path[0]->mark(bit, close_on_exec);
        path[0]->full |= bit;
        for (unsigned level = 1; level < kLevels && path[level - 1]->full == ~uint64_t{0}; level++)
            path[level]->full |= uint64_t{1} << (fd >> (level * kBits)) % kFan;
        return ok();
    }

    // The descriptor is open.
    void clear(unsigned fd) {
        Node* node = &root_;
        for (unsigned level = kLevels - 1;; level--) {
            const unsigned slot = (fd >> (level * kBits)) % kFan;
            node->full &= ~(uint64_t{1} << slot);
            if (level == 0) {
                node->slots[slot] = nullptr;
                break;
            }
            node = static_cast<Node*>(node->slots[slot]);
        }
        count_--;
    }

#ifdef UK_HOST_TEST
    static void drop_nodes(Node& node, unsigned level) {
        for (unsigned slot = 0; level > 0 && slot < kFan; slot++) {
            if (auto* child = static_cast<Node*>(node.slots[slot])) {
                drop_nodes(*child, level - 1);
                E::deallocate(child);
            }
        }
    }
#endif

    typename E::Lock lock_;
    unsigned limit_ = kMost;
    unsigned count_ = 0;
    Node root_;
};

} // namespace uk::posix

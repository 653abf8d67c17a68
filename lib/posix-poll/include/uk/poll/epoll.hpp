// SPDX-License-Identifier: BSD-3-Clause
// BasicEpoll: a set of files of which those that became ready stand in a list, as a template over
// the environment. epoll(7), epoll_ctl(2), epoll_wait(2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include <uk/abi/epoll.h>
#include <uk/abi/stat.h>
#include <uk/base/list.hpp>
#include <uk/base/rbtree.hpp>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/file/basic_file.hpp>
#include <uk/file/ready_wait.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk::poll {

// Any number of threads. An item does not keep its file open: a file that is closed for good leaves
// all sets. E is a ReadyEnvironment that also has File, Mutex, ReadyLock, allocate(), deallocate()
// and all_epolls(), a Mutex for all sets of the system: taken when a file in a set, or a set,
// closes, and when sets are put into sets; before the mutexes of sets, which are taken from the
// outer to the inner one.
template <ReadyEnvironment E>
class BasicEpoll final : public E::File {
    using File = typename E::File;
    using Source = typename E::Source;

  public:
    static constexpr char kFamily = 0;
    static constexpr unsigned kMostNested = 4; // sets below the outermost, as on Linux

    BasicEpoll() : File(FileKind::still, UK_O_RDWR, &kFamily) {}

    // Of any file: the set that it is, or null.
    static BasicEpoll* of(File& file) {
        return file.family() == &kFamily ? static_cast<BasicEpoll*>(&file) : nullptr;
    }

    // epoll_ctl(). `fd` only tells items of one file apart. The caller keeps the file open. Errors:
    // EPERM (a file that is always ready), EINVAL, EEXIST, ENOENT, ELOOP, ENOMEM.
    [[nodiscard]] Result<> configure(int operation, File& file, int fd,
                                     const uk_epoll_event& event);

    // Waits until files are ready, or the deadline; 0: only looks. Calls put(events, data) for up
    // to `most` > 0 of them; false of it ends that. Returns how many it took. Thread context.
    // Errors: EINTR, EFAULT (put() did not take the first).
    template <class Put>
    [[nodiscard]] Result<size_t> wait(size_t most, uint64_t deadline_ns, Put put) {
        for (;;) {
            const size_t count = UK_TRY(harvest(most, put));
            if (count != 0 || deadline_ns == 0)
                return count;
            const Result<> woken = wait_ready<E>(
                source_, UK_POLLIN, ReadyShare::one, [this] { return any_listed(); }, deadline_ns);
            if (woken.code() == Errno::timedout)
                deadline_ns = 0;
            else
                UK_TRY(woken);
        }
    }

    // Whether one of its files is.
    uint32_t ready() override;
    Source* ready_source() override { return &source_; }
    const char* kind_name() override { return "[eventpoll]"; }
    Result<> stat(uk_stat& out) override {
        out.st_mode = 0600;
        out.st_nlink = 1;
        out.st_blksize = 4096;
        return ok();
    }

  private:
    // What events() may have besides events.
    static constexpr uint32_t kModes =
        UK_EPOLLWAKEUP | UK_EPOLLONESHOT | UK_EPOLLET | UK_EPOLLEXCLUSIVE;
    static constexpr uint32_t kInOut = UK_EPOLLIN | UK_EPOLLOUT;
    static constexpr uint32_t kWithExclusive =
        kInOut | UK_EPOLLERR | UK_EPOLLHUP | UK_EPOLLWAKEUP | UK_EPOLLET | UK_EPOLLEXCLUSIVE;

    struct Item : Source::Watch {
        Item(BasicEpoll& its_owner, File& its_file, int its_fd)
            : Source::Watch(&its_file, forget), owner(its_owner), file(its_file), fd(its_fd) {}
        bool on_ready(uint32_t happened) override { return owner.on_item(*this, happened); }

        BasicEpoll& owner;
        File& file;
        int fd;
        uint32_t events = 0;   // changed under the owner's mutex and ready lock
        uint64_t data = 0;     // under the mutex
        RbNode<Item> node;     // under the mutex
        ListNode<Item> listed; // under the ready lock

      protected:
        ~Item() = default;
    };
    struct OuterItem final : Item {
        using Item::Item;
    };
    // A set in a set. The lists are under all_epolls().
    struct InnerItem final : Item {
        InnerItem(BasicEpoll& its_owner, BasicEpoll& its_inner, int its_fd)
            : Item(its_owner, its_inner, its_fd), inner(its_inner) {}
        BasicEpoll& inner;
        ListNode<InnerItem> in_outer;
        ListNode<InnerItem> in_inner;
    };
    struct ByFile {
        bool operator()(const Item& a, const Item& b) const {
            return &a.file != &b.file ? &a.file < &b.file : a.fd < b.fd;
        }
        bool operator()(const Item& a, const File* b) const { return &a.file < b; }
        bool operator()(const File* a, const Item& b) const { return a < &b.file; }
    };

    ~BasicEpoll() = default;
    Result<size_t> do_read(IoPieces& /*to*/, FileIo& /*io*/) override { return Errno::inval; }
    Result<size_t> do_write(IoPieces& /*from*/, FileIo& /*io*/) override { return Errno::inval; }
    void destroy() override;

    static void forget(Source& source, const void* file);
    bool on_item(Item& item, uint32_t happened);

    Item* find(const File& file, int fd) {
        Item* item = items_.lower_bound(&file);
        while (item != nullptr && &item->file == &file && item->fd < fd)
            item = items_.next(*item);
        return item != nullptr && &item->file == &file && item->fd == fd ? item : nullptr;
    }
    Result<> control_locked(int operation, File& file, int fd, const uk_epoll_event& event);
    Result<> add(File& file, int fd, const uk_epoll_event& event);
    void change(Item& item, const uk_epoll_event& event);
    void remove(Item& item);
    void look_at(Item& item);

    Result<> check_nesting(BasicEpoll& inner);
    unsigned height() const;
    unsigned depth() const;
    bool leads_to(const BasicEpoll& other) const;

    template <class Put>
    Result<size_t> harvest(size_t most, Put& put);

    // The ready list.
    bool any_listed() {
        LockGuard guard(ready_lock_);
        return !ready_.empty();
    }
    size_t listed_count() {
        LockGuard guard(ready_lock_);
        return ready_count_;
    }
    Item* take_listed() {
        LockGuard guard(ready_lock_);
        Item* item = ready_.pop_front();
        ready_count_ -= item != nullptr ? 1 : 0;
        return item;
    }
    void list_again(Item& item, bool in_front) {
        LockGuard guard(ready_lock_);
        if (item.listed.is_linked())
            return;
        ready_count_++;
        if (in_front)
            ready_.push_front(item);
        else
            ready_.push_back(item);
    }
    void set_events(Item& item, uint32_t events) {
        LockGuard guard(ready_lock_);
        item.events = events;
    }

    typename E::Mutex mutex_;
    RbTree<&Item::node, ByFile> items_;
    typename E::ReadyLock ready_lock_;
    List<&Item::listed> ready_; // may have some that are not ready any more
    size_t ready_count_ = 0;
    Source source_; // who waits, and sets that this one is in
    List<&InnerItem::in_outer> inner_;
    List<&InnerItem::in_inner> outer_;
};

} // namespace uk::poll

#include <uk/poll/epoll_impl.hpp>

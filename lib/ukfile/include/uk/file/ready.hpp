// SPDX-License-Identifier: BSD-3-Clause
// BasicReadySource: who wants to know when a file becomes ready. <uk/file.hpp> binds it to this
// image; <uk/file/ready_wait.hpp> lets threads wait for it.
//
//     class Counter final : public uk::File {
//         uint32_t ready() override { return count() != 0 ? UK_POLLIN : 0; }
//         uk::ReadySource* ready_source() override { return &source_; }
//         void up() { ...; source_.notify(UK_POLLIN); }
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>
#include <uk/base/list.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// Which watches an event is told to: all of this kind, or of this kind only the first for which it
// makes a difference, in the order in which they came.
enum class ReadyShare : uint8_t { all, one };

// A list of watches, of one file or of several that share what they are ready for (the ends of a
// pipe). Lock keeps handlers and other CPUs out. 40 bytes and the lock.
//
// What ready() of the file looks at is changed under a lock that ready() takes, too, and notify()
// comes after the change: so whoever adds his watch first and then looks misses nothing.
template <class Lock>
class BasicReadySource {
  public:
    using Events = uint32_t; // UK_POLL* bits

    // Belongs to who watches; in at most one source at a time.
    class Watch {
      public:
        // Forgets a file that closes for good: removes every watch of the source that find(file)
        // gives. Thread context without locks.
        using Forget = void (*)(BasicReadySource& source, const void* file);

        constexpr Watch() = default;
        // One that stays while nobody refers to the file.
        constexpr Watch(const void* file, Forget forget) : file_(file), forget_(forget) {}
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

        // Something has happened: `events` may be ready now that were not. From wherever notify()
        // is called, under the source's lock: does not block, does not touch this source, takes
        // only locks that come after all of the notifier's. Says whether this woke somebody who
        // was not woken yet.
        virtual bool on_ready(Events events) = 0;

      protected:
        ~Watch() = default;

      private:
        friend class BasicReadySource;
        ListNode<Watch> node_;
        const void* file_ = nullptr;
        Forget forget_ = nullptr;
        ReadyShare share_ = ReadyShare::all;
    };

    constexpr BasicReadySource() = default;
    BasicReadySource(const BasicReadySource&) = delete;
    BasicReadySource& operator=(const BasicReadySource&) = delete;

    // Tells the watches. From anywhere, handlers included, under spinning locks that come before
    // `ready` in the order of ranks. O(watches); a load if there are none. Says whether one of the
    // kind `one` was told and woke somebody.
    bool notify(Events events) {
        if (count_.load_relaxed() == 0)
            return false;
        LockGuard guard(lock_);
        for (Watch& watch : all_)
            (void)watch.on_ready(events);
        return tell_one(events);
    }
    // Only those of the kind `one`: for who was woken and leaves something for others.
    bool wake_next(Events events) {
        if (count_.load_relaxed() == 0)
            return false;
        LockGuard guard(lock_);
        return tell_one(events);
    }

    // From anywhere but under a lock that on_ready() of one of them takes. When remove() returns,
    // on_ready() does not run and will not.
    void add(Watch& watch, ReadyShare share) {
        LockGuard guard(lock_);
        watch.share_ = share;
        if (share == ReadyShare::all)
            all_.push_front(watch);
        else
            one_.push_back(watch);
        count_.store_relaxed(count_.load_relaxed() + 1);
    }
    void remove(Watch& watch) {
        LockGuard guard(lock_);
        (watch.share_ == ReadyShare::all ? all_ : one_).erase(watch);
        count_.store_relaxed(count_.load_relaxed() - 1);
    }

    // Nobody refers to the file any more, and it is still whole. Thread context without locks.
    void file_closes(const void* file) {
        if (count_.load_relaxed() == 0)
            return;
        typename Watch::Forget forget = nullptr;
        {
            LockGuard guard(lock_);
            if (const Watch* watch = look_for(file))
                forget = watch->forget_;
        }
        if (forget != nullptr)
            forget(*this, file);
    }
    // A watch of that file. It stays only as long as who could remove it is kept from it.
    [[nodiscard]] Watch* find(const void* file) {
        LockGuard guard(lock_);
        return look_for(file);
    }

  private:
    using Watches = List<&Watch::node_>;

    bool tell_one(Events events) {
        for (Watch& watch : one_) {
            if (watch.on_ready(events))
                return true;
        }
        return false;
    }
    Watch* look_for(const void* file) {
        for (Watches* list : {&all_, &one_}) {
            for (Watch& watch : *list) {
                if (watch.file_ == file)
                    return &watch;
            }
        }
        return nullptr;
    }

    Lock lock_;
    Atomic<uint32_t> count_{0}; // written under the lock
    Watches all_;
    Watches one_;
};

} // namespace uk

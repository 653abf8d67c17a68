// SPDX-License-Identifier: BSD-3-Clause
// BasicPollSet: files that one call of poll() or select() is about, as a template over the
// environment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/file/ready_wait.hpp>

namespace uk::poll {

// Belongs to the calling thread; on its stack: up to kFew files cost no memory besides. Thread
// context.
template <ReadyEnvironment E>
class BasicPollSet {
    using Source = typename E::Source;
    using Waiter = BasicReadyThread<E>;

  public:
    using File = typename E::File;
    static constexpr size_t kFew = 8;

    class Entry final : Source::Watch {
      public:
        // What it is about, and which events count, no others.
        void watch(Ref<File> file, uint32_t events) {
            file_ = std::move(file);
            events_ = events;
        }
        // Of these events those that are there. Without a file it stays what was set.
        uint32_t ready = 0;

      private:
        friend class BasicPollSet;
        bool on_ready(uint32_t happened) override {
            return (happened & events_) != 0 && waiter_->tell();
        }
        bool look() {
            if (file_)
                ready = file_->ready() & events_;
            return ready != 0;
        }
        void add(Waiter& waiter) {
            source_ = file_ ? file_->ready_source() : nullptr;
            waiter_ = &waiter;
            if (source_ != nullptr)
                source_->add(*this, ReadyShare::all);
        }
        void remove() {
            if (source_ != nullptr)
                source_->remove(*this);
        }

        uint32_t events_ = 0;
        Ref<File> file_;
        Source* source_ = nullptr;
        Waiter* waiter_ = nullptr;
    };

    BasicPollSet() = default;
    BasicPollSet(const BasicPollSet&) = delete;
    BasicPollSet& operator=(const BasicPollSet&) = delete;
    ~BasicPollSet() {
        for (size_t i = 0; i < count_; i++)
            entries_[i].~Entry();
        if (entries_ != few())
            E::deallocate(entries_);
    }

    // Once: so many entries, all empty. Errors: ENOMEM.
    [[nodiscard]] Result<> prepare(size_t count) {
        if (count > kFew) {
            size_t bytes = 0;
            if (__builtin_mul_overflow(count, sizeof(Entry), &bytes))
                return Errno::nomem;
            auto* memory = static_cast<Entry*>(E::allocate(bytes));
            if (memory == nullptr)
                return Errno::nomem;
            entries_ = memory;
        }
        for (; count_ < count; count_++)
            ::new (static_cast<void*>(entries_ + count_)) Entry;
        return ok();
    }
    [[nodiscard]] size_t count() const { return count_; }
    Entry& operator[](size_t index) { return entries_[index]; }

    // Waits until one is ready or the deadline comes; 0: only looks. Returns how many are. Errors:
    // EINTR.
    [[nodiscard]] Result<size_t> wait(uint64_t deadline_ns) {
        size_t found = look();
        if (found != 0 || deadline_ns == 0)
            return found;
        Waiter waiter;
        for (size_t i = 0; i < count_; i++)
            entries_[i].add(waiter);
        const Result<> result =
            waiter.wait_until([&] { return (found = look()) != 0; }, deadline_ns);
        for (size_t i = 0; i < count_; i++)
            entries_[i].remove();
        if (!result.ok() && result.code() != Errno::timedout)
            return result.error();
        return found;
    }

  private:
    Entry* few() { return reinterpret_cast<Entry*>(few_); }
    size_t look() {
        size_t found = 0;
        for (size_t i = 0; i < count_; i++)
            found += entries_[i].look() ? 1 : 0;
        return found;
    }

    alignas(Entry) char few_[kFew * sizeof(Entry)];
    Entry* entries_ = few();
    size_t count_ = 0;
};

} // namespace uk::poll

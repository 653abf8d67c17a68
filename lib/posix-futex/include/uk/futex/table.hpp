// SPDX-License-Identifier: BSD-3-Clause
// FutexTable: threads that wait for a word of the application's memory to change.
//
// Pure: a template over a scheduler and a way to look at words. <uk/futex.hpp> is this image's.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <uk/base/address.hpp>
#include <uk/base/rbtree.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/trap.hpp>
#include <uk/sched/thread.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk::futex {

// What the table asks of a system; all static. Words are 4 bytes at a multiple of 4.
template <class S>
concept Face = LockMachine<typename S::Locks> &&
    requires(Thread& thread, uint64_t deadline_ns, WaitsFor what, Vaddr word, uint32_t value,
             hal::Access how) {
    { S::current() } -> std::same_as<Thread&>;
    { S::park(deadline_ns, what) } -> std::same_as<Wake>;
    { S::unpark(thread) } -> std::same_as<void>;
    { S::interrupted() } -> std::same_as<bool>; // a signal came; whoever sends one unparks
    // As in <uk/user.hpp>: the first for threads without locks, the others also under locks.
    { S::bring_in(word, how) } -> std::same_as<Result<>>;
    { S::load(word) } -> std::same_as<Result<uint32_t>>;
    { S::replace(word, value, value) } -> std::same_as<Result<uint32_t>>;
};

inline constexpr uint32_t kAnyBit = ~uint32_t{0};

// What FUTEX_WAKE_OP does to a word, and to which words it answers with a second wake-up.
struct WordChange {
    enum class How : uint8_t { set, add, or_, and_not, xor_ };
    enum class Test : uint8_t { eq, ne, lt, le, gt, ge }; // signed

    How how = How::set;
    Test test = Test::eq;
    uint32_t operand = 0;
    int32_t compared_to = 0;

    [[nodiscard]] constexpr uint32_t apply(uint32_t old) const {
        switch (how) {
        case How::set:
            return operand;
        case How::add:
            return old + operand;
        case How::or_:
            return old | operand;
        case How::and_not:
            return old & ~operand;
        case How::xor_:
            break;
        }
        return old ^ operand;
    }
    [[nodiscard]] constexpr bool holds_for(uint32_t old) const {
        const auto is = static_cast<int32_t>(old);
        switch (test) {
        case Test::eq:
            return is == compared_to;
        case Test::ne:
            return is != compared_to;
        case Test::lt:
            return is < compared_to;
        case Test::le:
            return is <= compared_to;
        case Test::gt:
            return is > compared_to;
        case Test::ge:
            break;
        }
        return is >= compared_to;
    }
};

// The argument of FUTEX_WAKE_OP: how and test 4 bits each, operand and compared_to 12 bits each, of
// which the sign counts. Errors: ENOSYS (no such operation or test).
[[nodiscard]] Result<WordChange> word_change(uint32_t encoded);

// Waiters are on the stacks of those who wait: nothing is allocated. The most urgent first, among
// equals the one that came first. All is O(log waiters) for each thread woken or moved. For threads
// without locks that may take a page fault; kBuckets is a power of two.
//
// No wake-up is lost: a waiter looks at the word and joins the list under one hold of the list's
// lock, and wakers take that lock after the word was changed. Pages cannot be brought in under a
// lock, so a look that faults is done again after the page was, without the lock, brought in.
template <Face S, size_t kBuckets>
class FutexTable {
    static_assert(kBuckets != 0 && (kBuckets & (kBuckets - 1)) == 0);
    using M = typename S::Locks;
    struct Bucket;

    // Leaves only after it took the lock of its bucket again, so whoever holds that may use its
    // thread. Its bucket changes under the locks of both, the old one and the new.
    struct Waiter {
        Waiter(Vaddr at, uint32_t which)
            : word(at), thread(S::current()), priority(thread.priority), bits(which) {}

        Vaddr word;
        Thread& thread;
        unsigned priority; // that of the moment of waiting
        uint32_t bits;
        Atomic<Bucket*> home{nullptr};
        RbNode<Waiter> node{};
    };
    struct ByWord {
        bool operator()(const Waiter& a, const Waiter& b) const {
            return a.word != b.word ? a.word < b.word : a.priority > b.priority;
        }
        bool operator()(const Waiter& a, Vaddr b) const { return a.word < b; }
    };
    using Waiters = RbTree<&Waiter::node, ByWord>;

    struct Bucket {
        [[no_unique_address]] std::conditional_t<M::kManyCpus, SpinWord, detail::NoWord> lock{};
        Waiters waiters;
    };

    // Holds one bucket or two, interrupts off. Two are taken in the order of their addresses.
    class Hold {
      public:
        explicit Hold(Bucket& one) : Hold(one, one) {}
        Hold(Bucket& one, Bucket& other)
            : first_(&one < &other ? one : other), second_(&one < &other ? other : one) {
            state_ = M::irq_save();
            if constexpr (M::kPreempts)
                M::preempt_disable();
            take(first_, LockRank::futex);
            if (&first_ != &second_)
                take(second_, LockRank::futex_next);
        }
        ~Hold() {
            if (&first_ != &second_)
                give(second_, LockRank::futex_next);
            give(first_, LockRank::futex);
            M::irq_restore(state_);
            if constexpr (M::kPreempts)
                M::preempt_enable();
        }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

      private:
        static void take(Bucket& bucket, LockRank rank) {
            if constexpr (M::kChecks)
                M::rank_push(rank);
            bucket.lock.lock([] { M::relax(); });
        }
        static void give(Bucket& bucket, LockRank rank) {
            bucket.lock.unlock();
            if constexpr (M::kChecks)
                M::rank_pop(rank);
        }

        Bucket& first_;
        Bucket& second_;
        typename M::IrqState state_{};
    };

  public:
    constexpr FutexTable() = default;
    FutexTable(const FutexTable&) = delete;
    FutexTable& operator=(const FutexTable&) = delete;

    // Waits while the word has `value`, until it is woken with one of `bits` (not 0). Success may
    // be a wake-up that was meant for another use of this memory: callers look at the word again.
    // Blocks. Errors: EAGAIN (the word has another value), EFAULT, EINVAL (not at a multiple of
    // 4), EINTR, ETIMEDOUT.
    [[nodiscard]] Result<> wait(Vaddr word, uint32_t value, uint32_t bits, uint64_t deadline_ns);

    // Wakes up to `most` that wait at the word for one of `bits`; returns how many. The word
    // itself is not looked at, so it may be gone. May switch. Errors: EINVAL.
    [[nodiscard]] Result<size_t> wake(Vaddr word, size_t most, uint32_t bits = kAnyBit);

    // Wakes up to `most_woken` that wait at `from`, and lets up to `most_moved` of the others wait
    // at `to` from now on; returns how many were woken or moved. With `value` only if that is what
    // `from` has now. May switch. Errors: EAGAIN (it is not), EFAULT, EINVAL.
    [[nodiscard]] Result<size_t> requeue(Vaddr from, Vaddr to, size_t most_woken, size_t most_moved,
                                         const uint32_t* value);

    // Changes `changed`, wakes up to `most` at `word`, and up to `most_changed` at `changed` if
    // what was there passes the test; returns how many. No other call comes in between. May
    // switch. Errors: EFAULT, EINVAL.
    [[nodiscard]] Result<size_t> wake_op(Vaddr word, size_t most, Vaddr changed,
                                         size_t most_changed, WordChange change);

  private:
    Bucket& bucket_of(Vaddr word) {
        return buckets_[(word.value() >> 2) * 0x9e37'79b9'7f4a'7c15 >> 32 & (kBuckets - 1)];
    }
    static bool is_word(Vaddr at) { return at.value() % sizeof(uint32_t) == 0; }
    struct End {
        bool over;
        Errno how;
    };
    Result<> join(Waiter& me, uint32_t value);
    End look(Waiter& me, bool timed_out);
    static size_t wake_in(Bucket& bucket, Vaddr word, size_t most, uint32_t bits);
    static size_t move(Bucket& old_home, Vaddr from, Bucket& new_home, Vaddr to, size_t most);

    static Result<uint32_t> change_word(Vaddr at, WordChange change);

    Bucket buckets_[kBuckets];
};

// Puts `me` into the list if the word has `value`.
template <Face S, size_t kBuckets>
Result<> FutexTable<S, kBuckets>::join(Waiter& me, uint32_t value) {
    Bucket& bucket = bucket_of(me.word);
    for (;;) {
        UK_TRY(S::bring_in(me.word, hal::Access::read));
        Hold hold(bucket);
        Result<uint32_t> seen = S::load(me.word);
        if (!seen.ok()) // somebody took the page away meanwhile
            continue;
        if (seen.value() != value)
            return Errno::again;
        if (S::interrupted())
            return Errno::intr;
        me.home.store_relaxed(&bucket);
        bucket.waiters.insert_multi(me);
        return ok();
    }
}

template <Face S, size_t kBuckets>
Result<> FutexTable<S, kBuckets>::wait(Vaddr word, uint32_t value, uint32_t bits,
                                       uint64_t deadline_ns) {
    if (!is_word(word) || bits == 0)
        return Errno::inval;
    Waiter me(word, bits);
    UK_TRY(join(me, value));
    for (;;) {
        const bool timed_out = S::park(deadline_ns, {"futex"}) == Wake::timed_out;
        if (const End end = look(me, timed_out); end.over)
            return end.how;
    }
}

// What became of a wait that may be over: it is when `me` is in no list any more. Its bucket may be
// another one by the time that bucket's lock is ours.
template <Face S, size_t kBuckets>
auto FutexTable<S, kBuckets>::look(Waiter& me, bool timed_out) -> End {
    for (;;) {
        Bucket* home = me.home.load_relaxed();
        Hold hold(*home);
        if (me.home.load_relaxed() != home)
            continue;
        if (!me.node.is_linked())
            return {true, Errno::ok};
        if (!timed_out && !S::interrupted())
            return {false, Errno::ok};
        home->waiters.erase(me);
        return {true, timed_out ? Errno::timedout : Errno::intr};
    }
}

template <Face S, size_t kBuckets>
size_t FutexTable<S, kBuckets>::wake_in(Bucket& bucket, Vaddr word, size_t most, uint32_t bits) {
    size_t count = 0;
    Waiter* waiter = bucket.waiters.lower_bound(word);
    while (count < most && waiter != nullptr && waiter->word == word) {
        Waiter* next = bucket.waiters.next(*waiter);
        if ((waiter->bits & bits) != 0) {
            bucket.waiters.erase(*waiter);
            S::unpark(waiter->thread);
            count++;
        }
        waiter = next;
    }
    return count;
}

template <Face S, size_t kBuckets>
size_t FutexTable<S, kBuckets>::move(Bucket& old_home, Vaddr from, Bucket& new_home, Vaddr to,
                                     size_t most) {
    size_t count = 0;
    Waiter* waiter = old_home.waiters.lower_bound(from);
    while (count < most && waiter != nullptr && waiter->word == from) {
        Waiter* next = old_home.waiters.next(*waiter);
        if (from != to) {
            old_home.waiters.erase(*waiter);
            waiter->word = to;
            waiter->home.store_relaxed(&new_home);
            new_home.waiters.insert_multi(*waiter);
        }
        count++;
        waiter = next;
    }
    return count;
}

template <Face S, size_t kBuckets>
Result<size_t> FutexTable<S, kBuckets>::wake(Vaddr word, size_t most, uint32_t bits) {
    if (!is_word(word) || bits == 0)
        return Errno::inval;
    Bucket& bucket = bucket_of(word);
    Hold hold(bucket);
    return wake_in(bucket, word, most, bits);
}

template <Face S, size_t kBuckets>
Result<size_t> FutexTable<S, kBuckets>::requeue(Vaddr from, Vaddr to, size_t most_woken,
                                                size_t most_moved, const uint32_t* value) {
    if (!is_word(from) || !is_word(to))
        return Errno::inval;
    Bucket& old_home = bucket_of(from);
    Bucket& new_home = bucket_of(to);
    for (;;) {
        if (value != nullptr)
            UK_TRY(S::bring_in(from, hal::Access::read));
        Hold hold(old_home, new_home);
        if (value != nullptr) {
            Result<uint32_t> seen = S::load(from);
            if (!seen.ok())
                continue;
            if (seen.value() != *value)
                return Errno::again;
        }
        const size_t woken = wake_in(old_home, from, most_woken, kAnyBit);
        return woken + move(old_home, from, new_home, to, most_moved);
    }
}

// Returns what was there. Under locks: a page that is not there is EFAULT.
template <Face S, size_t kBuckets>
Result<uint32_t> FutexTable<S, kBuckets>::change_word(Vaddr at, WordChange change) {
    for (uint32_t before = UK_TRY(S::load(at));;) {
        const uint32_t seen = UK_TRY(S::replace(at, before, change.apply(before)));
        if (seen == before)
            return before;
        before = seen;
    }
}

template <Face S, size_t kBuckets>
Result<size_t> FutexTable<S, kBuckets>::wake_op(Vaddr word, size_t most, Vaddr changed,
                                                size_t most_changed, WordChange change) {
    if (!is_word(word) || !is_word(changed))
        return Errno::inval;
    Bucket& bucket = bucket_of(word);
    Bucket& other = bucket_of(changed);
    for (;;) {
        UK_TRY(S::bring_in(changed, hal::Access::write));
        Hold hold(bucket, other);
        Result<uint32_t> before = change_word(changed, change);
        if (!before.ok())
            continue;
        const size_t woken = wake_in(bucket, word, most, kAnyBit);
        if (!change.holds_for(before.value()))
            return woken;
        return woken + wake_in(other, changed, most_changed, kAnyBit);
    }
}

} // namespace uk::futex

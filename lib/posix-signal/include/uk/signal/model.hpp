// SPDX-License-Identifier: BSD-3-Clause
// Masks, actions and queues of signals, and which one is next. Pure; whoever calls holds the lock
// that guards all of it (<uk/signal.hpp>). signal(7), sigaction(2), POSIX.1-2017 2.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/abi/signal.h>
#include <uk/base/list.hpp>
#include <uk/base/result.hpp>

namespace uk::signal {

constexpr uint64_t bit_of(int number) {
    return uint64_t{1} << (number - 1);
}
constexpr bool is_signal(int number) {
    return number >= 1 && number <= UK_NSIG;
}
constexpr bool is_real_time(int number) {
    return number >= UK_SIGRTMIN;
}

inline constexpr uint64_t kUnstoppable = bit_of(UK_SIGKILL) | bit_of(UK_SIGSTOP);
// What the processor causes in the middle of a thread: first, so that the thread's registers are
// still those of the fault.
inline constexpr uint64_t kSynchronous = bit_of(UK_SIGSEGV) | bit_of(UK_SIGBUS) |
                                         bit_of(UK_SIGILL) | bit_of(UK_SIGTRAP) |
                                         bit_of(UK_SIGFPE) | bit_of(UK_SIGSYS);
inline constexpr uint64_t kIgnoredByDefault =
    bit_of(UK_SIGCHLD) | bit_of(UK_SIGCONT) | bit_of(UK_SIGURG) | bit_of(UK_SIGWINCH);
inline constexpr uint64_t kStops =
    bit_of(UK_SIGSTOP) | bit_of(UK_SIGTSTP) | bit_of(UK_SIGTTIN) | bit_of(UK_SIGTTOU);

// What is told about a signal; the meaning of the last three depends on `code` (si_code).
struct Info {
    int32_t number = 0;
    int32_t code = 0;
    int32_t who = 0;    // process, or timer
    uint32_t extra = 0; // user, or overruns of the timer
    uint64_t value = 0; // sigval, or the address of a fault
};

// As the application sees it.
[[nodiscard]] uk_siginfo to_siginfo(const Info& info);

struct Entry {
    Info info;
    ListNode<Entry> node;
};

// Entries for signals that are under way: there is a number of them, for all queues.
class Pool {
  public:
    constexpr explicit Pool(std::span<Entry> entries) : fresh_(entries) {}
#ifdef UK_HOST_TEST
    ~Pool() {
        free_.clear();
    }
#endif
    Entry* take();
    void give(Entry& entry) {
        free_.push_back(entry);
    }

  private:
    std::span<Entry> fresh_; // never used so far
    List<&Entry::node> free_;
};

// Signals that wait for a thread, or for any of the process.
class Pending {
  public:
    [[nodiscard]] uint64_t set() const { return set_; }
    // Real-time signals queue up; of others the first one stays, and later ones are nothing. If the
    // pool is empty, a signal without data comes all the same, without telling from whom. Errors:
    // EAGAIN.
    [[nodiscard]] Result<> add(Pool& pool, const Info& info);
    // The oldest one of that number, which is in the set.
    [[nodiscard]] Info take(Pool& pool, int number);
    void drop(Pool& pool, uint64_t set);

  private:
    using Queue = List<&Entry::node>;
    uint64_t set_ = 0;
    Queue queue_;
};

struct Action {
    uintptr_t handler = UK_SIG_DFL;
    uint64_t flags = 0;
    uint64_t mask = 0;
    uintptr_t restorer = 0; // kept for who asks
};

struct AltStack {
    uintptr_t start = 0;
    size_t size = 0; // 0: there is none

    [[nodiscard]] bool has(uintptr_t sp) const { return sp - start - 1 < size; }
};

// What a thread has. Its owner adds it to the model and removes it.
class ThreadPart {
  public:
    [[nodiscard]] uint64_t mask() const { return mask_; }
    [[nodiscard]] uint64_t pending() const { return own_.set(); }

    AltStack alt_stack; // the thread's own: no lock

  private:
    friend class Model;
    uint64_t mask_ = 0;
    uint64_t waits_for_ = 0;  // sigtimedwait(): also blocked ones
    uint64_t after_wait_ = 0; // sigsuspend(): the mask that comes back
    bool mask_is_lent_ = false;
    Pending own_;
    ListNode<ThreadPart> node_;

  public:
    using Parts = List<&ThreadPart::node_>;
};

// A signal that was taken out to be acted on.
struct Delivery {
    Info info;
    Action action;
    uint64_t mask_before; // comes back when the handler returns
};

// Who is to be told that a signal came.
struct Told {
    ThreadPart* thread = nullptr; // null: nobody
    bool runs_handler = false;    // at its edge; otherwise it waits for the signal
};

class Model {
  public:
    using Actions = std::span<Action, UK_NSIG>;

    // Both stay the caller's, `actions` all default: zeros, which an image file need not hold.
    constexpr Model(std::span<Entry> entries, Actions actions)
        : pool_(entries), actions_(actions) {}
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    void add_thread(ThreadPart& part, uint64_t mask);
    // What only it could take goes to nobody else; of the process's another thread may be told.
    Told remove_thread(ThreadPart& part);

    // Errors: EINVAL (no such signal, or one whose action cannot be changed).
    [[nodiscard]] Result<Action> set_action(int number, const Action* wanted);

    // To a thread, or with null to the process: to one that lets it through, `near` if it does.
    // Errors: EINVAL, EAGAIN (too many wait), ENOSYS (it would stop the process).
    [[nodiscard]] Result<Told> send(const Info& info, ThreadPart* to, ThreadPart* near);

    // A new mask. Another thread may be told of what this one does not take any more.
    Told set_mask(ThreadPart& self, uint64_t mask);
    // The same until the next handler has ended; then the mask before comes back.
    void lend_mask(ThreadPart& self, uint64_t mask);
    void return_mask(ThreadPart& self);

    // What waits for the thread and is let through.
    [[nodiscard]] bool has_work(const ThreadPart& self) const {
        return (waiting_for(self) & ~self.mask_) != 0;
    }
    [[nodiscard]] uint64_t waiting_for(const ThreadPart& self) const {
        return self.own_.set() | shared_.set();
    }
    // Whether the next one's handler wants the alternate stack. With has_work().
    [[nodiscard]] bool next_wants_alt_stack(const ThreadPart& self) const;
    // Takes the next one, and makes the mask that of its handler. False: there is none.
    [[nodiscard]] bool take(ThreadPart& self, Delivery& out);
    // A fault of the thread itself: comes at once. False: blocked, or nobody handles it.
    [[nodiscard]] bool catches(const ThreadPart& self, int number) const;
    [[nodiscard]] bool wants_alt_stack(int number) const {
        return (actions_[number - 1].flags & UK_SA_ONSTACK) != 0;
    }
    Delivery take_fault(ThreadPart& self, const Info& info);

    // sigtimedwait(): takes one of the set, blocked or not; otherwise the thread is told when one
    // comes, until end_wait().
    [[nodiscard]] bool take_waited(ThreadPart& self, uint64_t set, Info& out);
    void end_wait(ThreadPart& self) { self.waits_for_ = 0; }

  private:
    [[nodiscard]] bool is_ignored(int number) const;
    [[nodiscard]] static bool lets_through(const ThreadPart& part, uint64_t bit) {
        return (bit & ~part.mask_) != 0;
    }
    [[nodiscard]] Told target_of(uint64_t bit, ThreadPart* near);
    Info take_from(ThreadPart& self, int number);
    Delivery deliver(ThreadPart& self, const Info& info);
    Told tell_another(uint64_t set);

    Pool pool_;
    Actions actions_;
    Pending shared_;
    ThreadPart::Parts threads_;
};

} // namespace uk::signal

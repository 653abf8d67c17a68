// SPDX-License-Identifier: BSD-3-Clause
// Who wants the interrupts of which line: what all platforms do alike under <uk/hal/irq_line.hpp>.
#pragma once

#include <cstdint>

#include <uk/assert.h>
#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/print.h>

namespace uk::intctlr {

// Chip (all called with the lock held):
//   Result<> open(uint32_t number);   lets a line through, first or again
//   void close(uint32_t number);      the opposite
//   bool keeps(uint32_t number);      whether what is raised while closed comes when opened again
//   void repeat(uint32_t number);     raises it by itself: take() shall be called soon
// Lock: an IrqSpinlock, or what a test has instead.
template <class Chip, class Lock>
class IrqTable {
  public:
    static constexpr unsigned kMostLines = 32; // in use at a time

    constexpr explicit IrqTable(Chip chip) : chip_(chip) {}

    // The five below as the contract has them; numbers instead of lines.
    [[nodiscard]] Result<> attach(uint32_t number, hal::IrqAction& action) {
        Guard guard(lock_);
        Slot* slot = find(number);
        if (slot == nullptr && (slot = claim(number)) == nullptr) {
            return Errno::nospc;
        }
        const bool first = slot->first.load_relaxed() == nullptr;
        if (first) {
            slot->masks = 0;
        }
        const bool opens = first || slot->closed;
        slot->closed = slot->pending = false;
        slot->unanswered = 0;
        Link& link = last(*slot);
        action.next.store_relaxed(nullptr);
        link.store_release(&action);
        if (opens && slot->masks == 0) {
            Result<> opened = chip_.open(number);
            if (!opened.ok()) {
                link.store_release(nullptr);
                slot->closed = true;
                return opened;
            }
        }
        return {};
    }

    void detach(uint32_t number, hal::IrqAction& action) {
        Slot* slot = unlink(number, action);
        // A handler that found it before runs on another CPU: here it would have come to its end.
        while (slot->running.load_acquire() != 0) {
            hal::cpus_serve();
            hal::cpu_relax();
        }
    }

    void mask(uint32_t number) {
        Guard guard(lock_);
        Slot* slot = find(number);
        UK_ASSERT(slot != nullptr);
        if (slot->masks++ == 0 && !slot->closed && chip_.keeps(number)) {
            chip_.close(number);
        }
    }
    void unmask(uint32_t number) {
        Guard guard(lock_);
        Slot* slot = find(number);
        UK_ASSERT(slot != nullptr && slot->masks != 0);
        if (--slot->masks != 0 || slot->closed) {
            return;
        }
        if (chip_.keeps(number)) {
            (void)chip_.open(number).ok(); // as it did before
        }
        if (slot->pending) {
            slot->pending = false;
            chip_.repeat(number);
        }
    }

    // In the interrupt handler. False: nobody is attached (any more).
    bool take(uint32_t number) {
        bool is_known = true;
        Slot* slot = begin(number, is_known);
        if (slot == nullptr) {
            return is_known;
        }
        bool answered = false;
        for (hal::IrqAction* action = slot->first.load_acquire(); action != nullptr;) {
            hal::IrqAction* next = action->next.load_acquire();
            answered = action->call() || answered;
            action = next;
        }
        if (!end(*slot, answered)) {
            uk_pr_warn("interrupt line %u is closed: nobody answered for %u interrupts\n", number,
                       hal::kMostUnansweredIrqs);
        }
        return true;
    }

  private:
    using Link = Atomic<hal::IrqAction*>;

    struct Slot {
        uint32_t number = 0;
        Link first{nullptr};
        Atomic<uint32_t> running{0}; // handlers that walk the list
        uint32_t masks = 0;
        uint32_t unanswered = 0; // in a row
        bool closed = false;     // after too many of these
        bool pending = false;    // came although masked
    };

    class Guard {
      public:
        explicit Guard(Lock& lock) : lock_(lock), state_(lock.lock()) {}
        ~Guard() { lock_.unlock(state_); }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

      private:
        Lock& lock_;
        decltype(lock_.lock()) state_;
    };

    Slot* find(uint32_t number) {
        for (unsigned i = 0; i < used_; i++) {
            if (slots_[i].number == number) {
                return &slots_[i];
            }
        }
        return nullptr;
    }
    Slot* claim(uint32_t number) {
        Slot* slot = nullptr;
        if (used_ < kMostLines) {
            slot = &slots_[used_++];
        }
        for (unsigned i = 0; slot == nullptr && i < kMostLines; i++) {
            if (slots_[i].first.load_relaxed() == nullptr &&
                slots_[i].running.load_acquire() == 0) {
                slot = &slots_[i];
            }
        }
        if (slot != nullptr) {
            slot->number = number;
        }
        return slot;
    }
    static Link& last(Slot& slot) {
        Link* link = &slot.first;
        while (hal::IrqAction* action = link->load_relaxed()) {
            link = &action->next;
        }
        return *link;
    }
    Slot* unlink(uint32_t number, hal::IrqAction& action) {
        Guard guard(lock_);
        Slot* slot = find(number);
        UK_VERIFY(slot != nullptr);
        Link* link = &slot->first;
        while (link->load_relaxed() != &action) {
            UK_VERIFY(link->load_relaxed() != nullptr); // was never attached
            link = &link->load_relaxed()->next;
        }
        link->store_release(action.next.load_relaxed());
        if (slot->first.load_relaxed() == nullptr && !slot->closed) {
            chip_.close(number);
        }
        return slot;
    }

    // Null: nothing to do now.
    Slot* begin(uint32_t number, bool& is_known) {
        Guard guard(lock_);
        Slot* slot = find(number);
        if (slot == nullptr || slot->first.load_relaxed() == nullptr) {
            is_known = false; // perhaps it was detached while this was on its way
            return nullptr;
        }
        if (slot->masks != 0 || slot->closed) {
            slot->pending = true;
            return nullptr;
        }
        slot->running.fetch_add_relaxed(1);
        return slot;
    }
    // False: the line was closed by this.
    bool end(Slot& slot, bool answered) {
        Guard guard(lock_);
        slot.running.fetch_sub_acq_rel(1);
        if (answered) {
            slot.unanswered = 0;
        } else if (!slot.closed && ++slot.unanswered == hal::kMostUnansweredIrqs) {
            slot.closed = true;
            chip_.close(slot.number);
            return false;
        }
        return true;
    }

    Chip chip_;
    Lock lock_;
    Slot slots_[kMostLines]{};
    unsigned used_ = 0;
};

} // namespace uk::intctlr

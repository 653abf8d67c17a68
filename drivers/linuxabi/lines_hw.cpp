// SPDX-License-Identifier: BSD-3-Clause
// Interrupt lines of a process. Who waits for descriptors is a thread of the host: it touches
// nothing but the two atomic variables below, since it is no CPU.
#include <uk/linuxabi/lines.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/intctlr/irq_lines.hpp>
#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/clone.hpp>

#include "lines_isa.hpp" // of the architecture's folder

namespace uk {
namespace {

using namespace linuxabi;

// Bits of a line's number: what irq_line() was asked for, and:
constexpr uint32_t kMostNumber = kLineToWrite - 1;
constexpr uint32_t kEdge = 1U << 18;
constexpr uint32_t kIsOpen = 1U << 31;

constexpr unsigned kSlots = 32;
constinit Atomic<uint32_t> g_open[kSlots];
constinit Atomic<uint32_t> g_raised{0}; // a bit for each slot

constinit int g_epoll = -1;
constinit int g_process = 0; // also the host's thread that is CPU 0
constinit int g_waiter = 0;
alignas(16) constinit char g_stack[16384]; // it takes signals, too

// Whoever finds a bit set was overtaken by somebody whose signal is on its way.
void raise(unsigned slot) {
    if (g_raised.fetch_or_acq_rel(1U << slot) == 0) {
        syscall(Sys::tgkill, g_process, g_process, kSigalrm);
    }
}

// kSlots: it is not open.
unsigned slot_of(uint32_t line) {
    unsigned slot = 0;
    while (slot < kSlots && g_open[slot].load_acquire() != (line | kIsOpen)) {
        slot++;
    }
    return slot;
}

void raise_line(uint32_t line) {
    if (const unsigned slot = slot_of(line); slot < kSlots) {
        raise(slot);
    }
}

void on_signal(int signal, const SigInfo* /*info*/, void* /*context*/) {
    raise_line(kLineOfSignal | static_cast<uint32_t>(signal));
}

long control(int what, uint32_t line) {
    EpollEvent event{};
    event.events = ((line & kLineToWrite) != 0 ? kEpollOut : kEpollIn) |
                   ((line & kEdge) != 0 ? kEpollEdge : kEpollOnce);
    event.data = line;
    return syscall(Sys::epoll_ctl, g_epoll, what, static_cast<long>(line & kMostNumber), &event);
}

[[noreturn]] void wait_for_descriptors(void* /*argument*/) {
    for (;;) {
        EpollEvent events[8];
        const long count = syscall(Sys::epoll_pwait, g_epoll, events, 8, -1, 0L, sizeof(uint64_t));
        for (long i = 0; i < count; i++) {
            raise_line(static_cast<uint32_t>(events[i].data));
        }
    }
}

Result<> start() {
    if (g_epoll >= 0) {
        return {};
    }
    g_process = static_cast<int>(syscall(Sys::getpid));
    const long epoll = syscall(Sys::epoll_create1, kEpollCloseOnExec);
    if (epoll < 0 || !admit_interrupts()) {
        return Errno::nodev;
    }
    g_epoll = static_cast<int>(epoll);
    constexpr uint64_t kAlarm = signal_bit(kSigalrm); // interrupts are for CPUs
    syscall(Sys::rt_sigprocmask, kBlock, &kAlarm, 0L, sizeof kAlarm);
    const long id = uk_linuxabi_clone(kCloneThread, g_stack + sizeof g_stack, &g_waiter,
                                      wait_for_descriptors, nullptr);
    syscall(Sys::rt_sigprocmask, kUnblock, &kAlarm, 0L, sizeof kAlarm);
    if (id < 0) {
        syscall(Sys::close, g_epoll);
        g_epoll = -1;
        return Errno::nodev;
    }
    return {};
}

} // namespace

// What a level has to say is asked for again only after its handlers ran.
void linuxabi::take_lines() {
    uint32_t raised = g_raised.exchange_acq_rel(0);
    for (unsigned slot = 0; raised != 0; slot++, raised >>= 1) {
        const uint32_t open = g_open[slot].load_acquire();
        if ((raised & 1) == 0 || open == 0) {
            continue;
        }
        const uint32_t line = open & ~kIsOpen;
        intctlr::take_line(line);
        if ((line & (kLineOfSignal | kEdge)) == 0 && g_open[slot].load_acquire() == open) {
            control(kEpollChange, line); // fails if it was closed
        }
    }
}

Result<> intctlr::open_line(uint32_t line) {
    unsigned slot = 0;
    while (slot < kSlots && g_open[slot].load_relaxed() != 0) {
        slot++;
    }
    if (slot == kSlots) {
        return Errno::nospc;
    }
    g_open[slot].store_release(line | kIsOpen);
    Result<> opened{};
    if ((line & kLineOfSignal) != 0) {
        opened = handle_signal(static_cast<int>(line & kMostNumber), on_signal);
    } else if (const long failed = control(kEpollAdd, line); failed < 0) {
        opened = failed_with(failed, Errno::exist) ? Errno::busy : static_cast<Errno>(-failed);
    }
    if (!opened.ok()) {
        g_open[slot].store_release(0);
    }
    return opened;
}

// What a descriptor has to say is still there when the line is opened again.
void intctlr::close_line(uint32_t line) {
    const unsigned slot = slot_of(line);
    if (slot == kSlots) {
        return;
    }
    g_open[slot].store_release(0);
    g_raised.fetch_and_acq_rel(~(1U << slot));
    if ((line & kLineOfSignal) != 0) {
        (void)handle_signal(static_cast<int>(line & kMostNumber), nullptr).ok(); // it was ours
    } else {
        control(kEpollRemove, line); // the driver may have closed it
    }
}

bool intctlr::line_keeps(uint32_t line) {
    return (line & kLineOfSignal) == 0;
}

void intctlr::repeat_line(uint32_t line) {
    raise_line(line);
}

Result<hal::IrqLine> hal::irq_line(uint32_t number, IrqTrigger trigger) {
    const uint32_t kind = number & ~kMostNumber;
    const bool is_edge = trigger == IrqTrigger::edge_rising;
    if ((kind != 0 && kind != kLineToWrite && kind != kLineOfSignal) ||
        (!is_edge && trigger != IrqTrigger::level_high)) {
        return Errno::inval;
    }
    const uint32_t line = number | (is_edge && kind != kLineOfSignal ? kEdge : 0);
    if (slot_of(line ^ kEdge) != kSlots) {
        return Errno::busy;
    }
    UK_TRY(start());
    return IrqLine{line};
}

Result<hal::IrqLine> hal::irq_line_of_isa(unsigned /*irq*/) {
    return Errno::nosys;
}

Result<hal::MsiLine> hal::irq_msi_allocate() {
    return Errno::nosys;
}

void hal::irq_msi_free(const MsiLine& /*msi*/) {}

} // namespace uk

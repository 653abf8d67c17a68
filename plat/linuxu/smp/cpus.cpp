// SPDX-License-Identifier: BSD-3-Clause
// CPUs on linuxu: each is a thread of the host, and an interrupt for it is a signal to that thread.
#include <uk/hal/cpus.hpp>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>
#include <uk/base/minmax.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/linuxabi/clone.hpp>
#include <uk/linuxabi/initrd.hpp>
#include <uk/linuxabi/lines.hpp>

#include "signals.hpp"
#include "smp/isa.hpp" // of the architecture's folder

extern "C" {
// alarm.cpp
void uk_linuxu_act(uintptr_t copied);
// Called by cpus.S.
void uk_linuxu_act_and_move(uintptr_t copied);
}

namespace uk {
namespace {

using namespace linuxu;

constexpr char kVariable[] = "UK_CPUS=";
constexpr uint64_t kStartNs = 2 * kSecond; // the host may be busy with others
constexpr uint64_t kStopNs = 10'000'000;
constexpr unsigned kSpins = 64; // a lock is seldom held for longer
constexpr uint64_t kInterrupts = signal_bit(kSigalrm);

constinit hal::ThreadHead g_nobody;
constinit Atomic<const Cpu*> g_stopper{nullptr};
constinit Atomic<unsigned> g_stopped{0};
constinit unsigned g_running = 1; // CPUs that were started

// What the user wants, or 0.
unsigned asked_for() {
    unsigned number = 0;
    for (const char* digit = variable(g_envp, kVariable); digit != nullptr && *digit != '\0';
         digit++) {
        if (*digit < '0' || *digit > '9' || number > hal::kMostCpus) {
            return 0;
        }
        number = number * 10 + static_cast<unsigned>(*digit - '0');
    }
    return number;
}

unsigned of_the_host() {
    uint64_t mask[128] = {};
    const long size = syscall(Sys::sched_getaffinity, 0, sizeof mask, &mask);
    unsigned count = 0;
    for (long i = 0; i * 8 < size; i++) {
        for (uint64_t left = mask[i]; left != 0; left &= left - 1) {
            count++;
        }
    }
    return max(count, 1U);
}

void begin(Cpu& cpu, unsigned index) {
    cpu.index = index;
    cpu.self = &cpu;
    set_cpu(&cpu);
}

SigStack signal_stack_of(const Cpu& cpu) {
    return {cpu.signal_stack, 0, cpu.signal_stack_bytes};
}

void wait_a_little() {
    Timespec pause = to_timespec(20'000); // the host writes what is left
    syscall(Sys::ppoll, 0L, 0, &pause, 0L, 8);
}

// Before entry() runs there. Nothing of the stack is used any more when that is known.
[[noreturn]] void arrive(Cpu& cpu, Arrival arrival) {
    __atomic_store_n(&cpu.arrival, static_cast<uint8_t>(arrival), __ATOMIC_RELEASE);
    if (arrival == Arrival::here) {
        cpu.entry();
    }
    stop();
}

void block_interrupts(int how) {
    syscall(Sys::rt_sigprocmask, how, &kInterrupts, 0L, sizeof kInterrupts);
}

void begin_thread(void* argument) {
    Cpu& cpu = *static_cast<Cpu*>(argument);
    begin(cpu, cpu.index);
    const SigStack stack = signal_stack_of(cpu);
    const bool works = syscall(Sys::sigaltstack, &stack, 0L) == 0 && start_alarm().ok();
    block_interrupts(kUnblock);
    arrive(cpu, works ? Arrival::here : Arrival::refused);
}

void signal_cpu(const Cpu& cpu, int signal) {
    syscall(Sys::tgkill, g_cpus[0].tid, cpu.tid, signal);
}

} // namespace

// The signal handlers' stack is known to the host.
void linuxu::begin_cpu() {
    Cpu& cpu = g_cpus[0];
    SigStack stack{};
    syscall(Sys::sigaltstack, 0L, &stack);
    cpu.signal_stack = stack.base;
    cpu.signal_stack_bytes = stack.size;
    cpu.thread = &g_nobody;
    cpu.tid = static_cast<int>(syscall(Sys::getpid));
    begin(cpu, 0);
}

const TimerEvent* linuxu::timer_event() {
    static constinit TimerEvent g_events[hal::kMostCpus]{}; // the host copies it
    TimerEvent& event = g_events[hal::cpu_index()];
    event.signal = kSigalrm;
    event.notify = kNotifyThread;
    event.thread = this_cpu().tid;
    return &event;
}

void linuxu::spin() {
    if (++this_cpu().spins % kSpins == 0) {
        syscall(Sys::sched_yield);
    }
}

void linuxu::take_kick() {
    Cpu& cpu = this_cpu();
    if (g_stopper.load_acquire() != nullptr && g_stopper.load_relaxed() != &cpu) {
        g_stopped.fetch_add_relaxed(1);
        stop();
    }
    if (__atomic_exchange_n(&cpu.kicked, false, __ATOMIC_ACQ_REL)) {
        hal::cpu_kicked();
    }
}

unsigned hal::cpu_count() {
    const unsigned wanted = asked_for();
    return min(wanted != 0 ? wanted : of_the_host(), kMostCpus);
}

Result<> hal::cpu_start(unsigned index, const CpuStart& start) {
    if (index == 0 || index >= kMostCpus) {
        return Errno::nodev;
    }
    Cpu& cpu = g_cpus[index];
    // An overflow of the signal stack faults, as the first CPU's does.
    auto* guard = static_cast<char*>(start.memory);
    syscall(Sys::mprotect, guard, kPageSize, 0);
    cpu.index = index;
    cpu.thread = start.thread;
    cpu.entry = start.entry;
    cpu.signal_stack = guard + kPageSize;
    cpu.signal_stack_bytes = kCpuBytes - kPageSize;
    (void)admit_interrupts(); // kicks, without alarms, too
    block_interrupts(kBlock); // the new thread begins with what is blocked here
    const long id = uk_linuxabi_clone(kCloneThread, start.stack, &cpu.tid, begin_thread, &cpu);
    block_interrupts(kUnblock);
    if (id < 0) {
        syscall(Sys::mprotect, guard, kPageSize, kReadWrite);
        return Errno::nodev;
    }
    const uint64_t end = clock_monotonic_ns() + kStartNs;
    for (;;) {
        switch (static_cast<Arrival>(__atomic_load_n(&cpu.arrival, __ATOMIC_ACQUIRE))) {
        case Arrival::here:
            g_running = index + 1;
            return {};
        case Arrival::refused:
            return Errno::nodev;
        case Arrival::pending:
            if (clock_monotonic_ns() > end) {
                return Errno::timedout;
            }
            wait_a_little();
        }
    }
}

// Whoever finds the mark set was overtaken by somebody whose signal is on its way, too.
void hal::cpu_kick(unsigned index) {
    Cpu& cpu = g_cpus[index];
    if (!__atomic_exchange_n(&cpu.kicked, true, __ATOMIC_ACQ_REL)) {
        signal_cpu(cpu, kSigalrm);
    }
}

void hal::cpus_stop_others() {
    const IrqState state = irq_save();
    if (g_stopper.replace_acquire(nullptr, &this_cpu())) {
        const unsigned others = g_running - 1;
        for (unsigned i = 0; i < g_running; i++) {
            if (&g_cpus[i] != &this_cpu()) {
                signal_cpu(g_cpus[i], kSigalrm);
            }
        }
        const uint64_t end = clock_monotonic_ns() + kStopNs;
        while (g_stopped.load_acquire() < others && clock_monotonic_ns() < end) {
            cpu_relax();
        }
    }
    irq_restore(state);
}

// Where the thread is moved after it was looked where it is, it was interrupted there meanwhile.
void linuxu::raise(int signal) {
    signal_cpu(this_cpu(), signal);
}

} // namespace uk

// What was interrupted may go on on another CPU. Interrupts stay off.
void uk_linuxu_act_and_move(uintptr_t copied) {
    using namespace uk;
    uk_linuxu_act(copied);
    const linuxu::Cpu& cpu = linuxu::this_cpu();
    linuxu::Frame::move(copied, signal_stack_of(cpu), reinterpret_cast<uintptr_t>(&cpu));
}

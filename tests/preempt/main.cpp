// SPDX-License-Identifier: BSD-3-Clause
// Takes the contract of interrupts and alarms literally, without a scheduler: what a timer
// interrupt and a switch of threads at its end may change (nothing), and when they may come.
#include <uk/hal/clock.hpp>
#include <uk/hal/context.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern "C" {
unsigned test_loop(const volatile bool* stop);
void test_scramble();
}

namespace {

namespace hal = uk::hal;

constexpr uint64_t kUs = 1000;
constexpr uint64_t kNever = ~uint64_t{0};

// Written by the handler and by act(), read by what they interrupt.
struct Shared {
    volatile uint64_t alarms;
    volatile uint64_t acts;
    volatile uint64_t wrong; // calls in a state that the contract excludes
    volatile uint64_t step;  // ns to the next alarm; 0 = no further one
    volatile uint64_t until; // acts until it stops
    volatile bool stop;
    volatile char crash; // where to fault: in the (t)hread, the (h)andler, (a)ct()
};
constinit Shared g{};
unsigned g_failed = 0;

void expect(bool right, const char* what) {
    if (!right) {
        printf("not ok: %s\n", what);
        g_failed++;
    }
}

uint64_t random_below(uint64_t limit) {
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % limit;
}

void set_alarm_in(uint64_t ns) {
    hal::clock_alarm_set(hal::clock_monotonic_ns() + ns);
}

void crash_if_in(char place) {
    if (g.crash == place && g.alarms > 100) {
        *reinterpret_cast<volatile int*>(0x1230) = 1;
    }
}

void on_alarm() {
    g.alarms = g.alarms + 1;
    crash_if_in('h');
    g.wrong = g.wrong + (!hal::in_interrupt() || hal::irq_enabled() ? 1 : 0);
    if (g.step != 0) {
        set_alarm_in(g.step / 2 + random_below(g.step));
    }
}

// --- two threads that share the CPU ---

constexpr size_t kGuard = 64;

struct Stack {
    alignas(64) unsigned char guard[kGuard];
    unsigned char kernel[hal::kKernelStackBytes];
    unsigned char application[4096];
    void* kernel_top() { return kernel + sizeof kernel; }
    void* application_top() { return application + sizeof application; }
    void mark() {
        for (unsigned char& byte : guard)
            byte = 0xa5;
    }
    [[nodiscard]] bool intact() const {
        for (unsigned char byte : guard) {
            if (byte != 0xa5)
                return false;
        }
        return true;
    }
};

Stack g_stacks[2];
hal::Context g_contexts[2];
unsigned g_running = 0;
bool g_switch = false;
volatile unsigned g_found; // by the second thread; 1000 more when it has ended

void act() {
    g.acts = g.acts + 1;
    crash_if_in('a');
    g.wrong = g.wrong + (hal::in_interrupt() || hal::irq_enabled() ? 1 : 0);
    if (g.acts >= g.until) {
        g.stop = true;
        g.step = 0;
    }
    if (g_switch) {
        const unsigned before = g_running;
        g_running = 1 - before;
        hal::kernel_stack_set(g_stacks[g_running].kernel_top());
        hal::context_switch(g_contexts[before], g_contexts[g_running]);
    }
    test_scramble();
}

bool wanted() {
    g.wrong = g.wrong + (hal::irq_enabled() ? 1 : 0);
    return g.step != 0 || g_switch;
}

void begin(uint64_t step, uint64_t until) {
    g.alarms = 0;
    g.acts = 0;
    g.wrong = 0;
    g.step = step;
    g.until = until;
    g.stop = false;
}

// The mean time between alarms. Where each takes longer than that (a hypervisor under emulation
// sets the timer), nothing would run between them.
uint64_t g_step = 20 * kUs;

void registers_survive(uint64_t count) {
    begin(g_step, count);
    set_alarm_in(0);
    hal::irq_enable();
    const unsigned found = test_loop(&g.stop);
    hal::irq_disable();
    printf("one thread: %llu alarms, %llu acts, changed: %u\n",
           static_cast<unsigned long long>(g.alarms), static_cast<unsigned long long>(g.acts),
           found);
    expect(found == 0, "what was interrupted finds all as it was");
    expect(g.acts >= count, "every alarm that wants it leads to act()");
    expect(g.wrong == 0,
           "handlers and act() run with interrupts off, and in_interrupt() tells them");
    expect(g_stacks[0].intact(), "a kernel stack of the size that the port names is enough");
}

[[noreturn]] void second_thread(void* /*argument*/) {
    hal::irq_enable();
    g_found = 1000 + test_loop(&g.stop);
    for (;;) { // act() goes on switching until the first thread ends as well
        hal::cpu_relax();
    }
}

void two_threads_survive(uint64_t count) {
    g_found = 0;
    g_contexts[1] = hal::context_make(g_stacks[1].application_top(), second_thread, nullptr);
    begin(g_step, kNever);
    g_switch = true;
    set_alarm_in(0);
    hal::irq_enable();
    // The first thread has a loop of its own kind: it calls functions.
    while (g.acts < count) {
        if (random_below(2) == 0) {
            hal::irq_restore(hal::irq_save());
        }
    }
    g.stop = true;
    while (g_found < 1000) {
    }
    hal::irq_disable();
    g_switch = false;
    g.step = 0;
    printf("two threads: %llu alarms, %llu acts, changed: %u\n",
           static_cast<unsigned long long>(g.alarms), static_cast<unsigned long long>(g.acts),
           g_found - 1000);
    expect(g_found == 1000, "each thread has its own saved state");
    expect(g.wrong == 0, "handlers and act() run with interrupts off");
    expect(g_stacks[0].intact() && g_stacks[1].intact(), "both kernel stacks are enough");
}

// --- the mask ---

void wait_ns(uint64_t ns) {
    const uint64_t until = hal::clock_monotonic_ns() + ns;
    while (hal::clock_monotonic_ns() < until) {
    }
}

bool alarms_reach(uint64_t count) {
    const uint64_t until = hal::clock_monotonic_ns() + 2'000'000 * kUs;
    while (g.alarms < count && hal::clock_monotonic_ns() < until) {
    }
    return g.alarms >= count;
}

void alarms_wait_for_the_mask() {
    unsigned early = 0;
    unsigned lost = 0;
    for (int i = 0; i < 200; i++) {
        begin(0, kNever);
        set_alarm_in(random_below(60 * kUs));
        wait_ns(100 * kUs);
        early += g.alarms != 0 ? 1 : 0;
        hal::irq_enable();
        lost += alarms_reach(1) ? 0 : 1;
        hal::irq_disable();
    }
    printf("mask: %u early, %u lost\n", early, lost);
    expect(early == 0, "no alarm while interrupts are off");
    expect(lost == 0, "an alarm that came meanwhile is delivered when they come on");
}

void choose_step() {
    uint64_t least = kNever; // what an alarm costs when the machine has time
    for (int i = 0; i < 100; i++) {
        begin(0, kNever);
        const uint64_t start = hal::clock_monotonic_ns();
        set_alarm_in(0);
        hal::irq_enable();
        expect(alarms_reach(1), "an alarm comes at once");
        hal::irq_disable();
        const uint64_t took = hal::clock_monotonic_ns() - start;
        least = took < least ? took : least;
    }
    g_step = g_step > 4 * least ? g_step : 4 * least;
}

// An alarm just before, in or just after the call that waits for it.
void halts_end() {
    uint64_t taken = 0;
    for (int i = 0; i < 3000; i++) {
        begin(0, kNever);
        set_alarm_in(random_below(20 * kUs));
        wait_ns(random_below(20 * kUs));
        while (g.alarms == 0) {
            hal::cpu_halt();
        }
        taken += g.alarms;
        expect(!hal::irq_enabled() && g.wrong == 0, "interrupts are off again after cpu_halt()");
    }
    printf("halts: %llu alarms\n", static_cast<unsigned long long>(taken));
}

void waiting_keeps_the_alarm() {
    begin(0, kNever);
    for (int i = 0; i < 10 && g.alarms == 0; i++) { // a busy host may sleep through all of one
        const uint64_t start = hal::clock_monotonic_ns();
        hal::clock_alarm_set(start + 5'000 * kUs);
        while (hal::clock_monotonic_ns() < start + 20'000 * kUs) {
            hal::clock_idle_until(start + 20'000 * kUs);
        }
    }
    expect(g.alarms != 0, "an alarm is taken while somebody waits for a later moment");
    begin(0, kNever);
    const uint64_t again = hal::clock_monotonic_ns();
    hal::clock_alarm_set(again + 20'000 * kUs);
    while (hal::clock_monotonic_ns() < again + 5'000 * kUs) {
        hal::clock_idle_until(again + 5'000 * kUs);
    }
    hal::irq_enable();
    expect(alarms_reach(1), "waiting for an earlier moment does not use up the alarm");
    hal::irq_disable();
}

// Alarms go on while the report is made.
[[noreturn]] void crash(char place) {
    begin(100 * kUs, kNever);
    g.crash = place;
    set_alarm_in(0);
    hal::irq_enable();
    for (;;) {
        crash_if_in('t');
    }
}

} // namespace

int main(int argc, char** argv) {
    const uint64_t count = argc > 1 ? strtoull(argv[1], nullptr, 10) : 10'000;
    hal::irq_disable();
    for (Stack& stack : g_stacks)
        stack.mark();
    hal::kernel_stack_set(g_stacks[0].kernel_top());
    if (!hal::clock_alarm_start(on_alarm).ok()) {
        puts("skipped: no timer that interrupts");
        return 0;
    }
    hal::irq_on_exit(wanted, act);
    if (argc > 2) {
        crash(argv[2][0]); // after the number, which does not matter then
    }
    alarms_wait_for_the_mask();
    halts_end();
    waiting_keeps_the_alarm();
    choose_step();
    registers_survive(count);
    two_threads_survive(count);
    printf("%u failed\n", g_failed);
    return g_failed == 0 ? 0 : 1;
}

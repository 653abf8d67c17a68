// SPDX-License-Identifier: BSD-3-Clause
// Ways to die on purpose: what page tables, exceptions, assertions and the report itself must
// catch.
#include "crash.hpp"

#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/context.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/image.hpp>
#include <uk/lock.hpp>
#include <uk/print.h>
#include <uk/sched.hpp>
#include <uk/user.hpp>
#if CONFIG_HAL_CPUS > 1
#include <uk/smp.hpp>
#endif
#include <uk/vmem.hpp>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

namespace {

// The compiler must not see where these point.
template <class T>
T* hidden(uintptr_t address) {
    asm volatile("" : "+r"(address));
    return reinterpret_cast<T*>(address);
}

// x86: ret, then arm64: ret. Whichever runs, memory was executable.
constexpr unsigned char kReturn[] = {0xc3, 0, 0, 0, 0xc0, 0x03, 0x5f, 0xd6};
volatile int g_sink = 0;
unsigned char g_data[16] = {0xc3};
const int g_constant[4] = {1, 2, 3, 4};

void read_null() {
    g_sink = *hidden<volatile int>(0);
}
void write_null() {
    *hidden<volatile int>(8) = 1;
}
void call_null() {
    hidden<void()>(0)();
}
void write_code() {
    *hidden<volatile char>(reinterpret_cast<uintptr_t>(uk_text_start)) = 0;
}
void write_constant() {
    *hidden<volatile int>(reinterpret_cast<uintptr_t>(g_constant)) = 1;
}
void run_data() {
    hidden<void()>(reinterpret_cast<uintptr_t>(g_data))();
}
void run_stack() {
    unsigned char code[16];
    memcpy(code, kReturn, sizeof(kReturn));
    hidden<void()>(reinterpret_cast<uintptr_t>(code))();
}
void run_heap() {
    void* code = uk_malloc(uk_alloc_get_default(), 16);
    memcpy(code, kReturn, sizeof(kReturn));
    hidden<void()>(reinterpret_cast<uintptr_t>(code))();
}
void read_wild() {
    g_sink = *hidden<volatile int>(0x8000'0000'0000'0000); // no canonical address
}
void divide_by_zero() {
    volatile int zero = 0;
    g_sink = 100 / zero;
}
void bad_instruction() {
    __builtin_trap();
}

// Frames of 256 bytes until the guard page; the limit, which is far beyond any stack, keeps the
// compiler from seeing that this is its only end.
[[gnu::noinline]] int overflow(int depth) {
    volatile char room[256];
    room[0] = static_cast<char>(depth);
    return depth == 1 << 30 ? 0 : overflow(depth + 1) + room[0];
}
void overflow_stack() {
    g_sink = overflow(0);
}

// The caller's frame pointer is damaged, then the crash.
[[gnu::noinline]] void damage_frames() {
    *reinterpret_cast<volatile uintptr_t*>(uk::hal::frame_pointer()) = 0x4141414141414141;
    write_null();
}
void frames_in_a_loop() {
    const uintptr_t mine = uk::hal::frame_pointer();
    *reinterpret_cast<volatile uintptr_t*>(mine) = mine;
    write_null();
}

void panic() {
    UK_PANIC("the answer is %d", 42);
}
void assertion() {
    UK_VERIFY(g_sink == 42);
}
// The text of the panic cannot be read: a failure inside the report.
void panic_in_report() {
    UK_PANIC("%s", hidden<const char>(8));
}
void log_then_crash() {
    uk_pr_info("the last thing that was logged\n");
    uk_pr_warn("a line without its end");
    write_null();
}

constinit uk::Mutex g_north("north");
constinit uk::Mutex g_south("south");
void* lock_south_then_north(void* /*unused*/) {
    uk::LockGuard first(g_south);
    uk::LockGuard second(g_north);
    return nullptr;
}
void deadlock() {
    uk::LockGuard first(g_north);
    uk::Ref<uk::Thread> worker =
        UK_MUST(uk::sched::create({.name = "worker"}, lock_south_then_north, nullptr));
    while (worker->state() != uk::ThreadState::parked)
        uk::sched::yield();
    uk::LockGuard second(g_south);
}
void* write_null_in_thread(void* /*unused*/) {
    write_null();
    return nullptr;
}
#if CONFIG_HAL_CPUS > 1
uk::Ref<uk::Thread> write_null_on(unsigned cpu) {
    return UK_MUST(uk::sched::create({.name = "there", .affinity = uint64_t{1} << cpu},
                                     write_null_in_thread, nullptr));
}
void last_cpu_writes_null() {
    UK_MUST(uk::sched::join(*write_null_on(uk::smp::cpu_count() - 1)));
}
void all_cpus_write_null() {
    for (unsigned cpu = 1; cpu < uk::smp::cpu_count(); cpu++)
        (void)write_null_on(cpu);
    write_null();
}
#endif
void thread_writes_null() {
    uk::Ref<uk::Thread> worker =
        UK_MUST(uk::sched::create({.name = "worker"}, write_null_in_thread, nullptr));
    (void)uk::sched::join(*worker);
}

// Its stack was another thread's before: the report must name this one.
void thread_overflows() {
    constexpr uk::ThreadEntry kNothing = [](void* argument) { return argument; };
    constexpr uk::ThreadEntry kOverflow = [](void* argument) {
        overflow_stack();
        return argument;
    };
    uk::Ref<uk::Thread> first = UK_MUST(uk::sched::create({.name = "first"}, kNothing, nullptr));
    (void)UK_MUST(uk::sched::join(*first));
    uk::Ref<uk::Thread> worker = UK_MUST(uk::sched::create({.name = "worker"}, kOverflow, nullptr));
    (void)uk::sched::join(*worker);
}
// Nearly all of the stack is in use, and of five pages more only the lowest byte is written: what
// meets the guard is that large frames touch each of their pages (-fstack-clash-protection).
[[gnu::noinline]] char large_frame(char value) {
    volatile char room[5 * 4096];
    room[0] = value;
    return room[0];
}
void thread_overflows_by_a_large_frame() {
    static constexpr size_t kStack = 32768;
    constexpr uk::ThreadEntry kOverflow = [](void* argument) {
        volatile char most[kStack - 3072];
        most[0] = 1;
        g_sink = large_frame(most[0]);
        return argument;
    };
    uk::Ref<uk::Thread> worker =
        UK_MUST(uk::sched::create({.name = "worker", .stack_bytes = kStack}, kOverflow, nullptr));
    (void)uk::sched::join(*worker);
}
// Where no fault can be repaired, the report must not be worse.
void thread_overflows_under_a_spinlock() {
    constexpr uk::ThreadEntry kOverflow = [](void* argument) {
        static constinit uk::Spinlock<uk::LockRank::subsystem> lock;
        uk::LockGuard guard(lock);
        overflow_stack();
        return argument;
    };
    uk::Ref<uk::Thread> worker =
        UK_MUST(uk::sched::create({.name = "locker", .stack_bytes = 32768}, kOverflow, nullptr));
    (void)uk::sched::join(*worker);
}

using namespace uk::vmem;

// Only the application's side of a copy may fault.
void copy_in_to_null() {
    (void)uk::user::copy_in(hidden<void>(0), uk::Vaddr::of(g_data), 8).ok();
}

// The first frames come by faults, until there is the guard.
void overflow_mapped_stack() {
    constexpr size_t kSize = 64 << 10;
    const uk::Vaddr stack =
        UK_MUST(map({.size = kSize, .kind = Kind::stack, .name = "victim", .guard = 4096}));
    uk::hal::Context here{};
    const uk::hal::Context there =
        uk::hal::context_make((stack + kSize).as<void>(), [](void*) { overflow_stack(); }, nullptr);
    uk::hal::context_switch(here, there);
}
void run_mapped_data() {
    const uk::Vaddr data = UK_MUST(map({.size = 4096, .name = "data"}));
    memcpy(data.as<void>(), kReturn, sizeof(kReturn));
    hidden<void()>(data.value())();
}
void write_mapped_code() {
    const uk::Vaddr code = UK_MUST(map({.size = 4096, .name = "code"}));
    memcpy(code.as<void>(), kReturn, sizeof(kReturn));
    UK_MUST(protect(code, 4096, kReadExecute));
    *hidden<volatile char>(code.value()) = 0;
}
void use_after_unmap() {
    const uk::Vaddr gone = UK_MUST(map({.size = 4096}));
    *hidden<volatile char>(gone.value()) = 1;
    UK_MUST(unmap(gone, 4096));
    g_sink = *hidden<volatile char>(gone.value());
}
void touch_more_than_there_is() {
    const uint64_t size = uk::falloc::stats().total_bytes + 4096;
    const uk::Vaddr all = UK_MUST(map({.size = size, .name = "all", .reserve_only = true}));
    while (uk::falloc::allocate_run(256).ok()) {
    }
    for (uint64_t at = 0; at < size; at += 4096) {
        *hidden<volatile char>(all.value() + at) = 1;
    }
}

struct Way {
    const char* name;
    void (*go)();
};
constexpr Way kWays[] = {
    {"read_null", read_null},
    {"write_null", write_null},
    {"call_null", call_null},
    {"write_code", write_code},
    {"write_constant", write_constant},
    {"run_data", run_data},
    {"run_stack", run_stack},
    {"run_heap", run_heap},
    {"read_wild", read_wild},
    {"divide_by_zero", divide_by_zero},
    {"bad_instruction", bad_instruction},
    {"overflow_stack", overflow_stack},
    {"damage_frames", damage_frames},
    {"frames_in_a_loop", frames_in_a_loop},
    {"panic", panic},
    {"assertion", assertion},
    {"panic_in_report", panic_in_report},
    {"log_then_crash", log_then_crash},
    {"deadlock", deadlock},
    {"thread_writes_null", thread_writes_null},
#if CONFIG_HAL_CPUS > 1
    {"last_cpu_writes_null", last_cpu_writes_null},
    {"all_cpus_write_null", all_cpus_write_null},
#endif
    {"thread_overflows", thread_overflows},
    {"thread_overflows_by_a_large_frame", thread_overflows_by_a_large_frame},
    {"thread_overflows_under_a_spinlock", thread_overflows_under_a_spinlock},
    {"overflow_mapped_stack", overflow_mapped_stack},
    {"run_mapped_data", run_mapped_data},
    {"write_mapped_code", write_mapped_code},
    {"use_after_unmap", use_after_unmap},
    {"copy_in_to_null", copy_in_to_null},
    {"touch_more_than_there_is", touch_more_than_there_is},
};

} // namespace

int crash(const char* name) {
    for (const Way& way : kWays) {
        if (strcmp(way.name, name) == 0) {
            way.go();
            printf("%s did not crash\n", name);
            return 0;
        }
    }
    for (const Way& way : kWays) {
        printf("crash:%s\n", way.name);
    }
    return 2;
}

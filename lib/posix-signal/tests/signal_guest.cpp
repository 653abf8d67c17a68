// SPDX-License-Identifier: BSD-3-Clause
// Signals on this machine: handlers at the edge, in the middle of computing, and after faults.
#include <uk/syscall.h>

#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/mman.h>
#include <uk/abi/signal.h>
#include <uk/abi/time.h>
#include <uk/abi/ucontext.h>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/signal.hpp>
#include <uk/test.hpp>

namespace {

using uk::signal::bit_of;

constexpr size_t kMaskBytes = sizeof(uk_sigset_t);

// What the handler saw. Only one test at a time.
volatile int g_calls = 0;
volatile int g_number = 0;
volatile int g_code = 0;
volatile uint64_t g_value = 0;
volatile uint64_t g_mask = 0;
volatile uintptr_t g_stack = 0;
volatile uintptr_t g_address = 0;

void note(int number, uk_siginfo* info, void* /*context*/) {
    g_calls = g_calls + 1;
    g_number = number;
    g_stack = uk::hal::frame_pointer();
    g_mask = uk::signal::mask();
    if (info != nullptr) {
        g_code = info->si_code;
        g_value = reinterpret_cast<uint64_t>(info->fields.rt.value.sival_ptr);
        g_address = reinterpret_cast<uintptr_t>(info->fields.fault.addr);
    }
}

struct Handle {
    Handle(int number, void (*handler)(int, uk_siginfo*, void*), uint64_t flags = UK_SA_SIGINFO,
           uint64_t mask = 0)
        : number_(number) {
        g_calls = 0;
        const uk_sigaction action{handler, flags, nullptr, {mask}};
        ok = uk_sys_rt_sigaction(number, &action, &before_, kMaskBytes) == 0;
    }
    ~Handle() { (void)uk_sys_rt_sigaction(number_, &before_, nullptr, kMaskBytes); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    bool ok = false;

  private:
    int number_;
    uk_sigaction before_{};
};

void block(uint64_t bits) {
    const uk_sigset_t set{bits};
    (void)uk_sys_rt_sigprocmask(UK_SIG_SETMASK, &set, nullptr, kMaskBytes);
}

UK_TEST(a_handler_runs_before_kill_returns)
{
    Handle usr(UK_SIGUSR1, note, UK_SA_SIGINFO, bit_of(UK_SIGTERM));
    UK_TEST_ASSERT(usr.ok);
    UK_TEST_EXPECT_EQ(uk_sys_kill(1, UK_SIGUSR1), 0);
    UK_TEST_EXPECT_EQ(g_calls, 1);
    UK_TEST_EXPECT_EQ(g_number, UK_SIGUSR1);
    UK_TEST_EXPECT_EQ(g_code, UK_SI_USER);
    UK_TEST_EXPECT_EQ(g_mask, bit_of(UK_SIGUSR1) | bit_of(UK_SIGTERM));
    UK_TEST_EXPECT_EQ(uk::signal::mask(), 0U);
    UK_TEST_EXPECT_EQ(uk_sys_tgkill(1, 1, UK_SIGUSR1), 0);
    UK_TEST_EXPECT_EQ(g_calls, 2);
    UK_TEST_EXPECT_EQ(g_code, UK_SI_TKILL);
}

UK_TEST(blocked_signals_wait)
{
    Handle usr(UK_SIGUSR1, note);
    Handle real(40, note);
    block(bit_of(UK_SIGUSR1) | bit_of(40));
    for (uint64_t i = 1; i <= 3; i++) {
        uk_siginfo info{};
        info.si_code = UK_SI_QUEUE;
        info.fields.rt.value.sival_ptr = reinterpret_cast<void*>(i);
        UK_TEST_EXPECT_EQ(uk_sys_rt_sigqueueinfo(1, 40, &info), 0);
        UK_TEST_EXPECT_EQ(uk_sys_kill(1, UK_SIGUSR1), 0);
    }
    UK_TEST_EXPECT_EQ(g_calls, 0);
    uk_sigset_t pending{};
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigpending(&pending, kMaskBytes), 0);
    UK_TEST_EXPECT_EQ(pending.bits, bit_of(UK_SIGUSR1) | bit_of(40));
    block(bit_of(UK_SIGUSR1));
    UK_TEST_EXPECT_EQ(g_calls, 3);
    UK_TEST_EXPECT_EQ(g_value, 3U);
    block(0);
    UK_TEST_EXPECT_EQ(g_calls, 4);
}

UK_TEST(wrong_arguments)
{
    uk_sigset_t set{};
    UK_TEST_EXPECT_EQ(uk_sys_kill(7, UK_SIGUSR1), -UK_ESRCH);
    UK_TEST_EXPECT_EQ(uk_sys_kill(1, 65), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_kill(1, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_kill(1, UK_SIGSTOP), -UK_ENOSYS);
    UK_TEST_EXPECT_EQ(uk_sys_tgkill(1, 99999, UK_SIGUSR1), -UK_ESRCH);
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigprocmask(7, &set, nullptr, kMaskBytes), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigprocmask(0, &set, nullptr, 4), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigprocmask(0, reinterpret_cast<uk_sigset_t*>(8), nullptr, 8),
                      -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigaction(UK_SIGKILL, nullptr, nullptr, kMaskBytes), 0);
}

alignas(16) char g_alt[16384];

UK_TEST(the_alternate_stack)
{
    Handle usr(UK_SIGUSR1, note, UK_SA_SIGINFO | UK_SA_ONSTACK);
    const uk_stack stack{g_alt, 0, sizeof g_alt};
    const uk_stack small{g_alt, 0, 100};
    UK_TEST_EXPECT_EQ(uk_sys_sigaltstack(&small, nullptr), -UK_ENOMEM);
    UK_TEST_EXPECT_EQ(uk_sys_sigaltstack(&stack, nullptr), 0);
    UK_TEST_EXPECT_EQ(uk_sys_kill(1, UK_SIGUSR1), 0);
    UK_TEST_EXPECT(g_stack - reinterpret_cast<uintptr_t>(g_alt) < sizeof g_alt);
    const uk_stack none{nullptr, UK_SS_DISABLE, 0};
    uk_stack before{};
    UK_TEST_EXPECT_EQ(uk_sys_sigaltstack(&none, &before), 0);
    UK_TEST_EXPECT(before.ss_sp == g_alt && before.ss_size == sizeof g_alt);
    UK_TEST_EXPECT_EQ(uk_sys_kill(1, UK_SIGUSR1), 0);
    UK_TEST_EXPECT(g_stack - reinterpret_cast<uintptr_t>(g_alt) >= sizeof g_alt);
}

UK_TEST(waiting_takes_a_signal)
{
    uk_siginfo info{};
    const uk_sigset_t set{bit_of(41)};
    block(set.bits);
    const uk_timespec soon{0, 2'000'000};
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigtimedwait(&set, &info, &soon, kMaskBytes), -UK_EAGAIN);
    UK_TEST_EXPECT_EQ(uk_sys_kill(1, 41), 0);
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigtimedwait(&set, &info, &soon, kMaskBytes), 41);
    UK_TEST_EXPECT_EQ(info.si_signo, 41);
    block(0);
}

uint64_t now_ns() {
    return uk::hal::clock_monotonic_ns();
}

// Sends signals to thread 1, one every now and then.
struct Sender {
    int number;
    unsigned times;
    uint64_t pause_ns;
};

void* send_often(void* argument) {
    const auto& sender = *static_cast<Sender*>(argument);
    for (unsigned i = 0; i < sender.times; i++) {
        uk::sched::sleep_for(sender.pause_ns);
        (void)uk_sys_tgkill(1, 1, sender.number);
    }
    return nullptr;
}

UK_TEST(sleep_is_interrupted_and_tells_what_is_left)
{
    UK_TEST_NEEDS_THREADS;
    Handle usr(UK_SIGUSR1, note, UK_SA_RESTART);
    Sender sender{UK_SIGUSR1, 1, 2'000'000};
    auto thread = uk::sched::create({.name = "sender"}, send_often, &sender);
    UK_TEST_ASSERT(thread.ok());
    const uk_timespec wanted{20, 0};
    uk_timespec left{};
    UK_TEST_EXPECT_EQ(uk_sys_nanosleep(&wanted, &left), -UK_EINTR);
    UK_TEST_EXPECT_EQ(g_calls, 1);
    UK_TEST_EXPECT(left.tv_sec >= 10 && left.tv_sec < 20);
    UK_TEST_EXPECT(uk::sched::join(*thread.value()).ok());
}

UK_TEST(sigsuspend_lets_through_what_is_blocked)
{
    UK_TEST_NEEDS_THREADS;
    Handle usr(UK_SIGUSR1, note);
    block(bit_of(UK_SIGUSR1) | bit_of(UK_SIGUSR2));
    Sender sender{UK_SIGUSR1, 1, 2'000'000};
    auto thread = uk::sched::create({.name = "sender"}, send_often, &sender);
    UK_TEST_ASSERT(thread.ok());
    const uk_sigset_t none{bit_of(UK_SIGTERM)};
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigsuspend(&none, kMaskBytes), -UK_EINTR);
    UK_TEST_EXPECT_EQ(g_calls, 1);
    UK_TEST_EXPECT_EQ(g_mask, bit_of(UK_SIGTERM) | bit_of(UK_SIGUSR1));
    UK_TEST_EXPECT_EQ(uk::signal::mask(), bit_of(UK_SIGUSR1) | bit_of(UK_SIGUSR2));
    block(0);
    UK_TEST_EXPECT(uk::sched::join(*thread.value()).ok());
}

// Computes with all kinds of registers; handlers in between do the same with others.
[[gnu::noinline]] double compute(unsigned seed, unsigned rounds) {
    volatile double scale = 1.0000001;
    double x = seed;
    double y = 1;
    uint64_t n = seed;
    for (unsigned i = 0; i < rounds; i++) {
        n = n * 6364136223846793005U + 1442695040888963407U;
        x = x * scale + static_cast<double>(n >> 60);
        y = y + x / (1 + static_cast<double>(n >> 61));
    }
    return x + y + static_cast<double>(n >> 40);
}

volatile double g_sink = 0;

void disturb(int number, uk_siginfo* info, void* context) {
    g_sink = compute(static_cast<unsigned>(g_calls), 50);
    note(number, info, context);
}

UK_TEST(handlers_run_in_the_middle_of_computing)
{
    UK_TEST_NEEDS_THREADS;
    if (!uk::KernelLocks::kPreempts)
        UK_TEST_SKIP("threads are not preempted");
    const double expected = compute(7, 20'000);
    Handle usr(42, disturb); // queued, so none is lost
    Sender sender{42, 50, 500'000};
    auto thread = uk::sched::create({.name = "sender", .priority = 20}, send_often, &sender);
    UK_TEST_ASSERT(thread.ok());
    const uint64_t end = now_ns() + 20'000'000'000;
    unsigned wrong = 0;
    while (g_calls < 50 && now_ns() < end) // no system call in here
        wrong += compute(7, 20'000) == expected ? 0 : 1;
    UK_TEST_EXPECT_EQ(g_calls, 50);
    UK_TEST_EXPECT_EQ(wrong, 0U);
    UK_TEST_EXPECT(uk::sched::join(*thread.value()).ok());
}

volatile uintptr_t g_nowhere = 0x10;

void* g_place[5];

void leave(int number, uk_siginfo* info, void* context) {
    note(number, info, context);
    __builtin_longjmp(g_place, 1);
}

// Whether `go` came to an end by the signal, whose handler jumped back.
[[gnu::noinline]] bool faults(void (*go)(), int number, uint64_t more_flags = 0) {
    Handle handle(number, leave, UK_SA_SIGINFO | UK_SA_NODEFER | more_flags);
    if (__builtin_setjmp(g_place) == 0) {
        go();
        return false;
    }
    return g_calls == 1 && g_number == number;
}

void write_nowhere() {
    *reinterpret_cast<volatile char*>(g_nowhere) = 1;
}

UK_TEST(a_fault_can_be_left_by_a_jump)
{
    UK_TEST_EXPECT(faults(write_nowhere, UK_SIGSEGV));
    UK_TEST_EXPECT_EQ(g_code, UK_SEGV_MAPERR);
    UK_TEST_EXPECT_EQ(g_address, g_nowhere);
}

UK_TEST(wrong_instructions_are_sigill)
{
    static constexpr auto kGo = [] {
#ifdef __x86_64__
        asm volatile("ud2");
#else
        asm volatile(".inst 0");
#endif
    };
    UK_TEST_EXPECT(faults(kGo, UK_SIGILL));
    UK_TEST_EXPECT(g_address != 0);
}

UK_TEST(addresses_that_cannot_be_are_sigbus)
{
#if defined(__x86_64__) && !defined(CONFIG_PLAT_LINUXU)
    UK_TEST_SKIP("QEMU emulates stack faults as general protection");
#endif
    static constexpr auto kGo = [] {
#ifdef __x86_64__
        asm volatile("mov %%rsp, %%rbx\n mov %0, %%rsp\n push %%rax\n mov %%rbx, %%rsp" // #SS
                     :
                     : "r"(uintptr_t{1} << 63)
                     : "rbx", "memory");
#else
        asm volatile("br %0" : : "r"(reinterpret_cast<uintptr_t>(write_nowhere) + 2)); // pc
#endif
    };
#ifdef __x86_64__
    // The stack pointer is no address: handlers need a stack of their own.
    const uk_stack stack{g_alt, 0, sizeof g_alt};
    UK_TEST_EXPECT_EQ(uk_sys_sigaltstack(&stack, nullptr), 0);
#endif
    UK_TEST_EXPECT(faults(kGo, UK_SIGBUS, UK_SA_ONSTACK));
    const uk_stack none{nullptr, UK_SS_DISABLE, 0};
    UK_TEST_EXPECT_EQ(uk_sys_sigaltstack(&none, nullptr), 0);
}

#if defined(CONFIG_LIBPOSIX_VFS) && defined(CONFIG_LIBPOSIX_MMAP)
UK_TEST(a_mapping_beyond_its_file_is_sigbus)
{
    constexpr size_t kPage = 4096;
    const int fd = static_cast<int>(uk_sys_open("/sigbus", UK_O_CREAT | UK_O_RDWR, 0600));
    UK_TEST_ASSERT(fd >= 0 && uk_sys_ftruncate(fd, kPage + 1) == 0);
    const long at =
        uk_sys_mmap(nullptr, 3 * kPage, UK_PROT_READ | UK_PROT_WRITE, UK_MAP_SHARED, fd, 0);
    UK_TEST_ASSERT(at > 0);
    g_nowhere = static_cast<uintptr_t>(at) + kPage + 2; // the rest of the last page is memory
    write_nowhere();
    g_nowhere = static_cast<uintptr_t>(at) + 2 * kPage + 5;
    UK_TEST_EXPECT(faults(write_nowhere, UK_SIGBUS));
    UK_TEST_EXPECT_EQ(g_code, UK_BUS_ADRERR);
    UK_TEST_EXPECT_EQ(g_address, g_nowhere);
    UK_TEST_EXPECT_EQ(uk_sys_munmap(reinterpret_cast<void*>(at), 3 * kPage), 0);
    UK_TEST_EXPECT(faults(write_nowhere, UK_SIGSEGV)); // the same address, now nobody's
    g_nowhere = 0x10;
    UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("/sigbus"), 0);
}
#endif

#ifdef __x86_64__
UK_TEST(division_by_zero_is_sigfpe)
{
    static volatile int zero = 0;
    UK_TEST_EXPECT(faults([] { zero = 7 / zero; }, UK_SIGFPE));
    UK_TEST_EXPECT_EQ(g_code, UK_FPE_INTDIV);
}
#endif

// The limit is far beyond any stack.
[[gnu::noinline]] int overflow(int depth) {
    volatile char room[512];
    room[0] = static_cast<char>(depth);
    return depth == 1 << 30 ? 0 : overflow(depth + 1) + room[0];
}

void* overflow_thread(void* argument) {
    const uk_stack stack{g_alt, 0, sizeof g_alt};
    (void)uk_sys_sigaltstack(&stack, nullptr);
    *static_cast<bool*>(argument) = faults([] { (void)overflow(0); }, UK_SIGSEGV, UK_SA_ONSTACK);
    return nullptr;
}

UK_TEST(a_stack_that_overflows_is_handled_on_the_other_one)
{
    UK_TEST_NEEDS_THREADS;
    bool handled = false;
    auto thread = uk::sched::create({.name = "deep"}, overflow_thread, &handled);
    UK_TEST_ASSERT(thread.ok());
    UK_TEST_EXPECT(uk::sched::join(*thread.value()).ok());
    UK_TEST_EXPECT(handled);
    UK_TEST_EXPECT(g_stack - reinterpret_cast<uintptr_t>(g_alt) < sizeof g_alt);
}

} // namespace

// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of what happens at the end of an interrupt: thousands of them switch from a loop to
// another context and back. Compiled without vector registers, as handlers are.
#include <uk/arm64/irq.hpp>
#include <uk/arm64/layout.h>
#include <uk/hal/clock.hpp>
#include <uk/hal/context.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/test.hpp>

#include <stddef.h>
#include <string.h>

namespace {

// Known to preempt_loop.S.
struct State {
    uint64_t x[31];
    uint64_t nzcv;
    uint64_t fpcr;
    uint64_t fpsr;
    alignas(16) uint64_t q[64];
    uint64_t below_stack[64];
    uint64_t moved; // the stack pointer, from where it was
};
static_assert(offsetof(State, q) == 272 && offsetof(State, moved) == 1296);

} // namespace

extern "C" {
void uk_test_hold(const State* in, const volatile bool* stop, State* out);
void uk_test_spoil(uint64_t value);
bool uk_test_fault();
}

namespace {

namespace hal = uk::hal;
using uk::arm64::VirtualTimer;

constexpr unsigned kSwitches = 5'000; // tests/preempt has more
constexpr uint64_t kTicks = 300;      // between interrupts; 5 us in QEMU
constexpr unsigned char kUnused = 0xa5;

struct Stack {
    alignas(16) unsigned char bytes[hal::kKernelStackBytes];
    void* top() { return bytes + sizeof(bytes); }
    void clear() { memset(bytes, kUnused, sizeof(bytes)); }
    // How many bytes have ever been written.
    [[nodiscard]] size_t used() const {
        size_t i = 0;
        while (i < sizeof(bytes) && bytes[i] == kUnused)
            i++;
        return sizeof(bytes) - i;
    }
};

constinit Stack g_stack{};       // kernel stack of the test
constinit Stack g_other_stack{}; // all that the other context has
constinit hal::Context g_test{};
constinit hal::Context g_other{};
constinit volatile bool g_stop = false;
constinit unsigned g_acts = 0;
constinit unsigned g_wrong = 0;
constinit unsigned g_faults = 0;
constinit unsigned g_cpu = 0; // that the test is on

#define READ_REGISTER(name)                                                                        \
    [] {                                                                                           \
        uint64_t value;                                                                            \
        asm volatile("mrs %0, " name : "=r"(value));                                               \
        return value;                                                                              \
    }()

// Whatever else the platform wants of the timer, it sets it anew at the interrupt.
void interrupt_in(uint64_t ticks) {
    VirtualTimer::set_compare(VirtualTimer::count() + ticks);
    VirtualTimer::set_control(1);
}

bool timer_interrupts() {
    constexpr uint64_t kMs = 1'000'000;
    const uint64_t start = hal::clock_monotonic_ns();
    while (hal::clock_monotonic_ns() < start + kMs)
        hal::clock_idle_until(start + kMs); // opens the line
    const hal::IrqState before = hal::irq_save();
    interrupt_in(0);
    hal::irq_enable();
    bool taken = false;
    while (!taken && hal::clock_monotonic_ns() < start + 100 * kMs)
        taken = VirtualTimer::control() != 5; // enabled, its time has come
    hal::irq_restore(before);
    return taken;
}

// On SP_EL1, the kernel stack.
bool wanted() {
    if (hal::cpu_index() != g_cpu)
        return false; // the scheduler asks again
    g_wrong += READ_REGISTER("spsel") != 1 || hal::in_interrupt() || hal::irq_enabled() ? 1 : 0;
    g_faults += uk_test_fault() ? 1 : 0;
    return true;
}

// On SP_EL0, where contexts are switched; system errors are not held back.
void act() {
    constexpr uint64_t kSystemErrors = 1 << 8;
    const uint64_t daif = READ_REGISTER("daif");
    g_wrong += READ_REGISTER("spsel") != 0 || hal::in_interrupt() ? 1 : 0;
    g_wrong += (daif & hal::kDaifI) == 0 || (daif & kSystemErrors) != 0 ? 1 : 0;
    g_faults += uk_test_fault() ? 1 : 0;
    hal::kernel_stack_set(g_other_stack.top());
    hal::context_switch(g_test, g_other);
    hal::kernel_stack_set(g_stack.top());
    uk_test_spoil(~uint64_t{0});
    g_acts++;
    g_stop = g_acts == kSwitches;
    if (!g_stop) {
        interrupt_in(kTicks);
    }
}

[[noreturn]] void other(void* /*unused*/) {
    for (;;) {
        uk_test_spoil(0x5555'5555'5555'5555);
        hal::context_switch(g_other, g_test);
    }
}

// SP_EL1 can be read only as the current one.
void* kernel_stack() {
    void* value;
    asm volatile("msr spsel, #1\n\tmov %0, sp\n\tmsr spsel, #0" : "=r"(value) : : "memory");
    return value;
}

State pattern() {
    State state{};
    uint64_t value = 0x0123'4567'89ab'cdef;
    auto next = [&value] { return value = value * 6'364'136'223'846'793'005 + 1; };
    for (uint64_t& x : state.x)
        x = next();
    for (uint64_t& q : state.q)
        q = next();
    for (uint64_t& word : state.below_stack)
        word = next();
    state.x[16] = state.x[17] = state.x[18] = 0; // not held
    state.nzcv = uint64_t{0b1010} << 28;
    state.fpcr = uint64_t{0b11} << 22; // rounds towards zero
    state.fpsr = 0b10010;
    return state;
}

unsigned differences(const uint64_t* a, const uint64_t* b, size_t words) {
    unsigned count = 0;
    for (size_t i = 0; i < words; i++)
        count += a[i] != b[i] ? 1 : 0;
    return count;
}

} // namespace

// What irq_on_exit() sets; a scheduler has set it already.
extern "C" {
extern bool (*uk_irq_wanted)();
extern void (*uk_irq_act)();
}

UK_TEST(a_switch_at_the_end_of_an_interrupt_changes_nothing)
{
    if (!timer_interrupts())
        UK_TEST_SKIP("the timer's interrupt does not arrive");
    UK_TEST_EXPECT(uk_test_fault());
    const State in = pattern();
    State out{};
    g_stack.clear();
    g_other_stack.clear();
    g_other =
        hal::context_make(g_other_stack.bytes + sizeof(g_other_stack.bytes) / 2, other, nullptr);

    const hal::IrqState before = hal::irq_save();
    g_cpu = hal::cpu_index();
    auto* const scheduler_wants = uk_irq_wanted;
    auto* const scheduler_acts = uk_irq_act;
    void* const own_stack = kernel_stack();
    hal::kernel_stack_set(g_stack.top());
    hal::irq_on_exit(wanted, act);
    interrupt_in(0);
    hal::irq_enable();
    uk_test_hold(&in, &g_stop, &out);
    hal::irq_disable();
    void* const stack_after = kernel_stack();
    hal::kernel_stack_set(own_stack);
    hal::irq_on_exit(scheduler_wants, scheduler_acts);
    hal::irq_restore(before);

    UK_TEST_EXPECT_EQ(g_acts, kSwitches);
    UK_TEST_EXPECT_EQ(g_wrong, 0);
    UK_TEST_EXPECT_EQ(g_faults, 2 * kSwitches);
    UK_TEST_EXPECT(stack_after == g_stack.top());
    UK_TEST_EXPECT_EQ(differences(in.x, out.x, 31), 0);
    UK_TEST_EXPECT_EQ(differences(in.q, out.q, 64), 0);
    UK_TEST_EXPECT_EQ(differences(in.below_stack, out.below_stack, 64), 0);
    UK_TEST_EXPECT_EQ(out.nzcv, in.nzcv);
    UK_TEST_EXPECT_EQ(out.fpcr, in.fpcr);
    UK_TEST_EXPECT_EQ(out.fpsr, in.fpsr);
    UK_TEST_EXPECT_EQ(out.moved, 0);
    UK_TEST_EXPECT(g_stack.used() > UK_TRAP_FRAME_SIZE &&
                   g_stack.used() <= sizeof(g_stack.bytes) / 2);
}

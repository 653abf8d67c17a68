// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: what priorities mean on this machine.
#include <uk/sched.hpp>
#include <uk/string.h>
#include <uk/test.hpp>

namespace {

using uk::kDefaultPriority;
using uk::Ref;
using uk::Thread;
namespace sched = uk::sched;

char g_order[16]; // zeros at the end
unsigned g_count;

void note(char c) {
    g_order[g_count++] = c;
}
Ref<Thread> noting(char c, unsigned priority) {
    auto entry = [](void* letter) -> void* {
        note(static_cast<char>(reinterpret_cast<uintptr_t>(letter)));
        return nullptr;
    };
    return UK_MUST(sched::create({.name = "test", .priority = priority}, entry,
                                 reinterpret_cast<void*>(static_cast<uintptr_t>(c))));
}

} // namespace

UK_TEST(urgent_threads_run_at_once)
{
    g_count = 0;
    Ref<Thread> low = noting('l', kDefaultPriority - 1);
    note('1');
    Ref<Thread> high = noting('h', kDefaultPriority + 1);
    note('2');
    uk::preempt_disable();
    Ref<Thread> held = noting('d', kDefaultPriority + 1);
    note('3');
    uk::preempt_enable();
    note('4');
    UK_TEST_EXPECT(sched::set_priority(*low, kDefaultPriority + 2).ok());
    note('5');
    UK_TEST_EXPECT(memcmp(g_order, "1h23d4l5", sizeof("1h23d4l5")) == 0);
    for (const Ref<Thread>& thread : {low, high, held})
        (void)UK_MUST(sched::join(*thread));
}

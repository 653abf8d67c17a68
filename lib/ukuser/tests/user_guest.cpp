// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: copies of application memory on this machine's page tables and faults. That a fault
// elsewhere still ends the machine: tests/system/test_crash.py.
#include <uk/hal/image.hpp>
#include <uk/hal/irq.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/spinlock.hpp>
#include <uk/test.hpp>
#include <uk/user.hpp>
#include <uk/vmem.hpp>

#include <string.h>

namespace {

using namespace uk;
using hal::Access;

constexpr size_t kPage = kPageSize;

// Pages of an application; above them is a page that is not there.
struct Pages {
    Vaddr start;
    size_t size;
    explicit Pages(size_t count) : size(count * kPage) {
        start = UK_MUST(vmem::map({.size = size + kPage, .name = "user"}));
        UK_MUST(vmem::unmap(start + size, kPage));
    }
    ~Pages() { UK_MUST(vmem::unmap(start, size)); }
    Vaddr end() const { return start + size; }
};

bool fails(Result<> result) {
    return result.code() == Errno::fault;
}

bool all_are(const char* text, size_t size, char what) {
    for (size_t i = 0; i < size; i++) {
        if (text[i] != what)
            return false;
    }
    return true;
}

} // namespace

UK_TEST(copies_stop_where_the_mapping_ends)
{
    Pages pages(2);
    static char buffer[3000];
    unsigned wrong = 0;
    for (size_t size : {size_t{1}, size_t{7}, size_t{8}, size_t{33}, size_t{64}, size_t{3000}}) {
        for (size_t there = 0; there < size && there < 100; there++) {
            const Vaddr at = pages.end() - there;
            memset(at.as<char>() - 1, '1', there + 1);
            memset(buffer, '2', size);
            wrong += fails(user::copy_in(buffer, at, size)) ? 0 : 1;
            wrong += all_are(buffer, there, '1') ? 0 : 1;
            wrong += all_are(buffer + there, size - there, '2') ? 0 : 1;

            memset(buffer, '3', size);
            wrong += fails(user::copy_out(at, buffer, size)) ? 0 : 1;
            wrong += all_are(at.as<char>(), there, '3') && at.as<char>()[-1] == '1' ? 0 : 1;
        }
    }
    UK_TEST_EXPECT_EQ(wrong, 0u);
    UK_TEST_EXPECT(user::copy_out(pages.end() - 1, "x", 1).ok());
    UK_TEST_EXPECT(user::copy_out(pages.end(), "x", 0).ok());
}

UK_TEST(addresses_that_cannot_be_are_refused)
{
    char buffer[64] = {};
    constexpr uint64_t kPlaces[] = {
        0, 8, kPage - 1, uint64_t{1} << 47, 1ULL << 63, ~uint64_t{0}, ~uint64_t{62}};
    for (uint64_t at : kPlaces) {
        UK_TEST_EXPECT(fails(user::copy_in(buffer, Vaddr{at}, 64)));
        UK_TEST_EXPECT(fails(user::copy_out(Vaddr{at}, buffer, 64)));
        UK_TEST_EXPECT(fails(user::copy_in(buffer, Vaddr{at}, 1)));
        UK_TEST_EXPECT(fails(user::access(Vaddr{at}, 1, Access::read)));
        UK_TEST_EXPECT(fails(user::access(Vaddr{at}, 1, Access::write)));
        UK_TEST_EXPECT(user::copy_string_in(buffer, 64, Vaddr{at}).code() == Errno::fault);
    }
    Pages pages(1);
    UK_TEST_EXPECT(fails(user::copy_out(pages.start, buffer, ~size_t{0})));
    UK_TEST_EXPECT(fails(user::copy_out(pages.start, buffer, 0 - pages.start.value())));
    UK_TEST_EXPECT(fails(user::access(pages.start, ~size_t{0}, Access::write)));
    UK_TEST_EXPECT_EQ(*pages.start.as<char>(), 0);
}

UK_TEST(what_is_read_only_stays_so)
{
    Pages pages(2);
    UK_MUST(user::write(pages.start + kPage, uint32_t{77}));
    UK_MUST(vmem::protect(pages.start + kPage, kPage, vmem::kReadOnly));
    UK_TEST_EXPECT(fails(user::write(pages.start + kPage, uint32_t{78})));
    UK_TEST_EXPECT(fails(user::write(pages.start + kPage - 2, uint32_t{78})));
    UK_TEST_EXPECT_EQ(UK_MUST(user::read<uint32_t>(pages.start + kPage)), 77u);
    UK_TEST_EXPECT(user::access(pages.start, 2 * kPage, Access::read).ok());
    UK_TEST_EXPECT(fails(user::access(pages.start, 2 * kPage, Access::write)));
    UK_TEST_EXPECT(user::access(pages.start, kPage, Access::write).ok());
    const Vaddr code = Vaddr::of(uk_text_start);
    UK_TEST_EXPECT(user::access(code, 64, Access::read).ok());
    UK_TEST_EXPECT(fails(user::write(code, 'x')));
    UK_TEST_EXPECT(fails(user::access(code, 1, Access::write)));
}

UK_TEST(globals_heap_and_stack_are_application_memory_too)
{
    static int global = 1;
    int local = 2;
    UK_TEST_EXPECT_EQ(UK_MUST(user::read<int>(Vaddr::of(&global))), 1);
    UK_TEST_EXPECT_EQ(UK_MUST(user::read<int>(Vaddr::of(&local))), 2);
    UK_TEST_EXPECT(user::write(Vaddr::of(&local), 3).ok());
    UK_TEST_EXPECT_EQ(local, 3);
}

UK_TEST(pages_get_their_frames_in_a_copy)
{
    Pages pages(16);
    static char buffer[3 * kPage];
    memset(buffer, 'x', sizeof(buffer));
    const uint64_t before = vmem::stats().private_pages;
    UK_TEST_EXPECT(user::copy_in(buffer, pages.start + 100, 2 * kPage).ok());
    UK_TEST_EXPECT(all_are(buffer, 2 * kPage, 0));
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages - before, 3u);
    UK_TEST_EXPECT(user::copy_out(pages.start + 4 * kPage - 8, buffer + 2 * kPage, 16).ok());
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages - before, 5u);
    UK_TEST_EXPECT(user::access(pages.start + 5 * kPage, 11 * kPage, Access::write).ok());
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages - before, 16u);
    UK_TEST_EXPECT(all_are((pages.start + 4 * kPage - 8).as<char>(), 16, 'x'));
}

UK_TEST(copies_work_with_interrupts_off)
{
    Pages pages(2);
    char buffer[32] = {};
    const hal::IrqState irqs = hal::irq_save();
    const bool filled = user::copy_out(pages.start, "with interrupts off", 20).ok();
    const bool refused = fails(user::copy_in(buffer, pages.end() - 16, 32)) &&
                         fails(user::copy_out(pages.end(), buffer, 1));
    const bool off = !hal::irq_enabled();
    hal::irq_restore(irqs);
    UK_TEST_EXPECT(filled);
    UK_TEST_EXPECT(refused);
    UK_TEST_EXPECT(off);
    UK_TEST_EXPECT(strcmp(pages.start.as<char>(), "with interrupts off") == 0);
}

// A page without a frame cannot get one where a spinning lock may be held.
UK_TEST(words_under_a_lock_are_refused_until_their_page_is_there)
{
    Pages pages(2);
    UK_TEST_EXPECT_EQ(UK_MUST(user::load_word(pages.start)), 0u);
    UK_TEST_EXPECT_EQ(UK_MUST(user::replace_word(pages.start, 0, 5)), 0u);
    UK_TEST_EXPECT_EQ(UK_MUST(user::replace_word(pages.start, 4, 6)), 5u);
    UK_TEST_EXPECT(user::load_word(pages.end()).code() == Errno::fault);
    UK_TEST_EXPECT(user::replace_word(pages.end(), 0, 1).code() == Errno::fault);
    IrqSpinlock<LockRank::wait_queue> lock;
    uint32_t there = 0;
    bool refused = true; // where nobody counts who holds a lock, the page would come
    {
        LockGuard guard(lock);
        there = user::load_word(pages.start).value_or(0);
        if constexpr (cfg::libukspinlock_preempt)
            refused = user::load_word(pages.start + kPage).code() == Errno::fault;
    }
    UK_TEST_EXPECT_EQ(there, 5u);
    UK_TEST_EXPECT(refused);
    UK_TEST_EXPECT(user::access(pages.start + kPage, 4, Access::read).ok());
    LockGuard guard(lock);
    UK_TEST_EXPECT_EQ(user::load_word(pages.start + kPage).value_or(1), 0u);
}

UK_TEST(strings_end_before_the_mapping_or_fail)
{
    Pages pages(1);
    char path[64];
    const Vaddr at = pages.end() - 9;
    memcpy(at.as<char>(), "/dev/vda", 9);
    UK_TEST_EXPECT_EQ(UK_MUST(user::copy_string_in(path, sizeof(path), at)), 8u);
    UK_TEST_EXPECT(strcmp(path, "/dev/vda") == 0);
    UK_TEST_EXPECT_EQ(UK_MUST(user::copy_string_in(path, 9, at)), 8u);
    UK_TEST_EXPECT(user::copy_string_in(path, 8, at).code() == Errno::nametoolong);
    at.as<char>()[8] = '1';
    UK_TEST_EXPECT(user::copy_string_in(path, sizeof(path), at).code() == Errno::fault);
}

// Failing copies of several threads, with switches wherever they come.
UK_TEST(threads_fail_side_by_side)
{
    UK_TEST_NEEDS_THREADS;
    static const Pages* shared;
    Pages pages(1);
    shared = &pages;
    auto work = [](void* number) -> void* {
        char buffer[200];
        uintptr_t wrong = 0;
        const auto there = reinterpret_cast<uintptr_t>(number);
        for (int i = 0; i < 300; i++) {
            wrong += uk_user_copy_in(buffer, (shared->end() - there).value(), sizeof(buffer)) ==
                             sizeof(buffer) - there
                         ? 0
                         : 1;
            if (i % 16 == 0)
                sched::yield();
        }
        return reinterpret_cast<void*>(wrong);
    };
    Ref<Thread> threads[4];
    for (uintptr_t i = 0; i < 4; i++)
        threads[i] = UK_MUST(sched::create({"test"}, work, reinterpret_cast<void*>(i * 37)));
    for (const Ref<Thread>& thread : threads)
        UK_TEST_EXPECT(UK_MUST(sched::join(*thread)) == nullptr);
}

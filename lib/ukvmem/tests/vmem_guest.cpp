// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the address space on real page tables and real faults. Accesses that are refused are
// tried with probe_read() here, and to death by tests/system/test_vmem.py.
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal/trap.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>
#include <uk/vmem.hpp>

#include <string.h>

namespace {

using namespace uk;

constexpr uint64_t kPage = kPageSize;

// All frames come back but for those that the heap took for areas, so each test takes its first
// area before it counts.
uint64_t free_bytes() {
    Result<Vaddr> warm = vmem::map({.size = kPage, .protection = vmem::kReadOnly});
    (void)vmem::unmap(warm.value(), kPage).ok();
    return falloc::stats().free_bytes;
}

bool readable(Vaddr at) {
    char byte;
    return hal::probe_read(&byte, at.value(), 1) == 1;
}

volatile uint8_t& byte_at(Vaddr at) {
    return *at.as<volatile uint8_t>();
}

// Vector and floating-point registers survive a fault in the middle of a computation.
double sum_over_new_pages(Vaddr at, unsigned pages) {
    double sums[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    for (unsigned i = 0; i < pages; i++) {
        auto* values = (at + i * kPage).as<volatile double>();
        for (unsigned k = 0; k < 8; k++) {
            values[k * 3] = sums[k];
            sums[k] += values[k * 3] * 0.5;
        }
    }
    double sum = 0;
    for (double each : sums) {
        sum += each;
    }
    return sum;
}

} // namespace

UK_TEST(memory_is_zeros_and_comes_page_by_page)
{
    constexpr uint64_t kSize = 1 << 20;
    const uint64_t before = free_bytes();
    const uint64_t pages = vmem::stats().private_pages; // stacks have some
    const Vaddr at = UK_MUST(vmem::map({.size = kSize, .name = "test"}));
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages, pages);
    const uint64_t faults = vmem::stats().faults;
    bool zeros = true;
    for (uint64_t i = 0; i < kSize; i += 3 * kPage) {
        zeros = zeros && byte_at(at + i + 77) == 0;
        byte_at(at + i + 77) = static_cast<uint8_t>(i / kPage + 1);
    }
    UK_TEST_EXPECT(zeros);
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages - pages, 86);
    UK_TEST_EXPECT_EQ(vmem::stats().faults - faults, 86);
    bool kept = true;
    for (uint64_t i = 0; i < kSize; i += 3 * kPage) {
        kept = kept && byte_at(at + i + 77) == static_cast<uint8_t>(i / kPage + 1);
    }
    UK_TEST_EXPECT(kept);
    UK_TEST_EXPECT(falloc::stats().free_bytes <= before - 86 * kPage);
    UK_MUST(vmem::unmap(at, kSize));
    UK_TEST_EXPECT_EQ(falloc::stats().free_bytes, before);
    UK_TEST_EXPECT(!readable(at));
}

UK_TEST(registers_survive_faults)
{
    constexpr unsigned kPages = 64;
    const Vaddr at = UK_MUST(vmem::map({.size = kPages * kPage}));
    const double with_faults = sum_over_new_pages(at, kPages);
    const double without = sum_over_new_pages(at, kPages);
    UK_TEST_EXPECT(with_faults == without);
    UK_MUST(vmem::unmap(at, kPages * kPage));
}

UK_TEST(protection_is_the_processor_s)
{
    const Vaddr at = UK_MUST(vmem::map({.size = 3 * kPage}));
    byte_at(at + kPage) = 42;
    UK_MUST(vmem::protect(at + kPage, kPage, vmem::kNoAccess));
    UK_TEST_EXPECT(!readable(at + kPage));
    UK_TEST_EXPECT(readable(at) && readable(at + 2 * kPage));
    UK_MUST(vmem::protect(at + kPage, kPage, vmem::kReadOnly));
    UK_TEST_EXPECT_EQ(byte_at(at + kPage), 42);
    UK_MUST(vmem::protect(at, 3 * kPage, vmem::kReadWrite));
    byte_at(at + kPage) = 43;
    UK_TEST_EXPECT_EQ(byte_at(at + kPage), 43);
    UK_MUST(vmem::unmap(at, 3 * kPage));
}

UK_TEST(code_runs_after_it_became_executable)
{
#ifdef __x86_64__
    constexpr uint8_t kReturn42[] = {0xb8, 42, 0, 0, 0, 0xc3};
#else
    constexpr uint8_t kReturn42[] = {0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6};
#endif
    const Vaddr at = UK_MUST(vmem::map({.size = kPage}));
    for (int value : {42, 43}) {
        memcpy(at.as<void>(), kReturn42, sizeof kReturn42);
        if (value == 43) {
            at.as<uint8_t>()[sizeof kReturn42 == 6 ? 1 : 0] += sizeof kReturn42 == 6 ? 1 : 0x20;
        }
        UK_TEST_EXPECT(vmem::protect(at, kPage, {.write = true, .execute = true}).code() ==
                       Errno::acces);
        UK_MUST(vmem::protect(at, kPage, vmem::kReadExecute));
        UK_TEST_EXPECT_EQ(at.as<int()>()(), value);
        UK_MUST(vmem::protect(at, kPage, vmem::kReadWrite));
    }
    UK_MUST(vmem::unmap(at, kPage));
}

UK_TEST(a_stack_has_a_guard)
{
    const uint64_t before = free_bytes();
    const Vaddr stack = UK_MUST(
        vmem::map({.size = 4 * kPage, .kind = vmem::Kind::stack, .name = "test", .guard = 1}));
    byte_at(stack) = 1;
    UK_TEST_EXPECT(!readable(stack - 1));
    UK_TEST_EXPECT(!readable(stack - kPage));
    UK_MUST(vmem::unmap_stack(stack));
    UK_TEST_EXPECT_EQ(falloc::stats().free_bytes, before);
}

// The direct map and the mapping show the same bytes.
UK_TEST(a_device_is_where_it_is)
{
    auto* frame = static_cast<uint8_t*>(UK_MUST(falloc::allocate_run(1)));
    memset(frame, 0x5a, kPage);
    Result<Vaddr> at = vmem::map({.size = kPage,
                                  .kind = vmem::Kind::device,
                                  .offset = hal::direct_map_paddr(frame).value(),
                                  .cached = true});
    UK_TEST_EXPECT(at.ok());
    if (at.ok()) {
        UK_TEST_EXPECT_EQ(byte_at(at.value() + 99), 0x5a);
        byte_at(at.value() + 99) = 7;
        UK_TEST_EXPECT_EQ(frame[99], 7);
        UK_MUST(vmem::unmap(at.value(), kPage));
    }
    falloc::free_run(frame, 1);
}

UK_TEST(out_of_memory_is_an_answer)
{
    const uint64_t all = falloc::stats().total_bytes;
    if (all > uint64_t{1} << 30)
        UK_TEST_SKIP("filling all memory takes too long");
    // Opens all of the direct map, whose tables stay.
    UK_TEST_EXPECT(vmem::map({.size = all, .populate = true}).code() == Errno::nomem);
    const uint64_t before = free_bytes();
    const uint64_t pages = vmem::stats().private_pages;
    UK_TEST_EXPECT(vmem::map({.size = all + kPage}).code() == Errno::nomem);
    UK_TEST_EXPECT(vmem::map({.size = all, .populate = true}).code() == Errno::nomem);
    UK_TEST_EXPECT(vmem::map({.size = vmem::range().size + 1, .reserve_only = true}).code() ==
                   Errno::nomem);
    UK_TEST_EXPECT_EQ(falloc::stats().free_bytes, before);
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages, pages);
}

// Each has a page of its own and faults in turn with the other.
UK_TEST(threads_fault_side_by_side)
{
    UK_TEST_NEEDS_THREADS;
    constexpr unsigned kPages = 100;
    const auto worker = [](void* start) -> void* {
        const Vaddr at = Vaddr::of(start);
        uint64_t sum = 0;
        for (unsigned i = 0; i < kPages; i++) {
            byte_at(at + 2 * i * kPage) = static_cast<uint8_t>(i);
            sched::yield();
            sum += byte_at(at + 2 * i * kPage);
        }
        return reinterpret_cast<void*>(sum);
    };
    const Vaddr at = UK_MUST(vmem::map({.size = 2 * kPages * kPage}));
    Ref<Thread> first = UK_MUST(sched::create({.name = "first"}, worker, at.as<void>()));
    Ref<Thread> second =
        UK_MUST(sched::create({.name = "second"}, worker, (at + kPage).as<void>()));
    const auto sum = reinterpret_cast<void*>(uintptr_t{kPages * (kPages - 1) / 2});
    UK_TEST_EXPECT(UK_MUST(sched::join(*first)) == sum);
    UK_TEST_EXPECT(UK_MUST(sched::join(*second)) == sum);
    const uint64_t pages = vmem::stats().private_pages;
    UK_MUST(vmem::unmap(at, 2 * kPages * kPage));
    UK_TEST_EXPECT_EQ(pages - vmem::stats().private_pages, 2 * kPages);
}

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

// All registers that code may keep something in, as they were given to it and as it saw them after
// it wrote to a page.
struct Registers {
    struct Set {
        uint64_t vectors[32][2];
        uint64_t general[28];
    };
    Set given, seen;
};
static_assert(sizeof(Registers::Set) == 736);

void write_with(Registers& registers, Vaddr page) {
#ifdef __x86_64__
    asm volatile(".irp k,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                 "movdqu 16*\\k(%%rdi), %%xmm\\k\n"
                 ".endr\n"
                 ".set uk_at, 512\n"
                 ".irp r,rax,rbx,rcx,rdx,r8,r9,r10,r11,r12,r13,r14,r15\n"
                 "mov uk_at(%%rdi), %%\\r\n"
                 ".set uk_at, uk_at+8\n"
                 ".endr\n"
                 "movb $1, (%%rsi)\n"
                 ".set uk_at, 736+512\n"
                 ".irp r,rax,rbx,rcx,rdx,r8,r9,r10,r11,r12,r13,r14,r15\n"
                 "mov %%\\r, uk_at(%%rdi)\n"
                 ".set uk_at, uk_at+8\n"
                 ".endr\n"
                 ".irp k,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                 "movdqu %%xmm\\k, 736+16*\\k(%%rdi)\n"
                 ".endr\n"
                 :
                 : "D"(&registers), "S"(page.value())
                 : "memory", "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13",
                   "r14", "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                   "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
#else
    register Registers* x0 asm("x0") = &registers;
    register uint64_t x1 asm("x1") = page.value();
    asm volatile(
        ".macro uk_vectors what, from\n"
        ".irp k,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,"
        "30,31\n"
        "\\what q\\k, [x0, #\\from+16*\\k]\n"
        ".endr\n"
        ".endm\n"
        ".macro uk_general what, from\n"
        ".set uk_at, \\from\n"
        ".irp r,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,19,20,21,22,23,24,25,26,27,28\n"
        "\\what x\\r, [x0, #uk_at]\n"
        ".set uk_at, uk_at+8\n"
        ".endr\n"
        ".endm\n"
        "uk_vectors ldr, 0\n"
        "uk_general ldr, 512\n"
        "strb wzr, [x1]\n"
        "uk_general str, 736+512\n"
        "uk_vectors str, 736\n"
        ".purgem uk_vectors\n"
        ".purgem uk_general\n"
        :
        : "r"(x0), "r"(x1)
        : "memory", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
          "x14", "x15", "x16", "x17", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27",
          "x28", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12",
          "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25",
          "v26", "v27", "v28", "v29", "v30", "v31");
#endif
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
#ifdef __x86_64__
    constexpr size_t kVectors = 16, kGeneral = 12;
#else
    constexpr size_t kVectors = 32, kGeneral = 26;
#endif
    constexpr unsigned kPages = 64;
    const Vaddr at = UK_MUST(vmem::map({.size = kPages * kPage}));
    static Registers registers;
    const uint64_t faults = vmem::stats().faults;
    uint64_t word = 0;
    unsigned changed = 0;
    for (unsigned page = 0; page < kPages; page++) {
        for (auto& vector : registers.given.vectors) {
            vector[0] = ++word * 0x9e3779b97f4a7c15;
            vector[1] = ++word * 0x9e3779b97f4a7c15;
        }
        for (uint64_t& general : registers.given.general)
            general = ++word * 0x9e3779b97f4a7c15;
        write_with(registers, at + page * kPage);
        for (size_t i = 0; i < kVectors; i++)
            changed += memcmp(registers.seen.vectors[i], registers.given.vectors[i], 16) != 0;
        for (size_t i = 0; i < kGeneral; i++)
            changed += registers.seen.general[i] != registers.given.general[i];
    }
    UK_TEST_EXPECT_EQ(changed, 0u);
    UK_TEST_EXPECT_EQ(vmem::stats().faults - faults, kPages);
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

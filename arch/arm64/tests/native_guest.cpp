// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of a native image: what the processor was set to, and what memory it lets us see.
#include <uk/arm64/firmware.hpp>
#include <uk/arm64/layout.h>
#include <uk/arm64/memory.hpp>
#include <uk/config.hpp>
#include <uk/hal/image.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal/trap.hpp>
#include <uk/test.hpp>

namespace {

bool readable(uintptr_t address) {
    char byte;
    return uk::hal::probe_read(&byte, address, 1) == 1;
}

uintptr_t integer(const void* pointer) {
    return reinterpret_cast<uintptr_t>(pointer);
}

// What a write by the kernel to this address would do (AT S1E1W, PAR_EL1.F), without doing it.
bool writable(uintptr_t address) {
    uint64_t answer;
    asm volatile("at s1e1w, %1\n\tisb\n\tmrs %0, par_el1" : "=r"(answer) : "r"(address) : "memory");
    return (answer & 1) == 0;
}

#define READ_REGISTER(name)                                                                        \
    [] {                                                                                           \
        uint64_t value;                                                                            \
        asm volatile("mrs %0, " name : "=r"(value));                                               \
        return value;                                                                              \
    }()

} // namespace

UK_TEST(processor_protects_pages)
{
    constexpr uint64_t kMmuCachesAndWxn = 1 << 0 | 1 << 2 | 1 << 12 | 1 << 19;
    constexpr uint64_t kNoLowerHalf = 1 << 7; // unless it is the application's
    UK_TEST_EXPECT_EQ(READ_REGISTER("sctlr_el1") & kMmuCachesAndWxn, kMmuCachesAndWxn);
    UK_TEST_EXPECT_EQ((READ_REGISTER("tcr_el1") & kNoLowerHalf) == 0, uk::cfg::libukvmem);
    UK_TEST_EXPECT_EQ(READ_REGISTER("ttbr0_el1") != 0, uk::cfg::libukvmem);
    UK_TEST_EXPECT_EQ(READ_REGISTER("currentel") >> 2, 1);
}

UK_TEST(code_runs_on_sp_el0)
{
    // Reading SP_EL0 itself would be undefined here: it is the current one.
    UK_TEST_EXPECT_EQ(READ_REGISTER("spsel"), 0);
}

UK_TEST(low_half_is_empty)
{
    for (uintptr_t address = 0; address < uintptr_t{1} << 47; address = address * 2 + 4096) {
        UK_TEST_EXPECT(!readable(address));
    }
    // Where the image lies physically, and where it was first mapped.
    UK_TEST_EXPECT(!readable(uk::arm64::image_range().start.value()));
    UK_TEST_EXPECT(!readable(UK_TEXT_OFFSET));
}

UK_TEST(image_cannot_be_reached_through_the_direct_map)
{
    const uk::PhysRange image = uk::arm64::image_range();
    for (uk::Paddr page = image.start; page < image.end(); page += uk::kPageSize) {
        UK_TEST_EXPECT(!readable(integer(uk::hal::direct_map(page))));
        UK_TEST_EXPECT(!uk::hal::direct_map_open({page, uk::kPageSize}).ok());
    }
    UK_TEST_EXPECT(!uk::hal::direct_map_open({uk::Paddr{0}, uint64_t{1} << 40}).ok());
    UK_TEST_EXPECT(!uk::hal::map_device(image.start, 4).ok());
}

UK_TEST(nothing_lies_around_the_image)
{
    UK_TEST_EXPECT(!readable(integer(uk_image_start) - 1));
    UK_TEST_EXPECT(readable(integer(uk_image_start)));
    UK_TEST_EXPECT(readable(integer(uk_image_end) - 1));
    UK_TEST_EXPECT(!readable(integer(uk_image_end)));
}

extern "C" {
extern const char uk_boot_stack[];
extern const char uk_trap_stack[];
}

UK_TEST(stacks_and_data_lie_above_what_cannot_be_written)
{
    UK_TEST_EXPECT(!writable(integer(uk_image_start)));
    UK_TEST_EXPECT(!writable(integer(uk_data_start) - 1));
    UK_TEST_EXPECT(writable(integer(uk_data_start)));
    UK_TEST_EXPECT(!writable(integer(uk_boot_stack) - 1));
    UK_TEST_EXPECT(writable(integer(uk_boot_stack)));
    UK_TEST_EXPECT(!writable(integer(uk_trap_stack) - 1));
    UK_TEST_EXPECT(writable(integer(uk_trap_stack)));
}

UK_TEST(probe_stops_in_the_middle)
{
    char bytes[16];
    const uintptr_t end = integer(uk_image_end);
    UK_TEST_EXPECT_EQ(uk::hal::probe_read(bytes, end - 5, sizeof(bytes)), 5);
}

UK_TEST(direct_map_refuses_what_is_no_memory)
{
    UK_TEST_EXPECT(!uk::hal::direct_map_open({uk::Paddr{uint64_t{1} << 52}, 4096}).ok());
    UK_TEST_EXPECT(!uk::hal::direct_map_open({uk::Paddr{~uint64_t{4095}}, 4096}).ok());
    UK_TEST_EXPECT(!uk::hal::direct_map_open({uk::Paddr{1}, 4096}).ok());
    UK_TEST_EXPECT(!uk::hal::map_device(uk::Paddr{0x9000000}, 0).ok());
}

UK_TEST(registers_survive_an_exception)
{
    // A fault that is repaired goes through the vectors and back.
    uint64_t before[4] = {1, 2, 3, 4};
    double number = 1.5;
    asm volatile("fmov d20, %d0" : : "w"(number) : "v20");
    UK_TEST_EXPECT(!readable(before[0]));
    asm volatile("fmov %d0, d20" : "=w"(number) : : "v20");
    UK_TEST_EXPECT(number == 1.5);
    UK_TEST_EXPECT(before[0] == 1 && before[3] == 4);
    UK_TEST_EXPECT_EQ(READ_REGISTER("spsel"), 0);
}

UK_TEST(interrupts_open_and_close)
{
    uk::hal::IrqState state = uk::hal::irq_save();
    UK_TEST_EXPECT(!uk::hal::irq_enabled());
    uk::hal::irq_restore(state);
    constexpr uint64_t kSystemErrors = 1 << 8;
    UK_TEST_EXPECT((READ_REGISTER("daif") & kSystemErrors) == 0);
}

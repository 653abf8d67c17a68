// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of a native image: what the processor was set to, and what memory it lets us see.
#include <uk/hal/image.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal/trap.hpp>
#include <uk/hal_arch/msr.hpp>
#include <uk/test.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>

namespace {

bool readable(uintptr_t address) {
    char byte;
    return uk::hal::probe_read(&byte, address, 1) == 1;
}

uintptr_t integer(const void* pointer) {
    return reinterpret_cast<uintptr_t>(pointer);
}

} // namespace

UK_TEST(processor_protects_pages)
{
    constexpr uint64_t kWriteProtect = 1 << 16;
    constexpr uint32_t kEfer = 0xc0000080;
    constexpr uint64_t kNoExecute = 1 << 11;
    uint64_t cr0;
    asm volatile("movq %%cr0, %0" : "=r"(cr0));
    UK_TEST_EXPECT((cr0 & kWriteProtect) != 0);
    UK_TEST_EXPECT((uk::hal::msr_read(kEfer) & kNoExecute) != 0);
}

UK_TEST(low_half_is_empty)
{
    for (uintptr_t address = 0; address < uintptr_t{1} << 47; address = address * 2 + 4096) {
        UK_TEST_EXPECT(!readable(address));
    }
    // Where the image lies physically, and where it was entered.
    UK_TEST_EXPECT(!readable(UK_IMAGE_PHYS));
}

UK_TEST(image_cannot_be_reached_through_the_direct_map)
{
    const uk::PhysRange image = uk::x86::image_range();
    for (uk::Paddr page = image.start; page < image.end(); page += uk::kPageSize) {
        UK_TEST_EXPECT(!readable(integer(uk::hal::direct_map(page))));
        UK_TEST_EXPECT(!uk::hal::direct_map_open({page, uk::kPageSize}).ok());
    }
    UK_TEST_EXPECT(!uk::hal::direct_map_open({uk::Paddr{0}, uint64_t{1} << 30}).ok());
    UK_TEST_EXPECT(!uk::hal::map_device(image.start, 4).ok());
}

UK_TEST(nothing_lies_around_the_image)
{
    UK_TEST_EXPECT(!readable(integer(uk_image_start) - 1));
    UK_TEST_EXPECT(readable(integer(uk_image_start)));
    UK_TEST_EXPECT(readable(integer(uk_image_end) - 1));
    UK_TEST_EXPECT(!readable(integer(uk_image_end)));
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
    UK_TEST_EXPECT(!uk::hal::map_device(uk::Paddr{0xfee00000}, 0).ok());
}

UK_TEST(device_registers_are_mapped_once_and_for_ever)
{
    constexpr uk::Paddr kLocalApicVersion{0xfee00030};
    auto first = uk::hal::map_device(kLocalApicVersion, 4);
    auto second = uk::hal::map_device(kLocalApicVersion, 4);
    UK_TEST_ASSERT(first.ok() && second.ok());
    UK_TEST_EXPECT(first.value() == second.value());
    // Every one that works with long mode says version 1x and has a few LVT entries.
    const uint32_t version = *static_cast<volatile uint32_t*>(first.value());
    UK_TEST_EXPECT_EQ(version >> 4 & 0xf, 1);
}

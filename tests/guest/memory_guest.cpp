// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: what is mapped and what is not. What may not be written or run is tried by
// crash:NAME runs.
#include <uk/hal/cpu.hpp>
#include <uk/hal/image.hpp>
#include <uk/hal/trap.hpp>
#include <uk/test.hpp>

#include <string.h>

UK_TEST(page_zero_is_unmapped)
{
    char byte;
    for (uintptr_t address : {0ul, 1ul, 8ul, 0xffful}) {
        UK_TEST_EXPECT_EQ(uk::hal::probe_read(&byte, address, 1), 0);
    }
}

UK_TEST(probe_read_stops_where_memory_ends)
{
    char bytes[64];
    UK_TEST_EXPECT_EQ(uk::hal::probe_read(bytes, 0x8000'0000'0000'0000, sizeof(bytes)), 0);
    UK_TEST_EXPECT_EQ(uk::hal::probe_read(bytes, UINTPTR_MAX, 1), 0);
    const char text[] = "some text on the stack";
    UK_TEST_EXPECT_EQ(uk::hal::probe_read(bytes, reinterpret_cast<uintptr_t>(text), sizeof(text)),
                      sizeof(text));
    UK_TEST_EXPECT(memcmp(bytes, text, sizeof(text)) == 0);
}

UK_TEST(image_layout_is_sane)
{
    const auto at = [](const char* symbol) { return reinterpret_cast<uintptr_t>(symbol); };
    UK_TEST_EXPECT(at(uk_text_start) < at(uk_text_end));
    UK_TEST_EXPECT(at(uk_rodata_start) <= at(uk_rodata_end));
    UK_TEST_EXPECT(at(uk_data_start) <= at(uk_image_end));
    UK_TEST_EXPECT(at(uk_image_start) <= at(uk_text_start));
    UK_TEST_EXPECT(at(uk_image_start) <= at(uk_data_start));
    UK_TEST_EXPECT_EQ(at(uk_text_start) % 4096, 0);
    UK_TEST_EXPECT_EQ(at(uk_data_start) % 4096, 0);
    UK_TEST_EXPECT(uk_build_id_note_end - uk_build_id_note == 16 + 20);
    UK_TEST_EXPECT(uk::hal::in_text(reinterpret_cast<uintptr_t>(&uk::hal::trap_info)));
    UK_TEST_EXPECT(!uk::hal::in_text(at(uk_data_start)));
}

// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the archive that tests/system/test_initrd.py gives. Its member "sum" is the sum of
// the member "big" in decimal digits.
#include <uk/boot/initrd.hpp>
#include <uk/cpio/reader.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/format.h>
#include <uk/hal/console.hpp>
#include <uk/string.h>
#include <uk/test.hpp>

namespace {

using uk::Result;
using uk::bootup::initrd;
using uk::cpio::Entry;

// RFC 1950, 8.2.
uint32_t adler32(std::span<const std::byte> bytes) {
    constexpr size_t kUntilOverflow = 5552;
    uint32_t low = 1, high = 0;
    for (size_t at = 0; at < bytes.size();) {
        const size_t end = bytes.size() - at < kUntilOverflow ? bytes.size() : at + kUntilOverflow;
        for (; at < end; at++) {
            low += static_cast<uint32_t>(bytes[at]);
            high += low;
        }
        low %= 65521;
        high %= 65521;
    }
    return high << 16 | low;
}

uint32_t number(std::string_view text) {
    uint32_t value = 0;
    for (char digit : text) {
        value = value * 10 + static_cast<uint32_t>(digit - '0');
    }
    return value;
}

// Every frame that there is, written over from its first byte to its last.
class Overwritten {
  public:
    Overwritten() {
        for (Result<void*> run = uk::falloc::allocate_run(1); run.ok();
             run = uk::falloc::allocate_run(1)) {
            memset(run.value(), 0xa5, uk::kPageSize);
            *static_cast<void**>(run.value()) = last_;
            last_ = run.value();
        }
    }
    ~Overwritten() {
        while (last_ != nullptr) {
            void* frame = last_;
            last_ = *static_cast<void**>(frame);
            uk::falloc::free_run(frame, 1);
        }
    }

  private:
    void* last_ = nullptr;
};

} // namespace

UK_TEST(initrd_outlives_every_use_of_frames)
{
    if (initrd().empty()) {
        UK_TEST_SKIP("no initrd");
    }
    Result<Entry> sum = uk::cpio::find(initrd(), "sum");
    Result<Entry> big = uk::cpio::find(initrd(), "big");
    UK_TEST_ASSERT(sum.ok() && big.ok());
    const uint32_t wanted = number(sum.value().text());
    UK_TEST_EXPECT_EQ(adler32(big.value().content), wanted);
    bool is_same = false;
    {
        Overwritten everything;
        is_same = adler32(big.value().content) == wanted; // nothing is printed without memory
    }
    UK_TEST_EXPECT(is_same);
}

// One line for each member and one for the damage, if there is any, for
// tests/system/test_initrd.py.
UK_TEST(initrd_lists_its_members)
{
    if (initrd().empty()) {
        UK_TEST_SKIP("no initrd");
    }
    uk::cpio::Reader reader(initrd());
    for (Result<Entry> entry = reader.next(); entry.ok(); entry = reader.next()) {
        const Entry& e = entry.value();
        char line[200];
        const size_t size =
            uk_scnprintf(line, sizeof line, "# member %06o %u %u %zu '%.*s'\n", e.mode, e.mtime,
                         e.links, e.content.size(), static_cast<int>(e.path.size()), e.path.data());
        uk::hal::console_write(line, size);
    }
    const uk::cpio::Problem& problem = reader.problem();
    UK_TEST_EXPECT(problem.offset < initrd().size());
    if (problem.text != nullptr) {
        char line[200];
        const size_t size =
            uk_scnprintf(line, sizeof line, "# damage %zu '%s'\n", problem.offset, problem.text);
        uk::hal::console_write(line, size);
    }
}

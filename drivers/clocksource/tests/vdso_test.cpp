// SPDX-License-Identifier: BSD-3-Clause
// The vDSO reader against the host's own image, and against broken ones.
#include <uk/clocksource/vdso.hpp>

#include <cstring>
#include <ctime>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <sys/auxv.h>

namespace {

using uk::Errno;
using uk::clocksource::vdso_function;
using uk::clocksource::vdso_size;
using Bytes = std::vector<std::byte>;

// A little shared object: ELF header, PT_LOAD and PT_DYNAMIC, dynamic table, two symbols, strings,
// and one of the two kinds of hash table.
class Image {
  public:
    static constexpr uint64_t kBase = 0xffffffffff700000; // prelinked, as old kernels did
    static constexpr size_t kDynamic = 176, kSymbols = 256, kStrings = 328, kHash = 352;

    explicit Image(bool gnu) : bytes_(512) {
        const unsigned char magic[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
        std::memcpy(bytes_.data(), magic, sizeof magic);
        put<uint16_t>(16, 3);
        put<uint64_t>(32, 64);
        put<uint16_t>(54, 56);
        put<uint16_t>(56, 2);
        put<uint32_t>(64, 1); // PT_LOAD
        put<uint64_t>(64 + 8, 0);
        put<uint64_t>(64 + 16, kBase);
        put<uint64_t>(64 + 32, 512);
        put<uint32_t>(120, 2); // PT_DYNAMIC
        put<uint64_t>(120 + 8, kDynamic);
        put<uint64_t>(120 + 32, 4 * 16);
        tag(0, 5, kBase + kStrings);
        tag(1, 6, kBase + kSymbols);
        tag(2, gnu ? 0x6ffffef5 : 4, kBase + kHash);
        symbol(1, 1, 0);     // "time": undefined
        symbol(2, 6, 0x190); // "clock": defined
        std::memcpy(bytes_.data() + kStrings, "\0time\0clock", 12);
        if (gnu) {
            put<uint32_t>(kHash, 1);      // buckets
            put<uint32_t>(kHash + 4, 1);  // first symbol
            put<uint32_t>(kHash + 8, 1);  // bloom words of 8 bytes
            put<uint32_t>(kHash + 24, 1); // the bucket
            put<uint32_t>(kHash + 28, 2); // hash of symbol 1, chain goes on
            put<uint32_t>(kHash + 32, 5); // hash of symbol 2, end
        } else {
            put<uint32_t>(kHash, 1);
            put<uint32_t>(kHash + 4, 3);
        }
    }
    template <class T>
    void put(size_t at, T value) {
        std::memcpy(bytes_.data() + at, &value, sizeof value);
    }
    std::span<const std::byte> bytes() const { return bytes_; }
    Bytes& raw() { return bytes_; }

  private:
    void tag(size_t index, uint64_t tag, uint64_t value) {
        put(kDynamic + index * 16, tag);
        put(kDynamic + index * 16 + 8, value);
    }
    void symbol(size_t index, uint32_t name, uint64_t offset) {
        size_t at = kSymbols + index * 24;
        put(at, name);
        put<uint8_t>(at + 4, 0x12);
        put<uint16_t>(at + 6, offset == 0 ? 0 : 7);
        put<uint64_t>(at + 8, kBase + offset);
    }
    Bytes bytes_;
};

TEST(Vdso, FindsTheHostsClock) {
    const auto* start = reinterpret_cast<const std::byte*>(getauxval(AT_SYSINFO_EHDR));
    if (start == nullptr) {
        GTEST_SKIP() << "this host has no vDSO";
    }
    auto size = vdso_size({start, 4096});
    ASSERT_TRUE(size.ok());
    auto offset = vdso_function({start, size.value()}, "__vdso_clock_gettime");
    ASSERT_TRUE(offset.ok());
    auto function = reinterpret_cast<int (*)(clockid_t, timespec*)>(
        reinterpret_cast<uintptr_t>(start) + offset.take());
    timespec before{}, ours{}, after{};
    clock_gettime(CLOCK_MONOTONIC, &before);
    ASSERT_EQ(function(CLOCK_MONOTONIC, &ours), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    auto ns = [](const timespec& t) { return t.tv_sec * 1'000'000'000L + t.tv_nsec; };
    EXPECT_LE(ns(before), ns(ours));
    EXPECT_LE(ns(ours), ns(after));
    EXPECT_EQ(vdso_function({start, size.take()}, "no_such_function").code(), Errno::noent);
}

TEST(Vdso, ReadsBothKindsOfHashTable) {
    for (bool gnu : {false, true}) {
        Image image(gnu);
        ASSERT_EQ(vdso_size(image.bytes()).value_or(0U), 512U) << gnu;
        auto found = vdso_function(image.bytes(), "clock");
        ASSERT_TRUE(found.ok()) << gnu;
        EXPECT_EQ(found.take(), 0x190U) << gnu;
        EXPECT_EQ(vdso_function(image.bytes(), "time").code(), Errno::noent) << gnu;
        EXPECT_EQ(vdso_function(image.bytes(), "cloc").code(), Errno::noent) << gnu;
        EXPECT_EQ(vdso_function(image.bytes(), "clocks").code(), Errno::noent) << gnu;
    }
}

TEST(Vdso, RefusesWhatIsNoSharedObject) {
    Image image(false);
    image.raw()[4] = std::byte{1}; // 32 bits
    EXPECT_EQ(vdso_size(image.bytes()).code(), Errno::noexec);
    EXPECT_EQ(vdso_function(image.bytes(), "clock").code(), Errno::noexec);
    EXPECT_EQ(vdso_size({}).code(), Errno::noexec);
}

TEST(Vdso, RefusesASymbolOutsideTheImage) {
    Image image(false);
    image.put<uint64_t>(Image::kSymbols + 2 * 24 + 8, Image::kBase + 512);
    EXPECT_EQ(vdso_function(image.bytes(), "clock").code(), Errno::noexec);
}

TEST(Vdso, RefusesAnImageThatIsTooLarge) {
    Image image(false);
    image.put<uint64_t>(64 + 32, uk::clocksource::kVdsoLimit + 1);
    EXPECT_EQ(vdso_size(image.bytes()).code(), Errno::fbig);
}

// Cut at every length and with random bytes changed: never an access outside (ASan sees it), never
// an offset outside.
TEST(Vdso, SurvivesBrokenImages) {
    std::mt19937_64 random(1);
    for (bool gnu : {false, true}) {
        for (size_t length = 0; length <= 512; length++) {
            Image image(gnu);
            Bytes cut(image.bytes().begin(), image.bytes().begin() + static_cast<long>(length));
            auto found = vdso_function(cut, "clock");
            EXPECT_TRUE(!found.ok() || found.value() < length);
            (void)vdso_size(cut).ok();
        }
        for (int round = 0; round < 20000; round++) {
            Image image(gnu);
            for (int i = 0; i < 3; i++) {
                size_t at = random() % 400;
                uint64_t value = random() % 2 == 0 ? random() : ~uint64_t{0};
                std::memcpy(image.raw().data() + at, &value, 1 + random() % 8);
            }
            auto found = vdso_function(image.bytes(), "clock");
            EXPECT_TRUE(!found.ok() || found.value() < 512);
            (void)vdso_size(image.bytes()).ok();
        }
    }
}

} // namespace

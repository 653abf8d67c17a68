// SPDX-License-Identifier: BSD-3-Clause
// In the image: the memory functions that this image links, and its format engine. (The host tests
// know more, but test other objects: another name, another compiler, another half of the format
// engine.)
#include <uk/config.hpp>
#include <uk/format.h>
#include <uk/string.h>
#include <uk/test.hpp>

namespace {

constexpr size_t kRoom = 1200;
unsigned char g_from[kRoom];
unsigned char g_to[kRoom];

/// A pattern that differs between neighbours and between blocks.
unsigned char pattern(size_t i) {
    return static_cast<unsigned char>(i * 7 + i / 256 * 3 + 1);
}

void fill() {
    for (size_t i = 0; i < kRoom; i++) {
        g_from[i] = pattern(i);
        g_to[i] = 0xee;
    }
}

/// Number of bytes of g_to that are not `base` + their index inside [at, at + n), or not 0xee
/// outside.
size_t wrong_bytes(size_t at, size_t n, size_t first) {
    size_t wrong = 0;
    for (size_t i = 0; i < kRoom; i++)
        wrong += g_to[i] != (i >= at && i < at + n ? pattern(first + i - at) : 0xee);
    return wrong;
}

UK_TEST(memcpy_and_memset_write_what_they_must)
{
    for (size_t n = 0; n <= 600; n++) {
        fill();
        UK_TEST_EXPECT(memcpy(g_to + n % 19, g_from + n % 13, n) == g_to + n % 19);
        UK_TEST_EXPECT(wrong_bytes(n % 19, n, n % 13) == 0);
        memset(g_to + n % 19, 0xee, n);
        UK_TEST_EXPECT(wrong_bytes(0, 0, 0) == 0);
    }
}

UK_TEST(memmove_survives_overlap)
{
    for (size_t n = 0; n <= 300; n++)
        for (size_t distance = 0; distance < 40; distance += 3) {
            fill();
            memmove(g_from + 100 + distance, g_from + 100, n); // upwards
            memcpy(g_to, g_from + 100 + distance, n);
            UK_TEST_EXPECT(wrong_bytes(0, n, 100) == 0);
            fill();
            memmove(g_from + 100, g_from + 100 + distance, n); // downwards
            memcpy(g_to, g_from + 100, n);
            UK_TEST_EXPECT(wrong_bytes(0, n, 100 + distance) == 0);
        }
}

UK_TEST(format_knows_floating_point_as_configured)
{
    char text[64];
    uk_snprintf(text, sizeof(text), "%-5d|%#lx|%s|%c", -42, 0xfeedUL, "text", 'c');
    UK_TEST_EXPECT(strcmp(text, "-42  |0xfeed|text|c") == 0);
    const char* fmt = "%.3f %d";
    uk_snprintf(text, sizeof(text), fmt, 2.0005, 7);
    const char* wanted = uk::cfg::libbase_format_float ? "2.001 7" : "%.3f 7";
    UK_TEST_EXPECT(strcmp(text, wanted) == 0);
}

} // namespace

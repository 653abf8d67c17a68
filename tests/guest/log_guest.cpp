// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the log of a real image, and the format engine compiled as the kernel is.
#include <uk/format.h>
#include <uk/log.hpp>
#include <uk/print.h>
#include <uk/test.hpp>

#include <stdio.h>
#include <string.h>

namespace {

struct Last {
    char text[256];
    size_t lines;
};

Last last_line() {
    Last last = {};
    uk::log::for_each_unseen(
        1000,
        [](void* context, const char* text, size_t size) {
            auto* out = static_cast<Last*>(context);
            memcpy(out->text, text, size);
            out->text[size] = '\0';
            out->lines++;
        },
        &last);
    return last;
}

} // namespace

UK_TEST(log_ring_keeps_what_the_console_does_not_show)
{
    if (uk::log::console_level() >= UK_KLVL_INFO) {
        UK_TEST_SKIP("the console shows everything");
    }
    uk_printk(UK_KLVL_INFO, "guest", __FILE__, __LINE__, "number %d\n", 5);
    const Last last = last_line();
    UK_TEST_EXPECT(last.lines > 0);
    UK_TEST_EXPECT(strstr(last.text, "Info: [guest] number 5") != nullptr);
}

UK_TEST(format_as_compiled_for_the_machine)
{
    char text[128];
    snprintf(text, sizeof(text), "%5d|%-5u|%05x|%s|%c|%lld|%zu", -42, 7u, 0xabu, "str", 'c',
             -9223372036854775807ll - 1, sizeof(text));
    UK_TEST_EXPECT(strcmp(text, "  -42|7    |000ab|str|c|-9223372036854775808|128") == 0);
    uk_scnprintf(text, sizeof(text), "%5d|%s|%p", -42, "str", static_cast<void*>(nullptr));
    UK_TEST_EXPECT(strcmp(text, "  -42|str|(nil)") == 0);
}

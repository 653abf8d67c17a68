// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the order of the init table, and constructors of a C++ application.
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/test.hpp>

#include <stdio.h>
#include <string.h>

namespace {

constinit char g_order[16] = {};
constinit size_t g_steps = 0;

template <char kStep>
void step() {
    if (g_steps < sizeof(g_order) - 1) {
        g_order[g_steps++] = kStep;
    }
}

// A static object whose constructor runs: from .init_array, after the init table.
struct Constructed {
    Constructed() {
        asm volatile(""); // or clang runs the constructor while compiling, and then it comes first
        step<'C'>();
        value = 42;
    }
    int value;
};
Constructed g_constructed;

} // namespace

// The way out, looked at by tests/system/test_params.py: only words that no TAP reader minds.
[[gnu::destructor]] static void say_destructor() {
    puts("# destructor");
}

// Written in an order that is none, so that neither link order nor its reverse passes.
UK_INIT(rootfs, "guest rootfs", step<'6'>);
UK_INIT(early, "guest early", step<'1'>);
UK_INIT(lib, "guest lib", step<'5'>);
UK_INIT(late, "guest late", step<'7'>);
UK_INIT(bus, "guest bus", step<'3'>);
UK_INIT(plat, "guest plat", step<'2'>);
UK_INIT(
    dev, "guest dev", step<'4'>, .term = [] { puts("# term of an init entry"); });

UK_TEST(init_levels_run_in_order_then_constructors)
{
    UK_TEST_EXPECT(strcmp(g_order, "1234567C") == 0);
    UK_TEST_EXPECT_EQ(g_constructed.value, 42);
}

static constinit uint16_t guest_number = 7;
static constinit uk::params::List<const char*, 4> guest_list;
UK_LIBPARAM_NAMED("guest.number", guest_number, u16, "a number for the guest tests");
UK_LIBPARAM_NAMED("guest.list", guest_list, string, "a list for the guest tests");

static constinit bool guest_fail = false;
UK_LIBPARAM_NAMED("guest.fail", guest_fail, boolean, "an init entry that fails");
static uk::Result<> fail_if_asked() {
    return guest_fail ? uk::Result<>(uk::Errno::io) : uk::ok();
}
UK_INIT(late, "guest failure", fail_if_asked, .hint = "leave guest.fail out");

UK_TEST(parameters_keep_their_defaults_or_the_command_line)
{
    // tests/system/test_params.py gives 8080; everybody else gives nothing.
    UK_TEST_EXPECT(guest_number == 7 || guest_number == 8080);
    if (guest_number == 8080) {
        UK_TEST_ASSERT(guest_list.count == 2);
        UK_TEST_EXPECT(strcmp(guest_list.values[0], "one") == 0);
        UK_TEST_EXPECT(strcmp(guest_list.values[1], "two words") == 0);
        UK_TEST_EXPECT(strcmp(uk::params::environment()[0], "HOME=/here") == 0);
        UK_TEST_EXPECT(uk::params::environment()[1] == nullptr);
    } else {
        UK_TEST_EXPECT_EQ(guest_list.count, 0);
        UK_TEST_EXPECT(uk::params::environment()[0] == nullptr);
    }
}

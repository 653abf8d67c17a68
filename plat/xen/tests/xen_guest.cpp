// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of a Xen domain: hypercalls, events, xenstore and grants, against the real ones.
#include <string_view>

#include <uk/hal/clock.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/test.hpp>
#include <uk/x86/irq.hpp>
#include <uk/x86/layout.h>
#include <uk/xen/events.hpp>

#include "plat/xen/events.hpp"
#include "plat/xen/grants.hpp"
#include "plat/xen/hypervisor.hpp"
#include "plat/xen/store.hpp"

namespace {

using namespace uk::xen;
using uk::Errno;

alignas(uk::kPageSize) char g_page[uk::kPageSize];

// public/grant_table.h: struct gnttab_copy
struct GrantCopy {
    struct Place {
        uint64_t reference_or_frame;
        DomId domain;
        uint16_t offset;
        uint32_t padding;
    };
    Place source;
    Place target;
    uint16_t size;
    uint16_t flags;
    int16_t status;
    uint16_t padding;
};
static_assert(sizeof(GrantCopy) == 40);

uk::Paddr physical(const void* object) {
    return uk::Paddr{reinterpret_cast<uint64_t>(object) - UK_KERNEL_BASE};
}

// Copies 8 bytes out of a granted page, by the hypervisor, as a backend would.
int16_t copy_granted(uint32_t reference, uint64_t* to) {
    constexpr uint16_t kSourceIsReference = 1;
    GrantCopy copy{};
    copy.source = {reference, kSelf, 16, 0};
    copy.target = {physical(to).page_number(), kSelf,
                   static_cast<uint16_t>(physical(to).page_offset()), 0};
    copy.size = sizeof *to;
    copy.flags = kSourceIsReference;
    auto done = call(Call::grant_table, kGrantCopy, reinterpret_cast<uint64_t>(&copy), 1);
    return done.ok() ? copy.status : int16_t{-1000};
}

// A grant names its user by number; "self" is not one.
DomId own_number() {
    char text[8];
    auto size = store_read("domid", text);
    DomId number = 0;
    for (size_t i = 0; size.ok() && i < size.value(); i++) {
        number = static_cast<DomId>(number * 10 + (text[i] - '0'));
    }
    return number;
}

// Instead of the alarm that was set; the timer's interrupt sets that again.
bool set_timer(uint64_t at_ns) {
    SingleshotTimer request{at_ns, 0, 0};
    return call(Call::vcpu, kSetSingleshotTimer, uk::hal::cpu_index(),
                reinterpret_cast<uint64_t>(&request))
        .ok();
}

} // namespace

UK_TEST(refused_hypercalls_are_errors)
{
    UK_TEST_EXPECT(call(Call::sched, 999, 0).code() == Errno::nosys);
    uint64_t nobody = 0;
    UK_TEST_EXPECT(!call(Call::event_channel, kSendEvent, &nobody).ok());
    UK_TEST_EXPECT(parameter(static_cast<Parameter>(9999)).code() == Errno::inval);
}

UK_TEST(event_reaches_its_own_domain)
{
    AllocateUnbound here{kSelf, kSelf, 0};
    UK_TEST_ASSERT(call(Call::event_channel, kAllocateUnbound, &here).ok());
    BindInterdomain there{kSelf, 0, here.port, 0};
    UK_TEST_ASSERT(call(Call::event_channel, kBindInterdomain, &there).ok());
    mask_event(g_shared.info, here.port);
    UK_TEST_EXPECT(!take_event(g_shared.info, here.port));
    UK_TEST_EXPECT(call(Call::event_channel, kSendEvent, &there.local_port).ok());
    UK_TEST_EXPECT(take_event(g_shared.info, here.port));
    UK_TEST_EXPECT(!take_event(g_shared.info, here.port));
    UK_TEST_EXPECT(call(Call::event_channel, kCloseEvent, &there.local_port).ok());
    UK_TEST_EXPECT(call(Call::event_channel, kCloseEvent, &here.port).ok());
}

// As an emulator does that forgets what sti promises (docs/xen-under-emulation.md): the upcall's
// return address is that of the halt.
UK_TEST(upcall_before_a_halt_ends_it)
{
    constexpr uint64_t kAnother = 10'000'000'000; // interrupt, which would end it, too
    uk::hal::clock_idle_until(0);                 // lets Xen call us
    const uint64_t start = uk::hal::clock_monotonic_ns();
    UK_TEST_ASSERT(set_timer(start + kAnother));
    asm volatile("int %0\n\thlt" : : "i"(uk::x86::kFirstIrqVector + 1) : "memory");
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() - start < kAnother / 2);
    UK_TEST_EXPECT(set_timer(0));
}

UK_TEST(granted_page_is_read_by_the_hypervisor)
{
    auto table = grants();
    UK_TEST_ASSERT(table.ok());
    constexpr uint64_t kValue = 0x0123'4567'89ab'cdef;
    static uint64_t arrived = 0;
    __builtin_memcpy(g_page + 16, &kValue, sizeof kValue);
    auto shared = table.value()->share(own_number(), physical(g_page), Sharing::read_only);
    UK_TEST_ASSERT(shared.ok());
    uint32_t reference = GrantTable<Machine>::reference(shared.value());
    UK_TEST_EXPECT_EQ(copy_granted(reference, &arrived), 0);
    UK_TEST_EXPECT(arrived == kValue);
    UK_TEST_EXPECT(table.value()->end(shared.value()).ok());
    UK_TEST_EXPECT(copy_granted(reference, &arrived) != 0);
    UK_TEST_EXPECT(table.value()->end(shared.value()).code() == Errno::inval);
}

UK_TEST(xenstore_answers)
{
    char text[64];
    if (g_is_control_domain) {
        UK_TEST_EXPECT(store_read("domid", text).code() == Errno::nodev);
        UK_TEST_SKIP("the control domain has no xenstore");
    }
    auto number = store_read("domid", text);
    UK_TEST_ASSERT(number.ok());
    UK_TEST_EXPECT(number.value() >= 1 && text[0] >= '1' && text[0] <= '9');
    UK_TEST_EXPECT(store_read("data/no-such-thing", text).code() == Errno::noent);
    UK_TEST_EXPECT(store_read("name", {text, 1}).code() == Errno::range);
    UK_TEST_EXPECT(store_write("/local/domain/0/name", "x").code() == Errno::acces);
    UK_TEST_EXPECT(store_write("data/test", "by the guest").ok());
    auto back = store_read("data/test", text);
    UK_TEST_EXPECT(back.ok() && std::string_view(text, back.value()) == "by the guest");
    auto names = store_list("data", text);
    UK_TEST_EXPECT(names.ok() &&
                   std::string_view(text, names.value()) == std::string_view("test", 5));
}

// SPDX-License-Identifier: BSD-3-Clause
// The stack's lock, its thread, and what happens to it at boot.
#include <uk/lwip/stack.hpp>

#include <bit>

#include <lwip/dhcp.h>
#include <lwip/init.h>
#include <lwip/ip6_addr.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/timeouts.h>

#include <hooks.h>

#include <uk/alloc/box.hpp>
#include <uk/init.hpp>
#include <uk/hal/clock.hpp>
#include <uk/libparam.hpp>

#include "interface.hpp"
#include "sockets/tcp_end.hpp"
#include "stack_impl.hpp"

namespace uk::lwip {
namespace {

constexpr unsigned kMost = 8;   // devices
constexpr unsigned kBurst = 64; // packets of each before others get the lock
constexpr unsigned kMostRounds = 16;
constexpr uint64_t kMillisecond = 1'000'000;

constinit Mutex g_core("lwip");
constinit Wakes g_wakes;
constinit Interface* g_interfaces[kMost] = {};
constinit unsigned g_count = 0;
constinit Settings g_settings[kMost] = {};
constinit bool g_timer_started = false;    // under the lock
constinit bool g_looped = false;           // the same: netif_poll() has something to do
constinit Atomic<Thread*> g_boot{nullptr}; // waits for addresses

constinit params::List<const char*, kMost> g_texts;
UK_LIBPARAM_NAMED("netdev.ip", g_texts, string,
                  "addresses of the devices: address/prefix:gateway:dns0:dns1:host:domain");
constinit uint32_t boot_wait_ms = CONFIG_LIBLWIP_BOOT_WAIT_MS;
UK_LIBPARAM_PARAM(boot_wait_ms, u32, "how long main() waits for addresses, at most");
constinit uint32_t end_wait_ms = CONFIG_LIBLWIP_END_WAIT_MS;
UK_LIBPARAM_PARAM(end_wait_ms, u32, "how long the end waits until all has been sent, at most");

// Under the lock. Whether there may be more.
bool receive_all() {
    bool more = false;
    for (unsigned i = 0; i < g_count; i++)
        more = g_interfaces[i]->receive(kBurst) == kBurst || more;
    return more;
}

// Under the lock: what was sent to the machine itself arrives.
void deliver_loops() {
    // An answer may go to an interface that had its turn. Two sides that never stop wait.
    for (unsigned round = 0; g_looped && round < kMostRounds; round++)
        [[unlikely]] {
            g_looped = false;
            for (netif* each = netif_list; each != nullptr; each = each->next) {
                if (each->loop_first != nullptr)
                    netif_poll(each);
            }
        }
}

bool arm_all() {
    bool armed = true;
    for (unsigned i = 0; i < g_count; i++)
        armed = g_interfaces[i]->arm() && armed;
    return armed;
}

// Receives, and sleeps when there is nothing, until the next timer is due.
[[noreturn]] void* serve(void* /*argument*/) {
    for (;;) {
        uint32_t sleep_ms = 0;
        uint64_t now_ns = 0;
        {
            Core core;
            const uint32_t events = g_wakes.events.exchange_acq_rel(0);
            for (unsigned i = 0; (events & netdev::kLink) != 0 && i < g_count; i++)
                g_interfaces[i]->look_at_link();
            const bool more = receive_all();
            now_ns = hal::clock_monotonic_ns();
            uk_lwip_set_now(now_ns);
            sys_check_timeouts();
            if (!more && arm_all())
                sleep_ms = sys_timeouts_sleeptime();
            uk_lwip_set_now(0);
            g_timer_started = false;
        }
        // A lock that was waited for since may have taken the permit of the device's event.
        if (sleep_ms == 0 || g_wakes.events.load_acquire() != 0)
            sched::yield();
        else if (sleep_ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE)
            sched::park();
        else
            sched::park(now_ns + sleep_ms * kMillisecond);
    }
}

// --- what people see
// ------------------------------------------------------------------------------

// At boot it comes up without a word.
void log_link(netif& of, bool is_up) {
    Interface& interface = Interface::of(of);
    if (is_up && interface.link_was_down)
        uk_pr_info("%s: the link is up again\n", interface.name());
    if (!is_up)
        uk_pr_warn("%s: the link is down\n", interface.name());
    interface.link_was_down = !is_up;
}

#if LWIP_IPV4
void log_v4(netif& of, const netif_ext_callback_args_t& arguments) {
    char address[IP4ADDR_STRLEN_MAX];
    if (ip4_addr_isany_val(*netif_ip4_addr(&of))) {
        const ip_addr_t* before = arguments.ipv4_changed.old_address;
        if (before == nullptr || ip_addr_isany(before))
            return;
        (void)ip4addr_ntoa_r(ip_2_ip4(before), address, sizeof address);
        uk_pr_warn("%s: lost its address %s\n", Interface::of(of).name(), address);
        return;
    }
    char gateway[IP4ADDR_STRLEN_MAX];
    (void)ip4addr_ntoa_r(netif_ip4_addr(&of), address, sizeof address);
    (void)ip4addr_ntoa_r(netif_ip4_gw(&of), gateway, sizeof gateway);
    const int prefix = std::countl_one(lwip_ntohl(netif_ip4_netmask(&of)->addr));
    const bool has_gateway = !ip4_addr_isany_val(*netif_ip4_gw(&of));
#if LWIP_DHCP
    const char* how = dhcp_supplied_address(&of) != 0 ? " (DHCP)" : "";
#else
    const char* how = "";
#endif
    uk_pr_info("%s: %s/%d%s%s%s\n", Interface::of(of).name(), address, prefix,
               has_gateway ? " via " : "", has_gateway ? gateway : "", how);
}
#endif

#if LWIP_IPV6
void log_v6(netif& of, int8_t index) {
    const auto at = static_cast<uint8_t>(index);
    if (!ip6_addr_ispreferred(netif_ip6_addr_state(&of, at)))
        return;
    char address[IP6ADDR_STRLEN_MAX] = {};
    (void)ip6addr_ntoa_r(netif_ip6_addr(&of, at), address, sizeof address);
    for (char& letter : address) // RFC 5952, 4.3
        letter = letter >= 'A' && letter <= 'F' ? static_cast<char>(letter | 0x20) : letter;
    uk_pr_info("%s: %s\n", Interface::of(of).name(), address);
}
#endif

void on_change(netif* of, netif_nsc_reason_t reason, const netif_ext_callback_args_t* arguments) {
    if (of->linkoutput == nullptr) // the loopback
        return;
    if ((reason & LWIP_NSC_LINK_CHANGED) != 0)
        log_link(*of, arguments->link_changed.state != 0);
#if LWIP_IPV4
    if ((reason & LWIP_NSC_IPV4_SETTINGS_CHANGED) != 0)
        log_v4(*of, *arguments);
#endif
#if LWIP_IPV6
    if ((reason & LWIP_NSC_IPV6_ADDR_STATE_CHANGED) != 0)
        log_v6(*of, arguments->ipv6_addr_state_changed.addr_index);
#endif
    if (Thread* boot = g_boot.load_acquire())
        sched::unpark(*boot);
}

// --- boot
// -----------------------------------------------------------------------------------------

// Errors: EINVAL (said where).
Result<> read_settings() {
    for (unsigned i = 0; i < g_texts.count; i++) {
        const SettingsError error = parse_settings(g_texts.values[i], g_settings[i]);
        if (error.problem != nullptr) {
            uk_pr_err("netdev.ip=%s: '%.*s' %s\n", g_texts.values[i],
                      static_cast<int>(error.where.size()), error.where.data(), error.problem);
            return Errno::inval;
        }
    }
    return ok();
}

Result<> start_device(netdev::Device& device) {
    Interface* made = UK_TRY(make<Interface>(default_heap(), device)).release();
    const unsigned index = g_count;
    const Result<> started =
        made->start({.buffers = CONFIG_LIBLWIP_BUFFERS,
                     .settings = index < g_texts.count ? &g_settings[index] : nullptr,
                     .on_event = on_device_event,
                     .context = &g_wakes});
    if (started.code() == Errno::nomem)
        uk_pr_err(
            "no memory for %u receive buffers of 2 KiB; the machine needs more (MEM=), or the "
            "image fewer of them (LIBLWIP_BUFFERS)\n",
            CONFIG_LIBLWIP_BUFFERS);
    UK_TRY(started);
    g_interfaces[g_count++] = made;
    return ok();
}

Result<> start() {
    static constinit netif_ext_callback_t watch = {};
    UK_TRY(read_settings());
    {
        Core core;
        lwip_init();
        netif_add_ext_callback(&watch, on_change);
        for (unsigned i = 0; i < kMost; i++) {
            netdev::Device* device = netdev::find(i);
            if (device == nullptr)
                break;
            const Result<> started = start_device(*device);
            if (started.code() == Errno::busy)
                continue; // somebody else has it
            UK_TRY(started);
        }
    }
    if (g_texts.count > g_count)
        uk_pr_warn("netdev.ip= names %u addresses, but there are %u network devices\n",
                   g_texts.count, g_count);
    Ref<Thread> thread = UK_TRY(sched::create({.name = "lwip", .service = true}, serve, nullptr));
    g_wakes.service.store_release(thread.get());
    sched::unpark(*thread);
    (void)thread.release(); // for ever
    if (g_count != 0)
        sched::wake_source_add();
    return ok();
}

bool all_have_addresses() {
    Core core;
    for (unsigned i = 0; i < g_count; i++) {
        if (!g_interfaces[i]->has_address())
            return false;
    }
    return true;
}

void wait_for_addresses() {
    const uint64_t until = hal::clock_monotonic_ns() + boot_wait_ms * kMillisecond;
    g_boot.store_release(&sched::current());
    while (!all_have_addresses() && boot_wait_ms != 0) {
        if (hal::clock_monotonic_ns() >= until) {
            uk_pr_warn("no address after %u ms (lwip.boot_wait_ms); main() starts without\n",
                       boot_wait_ms);
            break;
        }
        sched::park(until);
    }
    g_boot.store_release(nullptr);
}

// --- the end
// ------------------------------------------------------------------------------------------

// Whether something that a program has sent, or the end of it, is still here.
bool has_unsent() {
    Core core;
    for (const tcp_pcb* one = tcp_active_pcbs; one != nullptr; one = one->next) {
        const bool waits = one->unsent != nullptr || one->unacked != nullptr;
        if (one->state >= ESTABLISHED && (waits || (one->flags & TF_CLOSEPEND) != 0))
            return true;
    }
    for (unsigned i = 0; i < g_count; i++) {
        if (g_interfaces[i]->unsent() != 0)
            return true;
    }
    return false;
}

// The machine is gone as soon as this is over, and what it would have repeated with it.
void finish() {
    constexpr uint64_t kSoon = kMillisecond;
    const uint64_t until = hal::clock_monotonic_ns() + end_wait_ms * kMillisecond;
    if (end_wait_ms == 0 || core_is_mine())
        return;
#ifdef CONFIG_LIBLWIP_SOCKETS
    {
        Core core;
        TcpEnd::end_all(); // nobody closes sockets when a program ends
    }
#endif
    while (has_unsent()) {
        const uint64_t now = hal::clock_monotonic_ns();
        if (now >= until)
            break;
        sched::park(now + kSoon);
    }
}

UK_INIT(lib, "network", start, .term = finish);
UK_INIT(late, "network addresses", wait_for_addresses);

} // namespace

Core::Core() {
    g_core.lock();
}

Core::~Core() {
    deliver_loops();
    const bool tell = g_timer_started;
    g_timer_started = false;
    g_core.unlock();
    if (tell) [[unlikely]] {
        if (Thread* service = g_wakes.service.load_acquire())
            sched::unpark(*service);
    }
}

std::string_view search_domain() {
    for (const Settings& one : g_settings) {
        if (one.domain[0] != '\0')
            return one.domain;
    }
    return {};
}

bool core_is_mine() {
    return g_core.held_by_me();
}

bool look() {
    if (g_count == 0 || !g_core.try_lock())
        return false;
    unsigned count = 0;
    for (unsigned i = 0; i < g_count; i++)
        count += g_interfaces[i]->receive(kBurst);
    deliver_loops();
    g_core.unlock();
    return count != 0;
}

} // namespace uk::lwip

extern "C" void uk_lwip_timer_started(void) {
    uk::lwip::g_timer_started = true;
}

extern "C" void uk_lwip_packet_looped(void) {
    uk::lwip::g_looped = true;
}

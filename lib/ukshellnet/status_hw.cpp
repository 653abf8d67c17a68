// SPDX-License-Identifier: BSD-3-Clause
// ifconfig, netstat: what the stack does at the moment.
#include <uk/abi/errno.h>
#include <uk/alloc/heap.hpp>
#include <uk/format.h>
#include <uk/lwip/status.hpp>
#include <uk/shell.hpp>

namespace uk::shell {
namespace {

unsigned long long wide(uint64_t number) {
    return number;
}

// --- interfaces ---

void show_losses(Output& out, const lwip::InterfaceStatus& of) {
    const struct {
        const char* what;
        uint64_t count;
    } losses[] = {{"received: no buffer was free (times)", of.rx_no_buffer},
                  {"received: not what a device should bring", of.rx_bad},
                  {"received: too long", of.rx_too_long},
                  {"received: copied, few buffers were left", of.rx_copied},
                  {"sent: not what the device takes", of.tx_bad},
                  {"sent: the device had no room", of.tx_no_room},
                  {"sent: no memory", of.tx_no_memory}};
    for (const auto& one : losses) {
        if (one.count != 0)
            out.append("      %s: %llu\n", one.what, wide(one.count));
    }
}

void show_interface(Output& out, const lwip::InterfaceStatus& of) {
    out.append("%-5s %s, ", of.name, of.driver != nullptr ? of.driver : "loopback");
    if (of.driver != nullptr)
        out.append("%02x:%02x:%02x:%02x:%02x:%02x, mtu %u, ", of.mac[0], of.mac[1], of.mac[2],
                   of.mac[3], of.mac[4], of.mac[5], of.mtu);
    out.append("link %s\n", of.link ? "up" : "down");
    if (of.v4.size != 0) {
        out.append("      inet %s/%u", lwip::text_of(of.v4).text, of.prefix);
        if (of.gateway.size != 0 && of.driver != nullptr)
            out.append(" via %s", lwip::text_of(of.gateway).text);
        out.append("%s\n", of.by_dhcp ? " (DHCP)" : "");
    }
    for (size_t i = 0; i < of.v6_count; i++)
        out.append("      inet6 %s%s%s\n", lwip::text_of(of.v6[i].address).text,
                   of.driver != nullptr ? " " : "", of.driver != nullptr ? of.v6[i].state : "");
    if (of.driver == nullptr)
        return;
    out.append("      received %llu packets, %llu bytes; sent %llu packets, %llu bytes\n",
               wide(of.rx_packets), wide(of.rx_bytes), wide(of.tx_packets), wide(of.tx_bytes));
    show_losses(out, of);
}

// Those of this name, or all; false if there are none.
bool show_interfaces(Output& out, std::string_view name) {
    bool shown = false;
    for (unsigned i = 0;; i++) {
        const Result<lwip::InterfaceStatus> status = lwip::interface_status(i);
        if (!status.ok())
            return shown;
        if (!name.empty() && name != status.value().name)
            continue;
        show_interface(out, status.value());
        shown = true;
    }
}

int only_shows(Call& call, const char* word) {
    char text[128];
    (void)uk_snprintf(text, sizeof text,
                      "'%.20s' is not supported: it only shows; netdev.ip= sets addresses", word);
    return call.misused(text);
}

int run_ifconfig(Call& call) {
    const bool all = call.words.size() == 2 && std::string_view(call.words[1]) == "-a";
    const char* const name = call.words.size() > 1 && !all ? call.words[1] : "";
    if (call.words.size() > 2 || name[0] == '-')
        return only_shows(call, call.words[call.words.size() > 2 ? 2 : 1]);
    if (show_interfaces(call.out, name))
        return 0;
    call.errors.append("%s: there is no interface '%s'; without a name it lists them\n",
                       call.name(), name);
    return 1;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> all) {
    for (const std::string_view& one : all) {
        if (one == word)
            return true;
    }
    return false;
}

// As much of iproute2's as ifconfig has.
int run_ip(Call& call) {
    static constexpr std::string_view kObjects[] = {"a", "addr", "address", "l", "link"};
    static constexpr std::string_view kShow[] = {"s", "show", "list", "ls"};
    const std::span<const char* const> words = call.words.subspan(1);
    if (!words.empty() && !is_one_of(words[0], kObjects))
        return only_shows(call, words[0]);
    if (words.size() > 1 && (words.size() > 2 || !is_one_of(words[1], kShow)))
        return only_shows(call, words[words.size() > 2 ? 2 : 1]);
    (void)show_interfaces(call.out, {});
    return 0;
}

// --- sockets ---

struct PlaceText {
    char text[52];
};

PlaceText place_text(const lwip::Address& address, uint16_t port) {
    PlaceText out;
    char number[8] = "*";
    if (port != 0)
        (void)uk_snprintf(number, sizeof number, "%u", unsigned{port});
    const lwip::AddressText text = lwip::text_of(address);
    (void)uk_snprintf(out.text, sizeof out.text, address.is_v6() ? "[%s]:%s" : "%s:%s",
                      address.size != 0 ? text.text : "*", number);
    return out;
}

int show_sockets(Call& call) {
    const size_t room = lwip::connections({}) + 16; // some may come meanwhile
    auto* const all =
        static_cast<lwip::ConnectionStatus*>(heap::allocate(room * sizeof(lwip::ConnectionStatus)));
    if (all == nullptr)
        return call.fail("cannot list", "sockets", -UK_ENOMEM);
    const size_t count = lwip::connections({all, room});
    call.out.append("%-5s %7s %-28s %-28s %s\n", "PROTO", "UNSENT", "LOCAL", "PEER", "STATE");
    for (size_t i = 0; i < count && i < room; i++) {
        const lwip::ConnectionStatus& one = all[i];
        call.out.append("%-5s %7u %-28s %-28s %s\n", one.protocol, one.unsent,
                        place_text(one.local, one.local_port).text,
                        place_text(one.peer, one.peer_port).text, one.state);
    }
    heap::deallocate(all);
    return 0;
}

int show_counters(Call& call) {
    lwip::ProtocolStatus all[lwip::kMostProtocols];
    const size_t count = lwip::protocols(all);
    if (count == 0) {
        call.errors.append("netstat: this image does not count (LIBLWIP_STATS)\n");
        return 1;
    }
    call.out.append("%-12s %10s %10s %10s  %s\n", "PROTOCOL", "RECEIVED", "SENT", "DROPPED",
                    "ERRORS");
    for (size_t i = 0; i < count; i++) {
        const lwip::ProtocolStatus& one = all[i];
        call.out.append("%-12s %10u %10u %10u", one.name, one.received, one.sent, one.dropped);
        for (const auto& problem : one.problems) {
            if (problem.count != 0)
                call.out.append("  %s %u", problem.name, problem.count);
        }
        call.out.append("\n");
    }
    const lwip::MemoryStatus memory = lwip::memory_status();
    call.out.append("memory: %llu bytes in use, %llu requests refused\n", wide(memory.used),
                    wide(memory.refused));
    return 0;
}

int run_netstat(Call& call) {
    if (call.words.size() == 1)
        return show_sockets(call);
    if (call.words.size() == 2 && std::string_view(call.words[1]) == "-s")
        return show_counters(call);
    return call.misused("there is no such option");
}

UK_SHELL_COMMAND({"ifconfig", "devices of the network and their addresses", run_ifconfig,
                  "[INTERFACE]"});
UK_SHELL_COMMAND({"ip", "the same", run_ip, "[addr [show]]"});
UK_SHELL_COMMAND({"netstat", "sockets; -s: packets, and why some were dropped", run_netstat,
                  "[-s]"});

} // namespace
} // namespace uk::shell

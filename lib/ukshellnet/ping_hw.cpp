// SPDX-License-Identifier: BSD-3-Clause
// ping: whether others answer, and how soon.
#include <uk/abi/in.h>
#include <uk/abi/socket.h>
#include <uk/abi/time.h>
#include <uk/base/strings.hpp>
#include <uk/hal/clock.hpp>
#include <uk/string.h>
#include <uk/syscall.h>

#include "echo.hpp"
#include "names.hpp"
#include "ping_words.hpp"

namespace uk::shell {
namespace {

constexpr uint64_t kInterval = 1'000'000'000; // ns

struct Target {
    lwip::Address address;
    uint32_t zone = 0; // an interface, of addresses that are not unique without; 0: none is named
};

class Ping {
  public:
    Ping(Call& call, const Target& to)
        : call_(call), to_(to.address), zone_(to.zone), v6_(to_.is_v6()) {}
    Ping(const Ping&) = delete;
    Ping& operator=(const Ping&) = delete;
    ~Ping() {
        if (fd_ >= 0)
            (void)uk_sys_close(static_cast<int>(fd_));
    }

    // 0, or a negative error of a system call.
    long open();
    // So many, or until Ctrl-C. As open().
    long run(uint64_t times);
    [[nodiscard]] unsigned sent() const { return sent_; }
    [[nodiscard]] const RoundTrips& trips() const { return trips_; }

  private:
    long send();
    void show_reply(uint64_t until);
    static void wait(uint64_t until);

    Call& call_;
    const lwip::Address& to_;
    uint32_t zone_;
    bool v6_;
    long fd_ = -1;
    unsigned sent_ = 0;
    uint64_t sent_ns_ = 0;
    bool answered_ = false;
    RoundTrips trips_;
};

long Ping::open() {
    fd_ = uk_sys_socket(v6_ ? UK_AF_INET6 : UK_AF_INET,
                        UK_SOCK_DGRAM | UK_SOCK_CLOEXEC | UK_SOCK_NONBLOCK,
                        v6_ ? UK_IPPROTO_ICMPV6 : UK_IPPROTO_ICMP);
    if (fd_ < 0)
        return fd_;
    uk_sockaddr_in v4 = {};
    v4.sin_family = UK_AF_INET;
    memcpy(&v4.sin_addr, to_.bytes, sizeof v4.sin_addr);
    uk_sockaddr_in6 v6 = {};
    v6.sin6_family = UK_AF_INET6;
    memcpy(&v6.sin6_addr, to_.bytes, sizeof v6.sin6_addr);
    v6.sin6_scope_id = zone_;
    const void* const place = v6_ ? static_cast<const void*>(&v6) : &v4;
    return uk_sys_connect(static_cast<int>(fd_), static_cast<const uk_sockaddr*>(place),
                          v6_ ? sizeof v6 : sizeof v4);
}

long Ping::send() {
    uint8_t message[kEchoSize];
    make_echo(message, v6_, static_cast<uint16_t>(sent_));
    sent_ns_ = hal::clock_monotonic_ns();
    const long done = uk_sys_write(static_cast<int>(fd_), message, sizeof message);
    if (done < 0)
        return done;
    sent_++;
    answered_ = false;
    return 0;
}

// One that comes before then; late ones of earlier echoes are no news.
void Ping::show_reply(uint64_t until) {
    const uint64_t now = hal::clock_monotonic_ns();
    if (until <= now || !wait_for(static_cast<int>(fd_), until - now))
        return;
    uint8_t message[kEchoSize + 1];
    const long got = uk_sys_read(static_cast<int>(fd_), message, sizeof message);
    if (got < 0)
        return;
    const Result<uint16_t> number = read_reply({message, static_cast<size_t>(got)}, v6_);
    if (!number.ok() || number.value() != static_cast<uint16_t>(sent_ - 1))
        return;
    answered_ = true;
    const uint64_t took = hal::clock_monotonic_ns() - sent_ns_;
    trips_.add(took);
    call_.out.append("%u bytes from %s: number %u, %s ms\n", unsigned{kEchoSize},
                     lwip::text_of(to_).text, sent_, milliseconds_text(took).text);
    call_.out.flush();
}

void Ping::wait(uint64_t until) {
    const uint64_t now = hal::clock_monotonic_ns();
    if (until > now)
        (void)wait_for(-1, until - now); // run() looks whether it was stopped
}

long Ping::run(uint64_t times) {
    for (uint64_t i = 0; i < times && !stopped(); i++) {
        const long done = send();
        if (done < 0)
            return done;
        const uint64_t until = sent_ns_ + kInterval;
        while (!answered_ && !stopped() && hal::clock_monotonic_ns() < until)
            show_reply(until);
        if (i + 1 != times && !stopped())
            wait(until);
    }
    return 0;
}

// The number of an interface that is named, or is one, behind a "%"; 0: there is none of it.
uint32_t find_zone(const char* name) {
    const Result<uint64_t> number = parse_u64(name, 10);
    for (unsigned i = 0;; i++) {
        const Result<lwip::InterfaceStatus> one = lwip::interface_status(i);
        if (!one.ok())
            return 0;
        const uint32_t index = one.value().index;
        if (std::string_view(one.value().name) == name || (number.ok() && number.value() == index))
            return index;
    }
}

// Whom. False after a message.
bool find_target(Call& call, const char* name, Target& out) {
    const char* zone = nullptr;
    const size_t size = split_zone(name, zone);
    if (zone == nullptr)
        return find_addresses(call, name, {&out.address, 1}) != 0;
    if (!lwip::parse_address({name, size}, out.address) || !out.address.is_v6()) {
        call.errors.append("%s: '%s': only addresses of IPv6 have an interface behind a %%\n",
                           call.name(), name);
        return false;
    }
    out.zone = find_zone(zone);
    if (out.zone == 0)
        call.errors.append("%s: '%s': there is no interface '%s'; ifconfig lists them\n",
                           call.name(), name, zone);
    return out.zone != 0;
}

int run_ping(Call& call) {
    PingWords words;
    const PingMistake wrong = read_ping(call.words.subspan(1), words);
    if (wrong.text[0] != '\0') {
        if (wrong.misused)
            return call.misused(wrong.text);
        call.errors.append("%s: %s\n", call.name(), wrong.text);
        return 1;
    }
    const char* const name = words.name;
    Target to;
    if (!find_target(call, name, to))
        return 2; // of iputils, too: 1 is for those who do not answer
    Ping ping(call, to);
    long done = ping.open();
    if (done >= 0)
        done = ping.run(words.times);
    if (done < 0) {
        (void)call.fail("cannot send to", name, done);
        return 2;
    }
    const RoundTrips& trips = ping.trips();
    call.out.append("%u sent, %u came back", ping.sent(), trips.count());
    if (trips.count() != 0)
        call.out.append("; least, mean, most: %s, %s, %s ms", milliseconds_text(trips.least()).text,
                        milliseconds_text(trips.mean()).text, milliseconds_text(trips.most()).text);
    call.out.append("\n");
    return trips.count() != 0 ? 0 : 1;
}

UK_SHELL_COMMAND({"ping", "whether somebody answers", run_ping, "[-c TIMES] NAME[%INTERFACE]"});

} // namespace
} // namespace uk::shell

// SPDX-License-Identifier: BSD-3-Clause
// Names: what is asked, and what becomes of answers of a name server on the loopback.
#include "../name_servers.hpp"
#include "../sockets/names.hpp"
#include "../sockets/udp_socket.hpp"
#include "host_inet.hpp"

#include <hooks.h>

#include <lwip/dns.h>

#include <algorithm>
#include <map>
#include <vector>

namespace {

using namespace inet_tests;
using uk::HostAddress;
using uk::lwip::find_name;
using uk::lwip::NameList;
using UdpSocket = uk::lwip::UdpSocket<HostInet>;
using Texts = std::vector<std::string>;

Texts asked_for(std::string_view host, std::string_view domain) {
    NameList names(host, domain);
    Texts out;
    while (const char* const name = names.next())
        out.emplace_back(name);
    return out;
}

TEST(NameList, TriesTheDomainFirstForShortNames) {
    EXPECT_EQ(asked_for("box", "example.org"), (Texts{"box.example.org", "box"}));
    EXPECT_EQ(asked_for("box", ""), Texts{"box"});
    EXPECT_EQ(asked_for("www.box", "example.org"), (Texts{"www.box", "www.box.example.org"}));
    EXPECT_EQ(asked_for("box.", "example.org"), Texts{"box"});
}

TEST(NameList, LeavesOutWhatCannotBeAsked) {
    EXPECT_EQ(asked_for("", "example.org"), Texts{});
    EXPECT_EQ(asked_for(".", ""), Texts{});
    EXPECT_EQ(asked_for("a..b", "org"), Texts{});
    EXPECT_EQ(asked_for(".a", ""), Texts{});
    EXPECT_EQ(asked_for(std::string_view("a\0b", 3), ""), Texts{});
    const std::string label(63, 'x');
    EXPECT_EQ(asked_for(label, ""), Texts{label});
    EXPECT_EQ(asked_for(label + "x", ""), Texts{});
    const std::string most = label + "." + label + "." + label + "." + label.substr(2);
    EXPECT_EQ(most.size(), 253U);
    EXPECT_EQ(asked_for(most, "org"), Texts{most});
    EXPECT_EQ(asked_for(most + "x", ""), Texts{});
}

// --- a name server ---

struct Answer {
    int rcode = 0;
    std::string data = {}; // of the record of the type that was asked for; none: no record
    uint32_t ttl = 0;
    bool after_alias = false;
};

// Answers questions for "name/4" and "name/6", does not answer others. Counts questions.
class Server {
  public:
    explicit Server(std::map<std::string, Answer> knows, uk::SocketAddress at = v4(53))
        : knows_(std::move(knows)) {
        socket_ = std::move(UdpSocket::make(at.family(), 0)).value();
        EXPECT_TRUE(socket_->bind(at).ok());
        thread_ = std::thread([this] {
            while (answer_one())
                continue;
        });
    }
    ~Server() {
        const uk::SocketAddress to = local(*socket_);
        const Ref<Socket> stop = std::move(UdpSocket::make(to.family(), 0)).value();
        EXPECT_TRUE(send_bytes(*stop, "", 0, 0, &to).ok());
        thread_.join();
    }
    int count(const std::string& question) {
        std::lock_guard guard(mutex_);
        return counts_[question];
    }

  private:
    bool answer_one() {
        char question[512];
        const uk::IoPiece piece{question, sizeof question};
        uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
        uk::SocketAddress from;
        uk::SocketIn message{.data = to, .from = &from};
        const Result<size_t> got = socket_->receive(message);
        if (!got.ok() || got.value() < 17)
            return false;
        const std::string text = answer({question, got.value()});
        if (!text.empty()) {
            EXPECT_TRUE(send_bytes(*socket_, text.data(), text.size(), 0, &from).ok());
        }
        return true;
    }
    std::string answer(const std::string& question) {
        std::string name;
        size_t at = 12;
        for (; question[at] != 0; at += 1 + static_cast<size_t>(question[at]))
            name += (name.empty() ? "" : ".") + question.substr(at + 1, size_t(question[at]));
        const bool v6 = question[at + 2] == 28;
        std::ranges::transform(name, name.begin(), ::tolower);
        name += v6 ? "/6" : "/4";
        std::lock_guard guard(mutex_);
        counts_[name]++;
        const auto found = knows_.find(name);
        if (found == knows_.end())
            return {};
        const Answer& know = found->second;
        std::string out = question.substr(0, at + 5);
        out[2] = '\x81';
        out[3] = static_cast<char>(0x80 | know.rcode);
        const std::string type(1, v6 ? 28 : 1);
        if (know.after_alias) { // CNAME "x", where the question's name is
            out[7]++;
            out += std::string("\xc0\x0c\0\5\0\1\0\0\0\1\0\3\1x\0", 15);
        }
        if (!know.data.empty()) {
            out[7]++;
            out += std::string("\xc0\x0c\0", 3) + type + std::string("\0\1\0\0\0", 5) +
                   static_cast<char>(know.ttl) + '\0' + static_cast<char>(know.data.size()) +
                   know.data;
        }
        return out;
    }

    std::mutex mutex_;
    std::map<std::string, Answer> knows_;
    std::map<std::string, int> counts_;
    Ref<Socket> socket_;
    std::thread thread_;
};

const std::string kV4 = {'\xc0', 0, 2, 7};
const std::string kV6 = {' ', 1, '\x0d', '\xb8', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};

class Names : public ::testing::Test {
  protected:
    Names() {
        set_others(netif_set_down);
        set({"127.0.0.1"});
    }
    ~Names() override {
        forget();
        set({});
        set_others(netif_set_up);
    }
    // Interfaces of other tests speak one version.
    static void set_others(void (*change)(netif*)) {
        HostInet::Core core;
        for (netif* one = netif_list; one != nullptr; one = one->next) {
            if (one->linkoutput != nullptr)
                change(one);
        }
    }

    static void forget() {
        HostInet::Core core;
        uk::lwip::forget_fixed_servers();
    }
    static void set(const std::vector<const char*>& servers) {
        HostInet::Core core;
        for (u8_t i = 0; i < DNS_MAX_SERVERS; i++) {
            ip_addr_t ip = {};
            if (i < servers.size()) {
                EXPECT_EQ(ipaddr_aton(servers[i], &ip), 1);
            }
            dns_setserver(i, i < servers.size() ? &ip : nullptr);
        }
    }
    // The addresses by their last byte, or the error.
    static std::string find(const char* name, int family = UK_AF_UNSPEC, const char* domain = "") {
        HostAddress out[4];
        const Result<size_t> found = find_name<HostInet>(name, family, out, domain);
        if (!found.ok())
            return found.error().name();
        std::string text;
        for (size_t i = 0; i < found.value(); i++) {
            const bool is_v4 = out[i].family == UK_AF_INET;
            text += (is_v4 ? "v4:" : "v6:") + std::to_string(out[i].bytes[is_v4 ? 3 : 15]) + " ";
        }
        return text;
    }

    Stack stack_;
};

TEST_F(Names, ComeFromBothVersions) {
    Server server({{"both.test/4", {.data = kV4}},
                   {"both.test/6", {.data = kV6}},
                   {"four.test/4", {.data = kV4, .after_alias = true}},
                   {"four.test/6", {}}});
    EXPECT_EQ(find("both.test"), "v4:7 v6:9 ");
    EXPECT_EQ(find("both.test", UK_AF_INET6), "v6:9 ");
    EXPECT_EQ(find("BOTH.test.", UK_AF_INET), "v4:7 ");
    EXPECT_EQ(find("four.test"), "v4:7 ");
    EXPECT_EQ(find("four.test", UK_AF_INET6), "ENODATA");
}

TEST_F(Names, AreSaidToBeMissingOrPerhapsLater) {
    Server server({{"none.test/4", {.rcode = 3}},
                   {"none.test/6", {.rcode = 3}},
                   {"sick.test/4", {.rcode = 2}},
                   {"sick.test/6", {.rcode = 2}},
                   {"forbidden.test/4", {.rcode = 5}},
                   {"forbidden.test/6", {.rcode = 5}},
                   {"half.test/4", {.rcode = 2}},
                   {"half.test/6", {.data = kV6}}});
    EXPECT_EQ(find("none.test"), "ENOENT");
    EXPECT_EQ(find("sick.test"), "EAGAIN");
    EXPECT_EQ(find("forbidden.test"), "EIO");
    EXPECT_EQ(find("half.test"), "v6:9 ");
    EXPECT_EQ(find("a..test"), "ENOENT");
}

TEST_F(Names, AreKeptAsLongAsTheyAreValid) {
    {
        Server first({{"kept.test/4", {.data = kV4, .ttl = 100}}, {"once.test/4", {.data = kV4}}});
        EXPECT_EQ(find("kept.test", UK_AF_INET), "v4:7 ");
        EXPECT_EQ(find("once.test", UK_AF_INET), "v4:7 ");
    }
    // On a busy machine a question may be asked twice before its answer comes; not behind it.
    Server second({{"once.test/4", {.data = kV4}}});
    EXPECT_EQ(find("kept.test", UK_AF_INET), "v4:7 ");
    EXPECT_EQ(find("once.test", UK_AF_INET), "v4:7 ");
    EXPECT_EQ(second.count("kept.test/4"), 0);
    EXPECT_GE(second.count("once.test/4"), 1);
}

TEST_F(Names, AreLookedForInTheDomain) {
    Server server({{"box.home.test/4", {.data = kV4}},
                   {"box/4", {.rcode = 3}},
                   {"a.b/4", {.rcode = 3}},
                   {"a.b.home.test/4", {.data = kV4}}});
    EXPECT_EQ(find("box", UK_AF_INET, "home.test"), "v4:7 ");
    EXPECT_EQ(server.count("box/4"), 0);
    EXPECT_EQ(find("box", UK_AF_INET), "ENOENT");
    EXPECT_EQ(find("a.b", UK_AF_INET, "home.test"), "v4:7 ");
}

TEST_F(Names, AskTheNextServerUnlessTheNameIsMissing) {
    set({"127.0.0.1", "::1"});
    Server first({{"sick.test/4", {.rcode = 2}}, {"none.test/4", {.rcode = 3}}});
    Server second({{"sick.test/4", {.data = kV4}}, {"none.test/4", {.data = kV4}}}, v6(53, "::1"));
    EXPECT_EQ(find("sick.test", UK_AF_INET), "v4:7 ");
    EXPECT_EQ(find("none.test", UK_AF_INET), "ENOENT");
}

TEST_F(Names, NeedAServer) {
    set({});
    EXPECT_EQ(find("any.test"), "ENOSYS");
}

// Nobody answers; the thread that asked goes away, and so does, later, its question.
TEST_F(Names, EndWithASignal) {
    Server server({});
    std::atomic<HostFiles::Thread*> self{nullptr};
    std::thread asks([&] {
        self = &HostFiles::current();
        EXPECT_EQ(find("silent.test"), "EINTR");
    });
    while (server.count("silent.test/6") == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    HostFiles::interrupt(*self.load());
    asks.join();
}

TEST_F(Names, NeedMemory) {
    HostFiles::allocations_left = 0;
    EXPECT_EQ(find("any.test"), "ENOMEM");
    HostFiles::allocations_left = ~size_t{0};
}

// --- servers of routers ---

std::string servers() {
    std::string out;
    for (u8_t i = 0; i < DNS_MAX_SERVERS; i++) {
        const ip_addr_t* const one = dns_getserver(i);
        out += ip_addr_isany(one) ? "-" : ipaddr_ntoa(one);
        out += " ";
    }
    return out;
}
void announce(const char* text, uint32_t seconds) {
    ip_addr_t ip;
    ASSERT_EQ(ipaddr_aton(text, &ip), 1);
    uk_lwip_rdnss(&ip, seconds);
}

// DHCP of another device puts its own in front, as lwIP does at each renewal.
TEST_F(Names, FixedServersStayInFrontOfThoseOfDhcp) {
    {
        HostInet::Core core;
        ip_addr_t fixed = {};
        ASSERT_EQ(ipaddr_aton("::1", &fixed), 1);
        uk::lwip::set_name_servers({&fixed, 1});
        EXPECT_EQ(servers(), "::1 127.0.0.1 - "); // in front of what was there
        ASSERT_EQ(ipaddr_aton("127.0.0.1", &fixed), 1);
        uk::lwip::set_name_servers({&fixed, 1}); // of a second device
        EXPECT_EQ(servers(), "::1 127.0.0.1 - ");
    }
    Server right({{"box.test/4", {.data = kV4}}, {"none.test/4", {.rcode = 3}}}, v6(53, "::1"));
    for (int lease = 0; lease < 2; lease++) {
        set({"127.0.0.9", "127.0.0.8", "127.0.0.7"});
        EXPECT_EQ(find(lease == 0 ? "box.test" : "none.test", UK_AF_INET),
                  lease == 0 ? "v4:7 " : "ENOENT");
        HostInet::Core core;
        EXPECT_EQ(servers(), "::1 127.0.0.1 127.0.0.9 ");
        announce("2001:db8::1", 100); // nobody asks routers then
        EXPECT_EQ(servers(), "::1 127.0.0.1 127.0.0.9 ");
    }
}

TEST_F(Names, ServersOfRoutersStandBehindOthers) {
    HostInet::Core core;
    announce("2001:db8::1", 100);
    announce("2001:db8::1", 50);
    announce("2001:db8::2", 100);
    announce("2001:db8::3", 100);
    EXPECT_EQ(servers(), "127.0.0.1 2001:DB8::1 2001:DB8::2 ");
    announce("2001:db8::1", 0);
    EXPECT_EQ(servers(), "127.0.0.1 2001:DB8::2 - ");
    announce("ff02::1", 100);
    announce("::", 100);
    EXPECT_EQ(servers(), "127.0.0.1 2001:DB8::2 - ");
}

} // namespace

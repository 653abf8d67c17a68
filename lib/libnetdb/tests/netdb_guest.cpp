// SPDX-License-Identifier: BSD-3-Clause
// Names of hosts and services by the functions of C.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uk/config.hpp>
#include <uk/socket/resolver.hpp>
#include <uk/test.hpp>

namespace {

// Knows one name, and is asked last.
uk::Result<size_t> find(std::string_view host, int family, std::span<uk::HostAddress> out) {
    if (host == "later.test") {
        return uk::Errno::again;
    }
    if (host != "known.test") {
        return uk::Errno::noent;
    }
    if (family == AF_INET6) {
        return uk::Errno::nodata;
    }
    out[0] = {AF_INET, {192, 0, 2, 7}, 0};
    out[1] = {AF_INET, {192, 0, 2, 8}, 0};
    return size_t{2};
}
UK_RESOLVER({.name = "the test's", .order = 1000, .find = find});

// The first address of a host as text, or what went wrong.
struct Asked {
    Asked(const char* host, const char* service, int family = AF_UNSPEC, int flags = 0,
          int type = SOCK_STREAM) {
        addrinfo hints{};
        hints.ai_family = family;
        hints.ai_flags = flags;
        hints.ai_socktype = type;
        code = getaddrinfo(host, service, &hints, &list);
        if (code != 0) {
            return;
        }
        for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
            count++;
        }
        code = getnameinfo(list->ai_addr, list->ai_addrlen, text, sizeof(text), port, sizeof(port),
                           NI_NUMERICHOST | NI_NUMERICSERV);
    }
    ~Asked() { freeaddrinfo(list); }
    bool is(const char* host, const char* service) const {
        return code == 0 && strcmp(text, host) == 0 && strcmp(port, service) == 0;
    }
    addrinfo* list = nullptr;
    int code = 0;
    int count = 0;
    char text[NI_MAXHOST];
    char port[NI_MAXSERV];
};

} // namespace

UK_TEST(addresses_as_text)
{
    char text[INET6_ADDRSTRLEN];
    in6_addr six;
    UK_TEST_EXPECT(inet_pton(AF_INET6, "2001:db8:0:0::1", &six) == 1);
    UK_TEST_EXPECT(strcmp(inet_ntop(AF_INET6, &six, text, sizeof(text)), "2001:db8::1") == 0);
    UK_TEST_EXPECT(inet_ntop(AF_INET6, &six, text, 5) == nullptr && errno == ENOSPC);
    UK_TEST_EXPECT(inet_pton(AF_UNIX, "1", &six) == -1 && errno == EAFNOSUPPORT);
    UK_TEST_EXPECT(inet_addr("127.1") == htonl(INADDR_LOOPBACK) && inet_addr("x") == INADDR_NONE);
    UK_TEST_EXPECT(strcmp(inet_ntoa({htonl(0x01020304)}), "1.2.3.4") == 0);
    UK_TEST_EXPECT(IN6_IS_ADDR_LOOPBACK(&in6addr_loopback) &&
                   IN6_IS_ADDR_UNSPECIFIED(&in6addr_any));
    UK_TEST_EXPECT(htons(0x1234) == 0x3412 && ntohl(htonl(7)) == 7);
}

UK_TEST(names_of_hosts_and_services)
{
    UK_TEST_EXPECT(Asked("10.1.2.3", "80").is("10.1.2.3", "80"));
    UK_TEST_EXPECT(Asked("::1", "http").is("::1", "80"));
    UK_TEST_EXPECT(Asked(nullptr, "7", AF_INET).is("127.0.0.1", "7"));
    UK_TEST_EXPECT(Asked(nullptr, "7", AF_INET, AI_PASSIVE).is("0.0.0.0", "7"));
    UK_TEST_EXPECT_EQ(Asked("10.1.2.3", "80", AF_UNSPEC, 0, 0).count, 3);
    UK_TEST_EXPECT_EQ(Asked("10.1.2.3", "80", AF_INET6).code, EAI_ADDRFAMILY);
    UK_TEST_EXPECT_EQ(Asked(nullptr, nullptr).code, EAI_NONAME);
    UK_TEST_EXPECT_EQ(Asked("known.test", "80", AF_INET, AI_NUMERICHOST).code, EAI_NONAME);
    UK_TEST_EXPECT_EQ(Asked("1.2.3.4", "nonsense").code, EAI_SERVICE);
    UK_TEST_EXPECT_EQ(Asked("1.2.3.4", "http", AF_INET, AI_NUMERICSERV).code, EAI_NONAME);
    UK_TEST_EXPECT_EQ(Asked("1.2.3.4", "80", AF_UNIX).code, EAI_FAMILY);
    UK_TEST_EXPECT_EQ(Asked("1.2.3.4", "80", AF_INET, 0x10000).code, EAI_BADFLAGS);
    const Asked known("known.test", "https");
    UK_TEST_EXPECT(known.is("192.0.2.7", "443") && known.count == 2);
    UK_TEST_EXPECT_EQ(Asked("known.test", "80", AF_INET6).code, EAI_NODATA);
    UK_TEST_EXPECT_EQ(Asked("later.test", "80").code, EAI_AGAIN);
    UK_TEST_EXPECT_EQ(Asked("unknown.test", "80").code, EAI_NONAME);
    UK_TEST_EXPECT(strcmp(gai_strerror(EAI_NONAME), "Name or service not known") == 0);
    const hostent* const host = gethostbyname("known.test");
    UK_TEST_ASSERT(host != nullptr && host->h_length == 4 && host->h_addr_list[2] == nullptr);
    UK_TEST_EXPECT(host->h_addr[3] == 7);
    UK_TEST_EXPECT(gethostbyname("unknown.test") == nullptr && h_errno == HOST_NOT_FOUND);
    UK_TEST_EXPECT(getservbyname("ntp", "udp")->s_port == htons(123) &&
                   getservbyname("ntp", "tcp") == nullptr);
    UK_TEST_EXPECT(strcmp(getservbyport(htons(22), nullptr)->s_name, "ssh") == 0);
    const protoent* const protocol = getprotobyname("tcp");
    UK_TEST_ASSERT(protocol != nullptr && protocol->p_proto == IPPROTO_TCP);
    UK_TEST_EXPECT(strcmp(protocol->p_aliases[0], "TCP") == 0 && protocol->p_aliases[1] == nullptr);
    UK_TEST_EXPECT(strcmp(getprotobynumber(IPPROTO_UDP)->p_name, "udp") == 0);
    UK_TEST_EXPECT(getprotobyname("nonsense") == nullptr && getprotobynumber(-1) == nullptr);
}

#ifdef CONFIG_LIBPOSIX_VFS
UK_TEST(names_in_the_file_of_hosts)
{
    const bool made = mkdir("/etc", 0755) == 0;
    if (access("/etc/hosts", F_OK) == 0) {
        UK_TEST_SKIP("this image has /etc/hosts");
    }
    const char text[] =
        "# nobody\n10.0.0.9  nine.test nine\n\nfe80::9 six.test\n10.0.0.10 nine # more";
    const int fd = open("/etc/hosts", O_WRONLY | O_CREAT, 0644);
    UK_TEST_ASSERT(write(fd, text, sizeof(text) - 1) == static_cast<ssize_t>(sizeof(text) - 1));
    UK_TEST_EXPECT(close(fd) == 0);
    UK_TEST_EXPECT(Asked("NINE.test", "1").is("10.0.0.9", "1"));
    UK_TEST_EXPECT_EQ(Asked("nine", "1").count, 2);
    UK_TEST_EXPECT(Asked("six.test", "1").is("fe80::9", "1"));
    UK_TEST_EXPECT_EQ(Asked("six.test", "1", AF_INET).code, EAI_NODATA);
    UK_TEST_EXPECT(Asked("localhost", "1", AF_INET).is("127.0.0.1", "1"));
    sockaddr_in nine{};
    nine.sin_family = AF_INET;
    nine.sin_addr.s_addr = htonl(0x0a000009);
    char name[32];
    UK_TEST_EXPECT(getnameinfo(reinterpret_cast<sockaddr*>(&nine), sizeof(nine), name, sizeof(name),
                               nullptr, 0, NI_NAMEREQD) == 0 &&
                   strcmp(name, "nine.test") == 0);
    UK_TEST_EXPECT_EQ(
        getnameinfo(reinterpret_cast<sockaddr*>(&nine), sizeof(nine), name, 4, nullptr, 0, 0),
        EAI_OVERFLOW);
    UK_TEST_EXPECT(unlink("/etc/hosts") == 0 && (!made || rmdir("/etc") == 0));
}
#endif

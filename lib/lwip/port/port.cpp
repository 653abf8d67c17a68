// SPDX-License-Identifier: BSD-3-Clause
// What lwIP calls of the system: memory, clock, chance, log. Under the stack's lock, all of it.
#include <lwip/arch.h>
#include <lwip/ip_addr.h>
#include <lwip/sys.h>

#include <hooks.h>

#include <uk/config.h>
#include <uk/format.h>
#include <uk/hal/clock.hpp>
#include <uk/lwip/block_heap.hpp>
#include <uk/lwip/checksum.hpp>
#include <uk/lwip/sequence.hpp>
#include <uk/random.hpp>
#include <uk/string.h>

namespace uk::lwip {
namespace {

// What lwIP has taken when a host test ends is nobody's fault, so the heap is never destroyed.
union Kept {
    constexpr Kept() : heap(size_t{CONFIG_LIBLWIP_MEMORY_KIB} * 1024) {}
#ifdef UK_HOST_TEST
    ~Kept() {}
#endif
    BlockHeap heap;
};
constinit Kept g_kept;
constinit SipKey g_secret;
constinit bool g_has_secret = false;
constinit uint64_t g_now_ns = 0;

// Numbers of one key, until they are used up.
struct Chance {
    uint32_t words[sizeof(random::Key) / 4] = {};
    unsigned left = 0;
};
constinit Chance g_chance;

// Secret as soon as the machine has brought enough chance; before, as good as there is.
random::Key take_key() {
    Result<random::Key> key = random::take_key();
    return key.ok() ? key.value() : random::take_insecure_key();
}

const SipKey& secret() {
    if (!g_has_secret) [[unlikely]] {
        const random::Key key = take_key();
        __builtin_memcpy(&g_secret, key.data(), sizeof g_secret);
        g_has_secret = true;
    }
    return g_secret;
}

void put_address(uint8_t (&to)[16], const ip_addr_t* from) {
#if LWIP_IPV6
    if (IP_IS_V6(from)) {
        __builtin_memcpy(to, ip_2_ip6(from)->addr, 16);
        return;
    }
#endif
#if LWIP_IPV4
    __builtin_memcpy(to, &ip_2_ip4(from)->addr, 4);
#endif
}

} // namespace

const BlockHeap::Stats& memory_stats() {
    return g_kept.heap.stats();
}

} // namespace uk::lwip

using namespace uk::lwip;

extern "C" void* uk_lwip_allocate(size_t size) {
    return g_kept.heap.allocate(size);
}

extern "C" void uk_lwip_free(void* block) {
    g_kept.heap.deallocate(block);
}

extern "C" uint16_t uk_lwip_sum(const void* data, int size) {
    return internet_sum({static_cast<const std::byte*>(data), static_cast<size_t>(size)});
}

extern "C" uint32_t uk_lwip_random(void) {
    if (g_chance.left == 0) {
        const uk::random::Key key = take_key();
        __builtin_memcpy(g_chance.words, key.data(), sizeof g_chance.words);
        g_chance.left = sizeof g_chance.words / 4;
    }
    uint32_t& word = g_chance.words[--g_chance.left];
    const uint32_t taken = word;
    word = 0;
    return taken;
}

extern "C" uint32_t uk_lwip_isn(const ip_addr_t* local, uint16_t local_port,
                                const ip_addr_t* remote, uint16_t remote_port) {
    Quadruple who;
    put_address(who.local, local);
    put_address(who.remote, remote);
    who.local_port = local_port;
    who.remote_port = remote_port;
    return initial_sequence(secret(), who, uk::hal::clock_monotonic_ns());
}

extern "C" void uk_lwip_say(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    uk_vprintk(UK_KLVL_INFO, UK_LIBNAME, nullptr, 0, format, arguments);
    va_end(arguments);
}

extern "C" void uk_lwip_set_now(uint64_t now_ns) {
    g_now_ns = now_ns;
}

extern "C" u32_t sys_now(void) {
    const uint64_t now_ns = g_now_ns != 0 ? g_now_ns : uk::hal::clock_monotonic_ns();
    return static_cast<u32_t>(now_ns / 1000000);
}

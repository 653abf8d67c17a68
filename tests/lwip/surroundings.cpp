// SPDX-License-Identifier: BSD-3-Clause
// What lwIP calls of the system, for its own unit tests: memory that the sanitizers watch, and
// numbers that are the same each time.
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <uk/assert.h>
#include <uk/lwip/checksum.hpp>
#include <uk/print.h>

extern "C" void uk_panic(const char* file, int line, const char* func, const char* fmt, ...) {
    va_list arguments;
    va_start(arguments, fmt);
    fprintf(stderr, "%s:%d: %s: ", file, line, func);
    vfprintf(stderr, fmt, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

extern "C" void uk_vprintk(int, const char*, const char*, int, const char* fmt, va_list arguments) {
    vfprintf(stderr, fmt, arguments);
}

extern "C" void uk_printk(int level, const char* libname, const char* srcfile, int line,
                          const char* fmt, ...) {
    va_list arguments;
    va_start(arguments, fmt);
    uk_vprintk(level, libname, srcfile, line, fmt, arguments);
    va_end(arguments);
}

extern "C" void uk_lwip_say(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
}

extern "C" uint32_t uk_lwip_random(void) {
    static uint32_t state = 1;
    return state = state * 1664525 + 1013904223;
}

extern "C" uint32_t uk_lwip_isn(const void*, uint16_t, const void*, uint16_t) {
    return uk_lwip_random();
}

extern "C" uint16_t uk_lwip_sum(const void* data, int size) {
    return uk::lwip::internet_sum({static_cast<const std::byte*>(data), static_cast<size_t>(size)});
}

// Who is told about errors are our sockets, which are not here.
extern "C" void uk_lwip_icmp_error(struct pbuf*, struct netif*) {}
extern "C" void uk_lwip_icmp6_error(struct pbuf*) {}

// Routers say it.
extern "C" const struct ip6_addr* uk_lwip_gateway_v6(struct netif*) {
    return nullptr;
}

extern "C" void uk_lwip_timer_started(void) {}
extern "C" void uk_lwip_packet_looped(void) {}

extern "C" void* uk_lwip_allocate(size_t size) {
    return aligned_alloc(16, (size + 15) & ~size_t{15});
}

extern "C" void uk_lwip_free(void* block) {
    free(block);
}

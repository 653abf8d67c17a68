// SPDX-License-Identifier: BSD-3-Clause
// The devices that netdev.host= names.
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/print.h>

#include "stream.hpp"
#include "tap.hpp"

namespace uk::hostnet {
namespace {

constexpr unsigned kMost = 4;

constinit params::List<const char*, kMost> g_words;
UK_LIBPARAM_NAMED("netdev.host", g_words, string,
                  "network devices: tap:NAME, stream:PATH or fd:NUMBER, with ,mac=...");

constinit std::byte g_memory[kMost][StreamDevice::kMemory]; // costs nothing before it is used
// Each by itself: of an array without initializers g++ 12 leaves out what virtual calls need.
constinit TapDevice g_taps[kMost] = {{}, {}, {}, {}};
constinit StreamDevice g_streams[kMost] = {StreamDevice{g_memory[0]}, StreamDevice{g_memory[1]},
                                           StreamDevice{g_memory[2]}, StreamDevice{g_memory[3]}};

template <class Kind>
Result<> open(Kind& device, const Wanted& wanted) {
    UK_TRY(device.open(wanted));
    netdev::add(device);
    return ok();
}

Result<> find_devices() {
    const std::span<const char* const> words = g_words.span();
    for (size_t i = 0; i < words.size(); i++) {
        Wanted wanted;
        if (!read_wanted(words[i], wanted)) {
            uk_pr_err("netdev.host=%s is none of tap:NAME, stream:PATH, fd:NUMBER, perhaps with "
                      ",mac=52:54:00:12:34:56\n",
                      words[i]);
            return Errno::inval;
        }
        const Result<> opened =
            wanted.kind == Wanted::Kind::tap ? open(g_taps[i], wanted) : open(g_streams[i], wanted);
        if (!opened.ok()) {
            uk_pr_err("netdev.host=%s: the host says %s\n", words[i], opened.error().name());
            return opened.error();
        }
    }
    return ok();
}

UK_INIT(dev, "hostnet", find_devices, .hint = "see netdev.host=");

} // namespace
} // namespace uk::hostnet

// SPDX-License-Identifier: BSD-3-Clause
// The host's getrandom() as a source of entropy.
#include <uk/linuxabi/call.hpp>
#include <uk/random/word_source.hpp>

#include "pages_isa.hpp" // of the architecture's folder

namespace uk::random {
namespace {

Delivery gather(Pool& pool, unsigned wanted) {
    return gather_words(pool, wanted, [](uint64_t& word) {
        constexpr int kNoWait = 1;
        return linuxabi::syscall(linuxabi::Sys::getrandom, &word, sizeof word, kNoWait) ==
               sizeof word;
    });
}

UK_ENTROPY_SOURCE({"host", gather});

} // namespace
} // namespace uk::random

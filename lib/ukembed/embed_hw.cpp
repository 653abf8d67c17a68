// SPDX-License-Identifier: BSD-3-Clause
// The archive, as the build packed it (Makefile.uk), and where it lies.
#include <uk/embed.hpp>

#ifndef UK_EMBED_FILE // a look at the source alone, by gates
#define UK_EMBED_FILE "/dev/null"
#endif

// The command that compiles this changes with the archive, which no compiler knows to be a part of
// it: UK_EMBED_STATE.
asm(".pushsection .rodata.ukembed, \"a\"\n"
    ".balign 4096\n"
    "uk_embedded_begin:\n"
    ".incbin \"" UK_EMBED_FILE "\"\n"
    "uk_embedded_end:\n"
    ".popsection\n");

extern "C" {
[[gnu::visibility("hidden")]] extern const std::byte uk_embedded_begin[];
[[gnu::visibility("hidden")]] extern const std::byte uk_embedded_end[];
}

namespace uk::embed {

std::span<const std::byte> archive() {
    return {uk_embedded_begin, uk_embedded_end};
}

} // namespace uk::embed

// SPDX-License-Identifier: BSD-3-Clause
// Random numbers that nobody can predict: for keys, hash seeds, and getrandom().
//
//     uint64_t seed;
//     UK_TRY(uk::random::fill(std::as_writable_bytes(std::span(&seed, 1))));
//
// Nothing is asked of the machine before somebody wants bytes. Then all sources of the image are
// mixed (<uk/random/source.hpp>), and until they have delivered 256 bits there is nothing: EAGAIN,
// and a line in the log that names what each source said. Thread context; from several CPUs at
// once.
#pragma once

#include <cstddef>
#include <span>

#include <uk/base/result.hpp>
#include <uk/random/generator.hpp>

namespace uk::random {

// Asks the sources unless there is a seed already. May take some milliseconds; waits for another
// thread that does it. Errors: EAGAIN (they have not delivered enough yet: ask again later).
[[nodiscard]] Result<> seed();

// Bytes of one request, from a key of its own. Seeds first, and again once a minute. Errors: as
// seed().
[[nodiscard]] Result<Key> take_key();
[[nodiscard]] Result<> fill(std::span<std::byte> out);

// What there is, seeded or not: for those who said that they do not need secrets
// (GRND_INSECURE).
[[nodiscard]] Key take_insecure_key();

} // namespace uk::random

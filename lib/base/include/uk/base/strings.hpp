// SPDX-License-Identifier: BSD-3-Clause
// Small parsers and helpers for text from users: numbers, sizes, booleans, "did you mean".
//
// All are pure, never allocate and may be called from anywhere. Whole strings only: leading or
// trailing blanks and junk are errors, so nothing is silently ignored.
#pragma once

#include <uk/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace uk {

/// An unsigned number. base 0 takes 0x, 0o, 0b prefixes (a plain leading zero is decimal), 2..36
/// that base with no prefix. EINVAL: not a number; ERANGE: does not fit.
Result<std::uint64_t> parse_u64(std::string_view text, unsigned base = 0);
/// The same with an optional sign.
Result<std::int64_t> parse_i64(std::string_view text, unsigned base = 0);
/// A byte count: a number as above with an optional suffix K M G T (powers of 1024, either case,
/// "KiB" and "KB" mean the same).
Result<std::uint64_t> parse_size(std::string_view text);
/// 1 y yes on true / 0 n no off false, in any case.
Result<bool> parse_bool(std::string_view text);

/// Number of single-character changes (insert, delete, replace, swap of neighbours) that turn one
/// into the other; `limit` + 1 when there are more than `limit`, or when either is longer than 63
/// characters and they differ.
unsigned edit_distance(std::string_view a, std::string_view b, unsigned limit);

/// The candidate nearest to `word` for a "did you mean" message: at most a third of its letters
/// differ (at least one may). Empty when none is near. The first wins among equals.
std::string_view closest_match(std::string_view word, std::span<const std::string_view> candidates);

/// Text without blanks (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text);

} // namespace uk

// SPDX-License-Identifier: BSD-3-Clause
// Names and values of parameters as text, both ways.
#pragma once

#include <string_view>

#include <uk/base/format.hpp>
#include <uk/libparam.hpp>

namespace uk::params {

using Message = TextBuffer<256>;

// "vfs.fstab". Pure, as everything here.
void append_name(Message& out, const Param& row);

// Whether the row's whole name is `name`.
[[nodiscard]] bool has_name(const Param& row, std::string_view name);

// Sets the value, or the next one of a list; nullptr means that only the name was given. False if
// it does not fit; nothing is changed then. The caller checks that a list has room.
[[nodiscard]] bool set_value(const Param& row, const char* value);

// "a number from 0 to 255": what set_value() accepts.
void append_expectation(Message& out, const Param& row);

// The value at `index` as a user would write it.
void append_value(Message& out, const Param& row, size_t index);

} // namespace uk::params

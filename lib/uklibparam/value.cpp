// SPDX-License-Identifier: BSD-3-Clause
// Turns the text of a parameter into its value, and back.
#include <uk/base/strings.hpp>
#include <uk/string.h>

#include "value.hpp"

namespace uk::params {

namespace {

// Width and sign of a number; bits == 0 for what is no number.
struct Shape {
    uint8_t bits;
    bool is_signed;
};

constexpr Shape shape_of(Type type) {
    switch (type) {
    case Type::s8:
        return {8, true};
    case Type::u8:
        return {8, false};
    case Type::s16:
        return {16, true};
    case Type::u16:
        return {16, false};
    case Type::s32:
        return {32, true};
    case Type::u32:
        return {32, false};
    case Type::s64:
        return {64, true};
    case Type::u64:
    case Type::size:
        return {64, false};
    case Type::boolean:
    case Type::string:
    case Type::custom:
        return {0, false};
    }
    return {0, false};
}

constexpr uint64_t largest(Shape shape) {
    return UINT64_MAX >> (64 - shape.bits + (shape.is_signed ? 1 : 0));
}

void store(const Param& row, size_t index, uint64_t bits) {
    switch (shape_of(row.type).bits) {
    case 8:
        static_cast<uint8_t*>(row.values)[index] = static_cast<uint8_t>(bits);
        break;
    case 16:
        static_cast<uint16_t*>(row.values)[index] = static_cast<uint16_t>(bits);
        break;
    case 32:
        static_cast<uint32_t*>(row.values)[index] = static_cast<uint32_t>(bits);
        break;
    default:
        static_cast<uint64_t*>(row.values)[index] = bits;
        break;
    }
}

// The stored number, extended to 64 bits by its sign.
uint64_t load(const Param& row, size_t index) {
    const Shape shape = shape_of(row.type);
    uint64_t bits = 0;
    switch (shape.bits) {
    case 8:
        bits = static_cast<const uint8_t*>(row.values)[index];
        break;
    case 16:
        bits = static_cast<const uint16_t*>(row.values)[index];
        break;
    case 32:
        bits = static_cast<const uint32_t*>(row.values)[index];
        break;
    default:
        bits = static_cast<const uint64_t*>(row.values)[index];
        break;
    }
    if (shape.is_signed && bits > largest(shape)) {
        bits |= ~largest(shape);
    }
    return bits;
}

bool set_number(const Param& row, size_t index, std::string_view text) {
    const Shape shape = shape_of(row.type);
    if (shape.is_signed) {
        auto number = parse_i64(text);
        const auto most = static_cast<int64_t>(largest(shape));
        if (!number.ok() || number.value() > most || number.value() < -most - 1) {
            return false;
        }
        store(row, index, static_cast<uint64_t>(number.value()));
        return true;
    }
    auto number = row.type == Type::size ? parse_size(text) : parse_u64(text);
    if (!number.ok() || number.value() > largest(shape)) {
        return false;
    }
    store(row, index, number.value());
    return true;
}

bool set_boolean(const Param& row, size_t index, const char* value) {
    bool* variable = static_cast<bool*>(row.values) + index;
    if (value == nullptr) {
        *variable = true;
        return true;
    }
    auto flag = parse_bool(value);
    if (flag.ok()) {
        *variable = flag.value();
    }
    return flag.ok();
}

} // namespace

void append_name(Message& out, const Param& row) {
    if (row.library != nullptr) {
        out.append("%s.", row.library);
    }
    out.append("%s", row.name);
}

bool has_name(const Param& row, std::string_view name) {
    const char* at = name.data();
    size_t left = name.size();
    if (row.library != nullptr) {
        const size_t size = strlen(row.library);
        if (left <= size || memcmp(at, row.library, size) != 0 || at[size] != '.') {
            return false;
        }
        at += size + 1;
        left -= size + 1;
    }
    return left == strlen(row.name) && memcmp(at, row.name, left) == 0;
}

bool set_value(const Param& row, const char* value) {
    const size_t index = row.count != nullptr ? *row.count : 0;
    bool fits = false;
    if (row.type == Type::boolean) {
        fits = set_boolean(row, index, value);
    } else if (value == nullptr) {
        fits = false;
    } else if (row.type == Type::string) {
        static_cast<const char**>(row.values)[index] = value;
        fits = true;
    } else if (row.type == Type::custom) {
        fits = static_cast<const Custom*>(row.values)->set(value);
    } else {
        fits = set_number(row, index, value);
    }
    if (fits && row.count != nullptr) {
        *row.count = static_cast<uint16_t>(index + 1);
    }
    return fits;
}

void append_expectation(Message& out, const Param& row) {
    const Shape shape = shape_of(row.type);
    if (row.type == Type::boolean) {
        out.append("on or off");
    } else if (row.type == Type::string) {
        out.append("text");
    } else if (row.type == Type::custom) {
        out.append("%s", static_cast<const Custom*>(row.values)->expects);
    } else if (row.type == Type::size) {
        out.append("a size such as 4096, 64K or 16M");
    } else {
        const uint64_t most = largest(shape);
        const auto least = shape.is_signed ? -static_cast<int64_t>(most) - 1 : 0;
        out.append("a number from %lld to %llu", static_cast<long long>(least),
                   static_cast<unsigned long long>(most));
    }
}

void append_value(Message& out, const Param& row, size_t index) {
    if (row.type == Type::boolean) {
        out.append("%s", static_cast<const bool*>(row.values)[index] ? "on" : "off");
    } else if (row.type == Type::string) {
        const char* text = static_cast<const char* const*>(row.values)[index];
        out.append(row.count != nullptr ? "\"%s\"" : "%s", text != nullptr ? text : "");
    } else if (row.type == Type::custom) {
        out.append("%s", static_cast<const Custom*>(row.values)->show());
    } else if (shape_of(row.type).is_signed) {
        out.append("%lld", static_cast<long long>(load(row, index)));
    } else {
        out.append("%llu", static_cast<unsigned long long>(load(row, index)));
    }
}

} // namespace uk::params

// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: any bytes as a command line, split and applied.
#include <uk/libparam.hpp>

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

using uk::params::List;
using uk::params::Param;
using uk::params::Type;

bool g_flag;
int32_t g_number;
uint64_t g_size;
const char* g_text;
List<const char*, 4> g_list;

const Param kRows[] = {
    uk::params::detail::row<Type::boolean>("a", "b", "flag", g_flag),
    uk::params::detail::row<Type::s32>("a", "n", "number", g_number),
    uk::params::detail::row<Type::size>("a", "s", "size", g_size),
    uk::params::detail::row<Type::string>("a", "t", "text", g_text),
    uk::params::detail::row<Type::string>("a", "l", "list", g_list),
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::vector<char> text(data, data + size);
    const uk::params::Words counted = uk::params::count_words(text);
    text.push_back(0);
    std::vector<char*> words(counted.count);
    const uk::params::Words split = uk::params::split(text, words);
    if (split.count != counted.count || split.separator != counted.separator) {
        abort();
    }
    const Param* rows[std::size(kRows)];
    for (size_t i = 0; i < std::size(kRows); i++) {
        rows[i] = &kRows[i];
    }
    g_list.count = 0; // strings of the last input are gone
    g_text = nullptr;
    (void)uk::params::apply(
        std::span(words).first(split.separator), rows, [](void*, bool, const char*) {}, nullptr);
    uk::params::print_help(
        rows, [](void*, const char*, size_t) {}, nullptr);
    return 0;
}

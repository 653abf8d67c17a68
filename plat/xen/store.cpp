// SPDX-License-Identifier: BSD-3-Clause
// This domain's xenstore: found when it is first asked for something.
#include "store.hpp"

#include <uk/base/late.hpp>
#include <uk/xen/store.hpp>

#include "hypervisor.hpp"

namespace uk {
namespace {

using namespace xen;

struct Line {
    EventPort port = 0;
    Patience patience{};
};

constinit Line g_line{};
constinit Late<Store> g_store;

void notify(void*) {
    (void)call(Call::event_channel, kSendEvent, &g_line.port).ok();
}

bool wait(void*, unsigned round) {
    return g_line.patience.wait(round);
}

Result<Store*> connect() {
    if (!g_store.ready()) {
        uint64_t frame = UK_TRY(parameter(Parameter::store_frame));
        g_line.port = static_cast<EventPort>(UK_TRY(parameter(Parameter::store_port)));
        volatile void* page = UK_TRY(view_page(frame));
        g_store.emplace(*static_cast<volatile StorePage*>(page), StorePort{notify, wait, nullptr});
    }
    return &*g_store;
}

} // namespace

Result<> xen::store_write(std::string_view path, std::string_view value) {
    return UK_TRY(connect())->write(path, value);
}

Result<size_t> xen::store_read(std::string_view path, std::span<char> value) {
    return UK_TRY(connect())->read(path, value);
}

Result<size_t> xen::store_list(std::string_view path, std::span<char> names) {
    return UK_TRY(connect())->list(path, names);
}

} // namespace uk

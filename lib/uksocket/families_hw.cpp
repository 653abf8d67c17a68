// SPDX-License-Identifier: BSD-3-Clause
// The families of this image.
#include <uk/socket.hpp>

namespace uk::socket {

namespace {

constinit Broken g_broken = nullptr;

} // namespace

void set_broken(Broken broken) {
    g_broken = broken;
}

void Image::broken() {
    if (g_broken != nullptr)
        g_broken();
}

Result<Ref<Socket>> make(const SocketKind& kind, uint32_t status) {
    return make_socket<Socket>(UK_SECTION_SPAN(uk_socket_families), kind, status);
}

Result<SocketPair<Socket>> make_pair(const SocketKind& kind, uint32_t status) {
    return make_socket_pair<Socket>(UK_SECTION_SPAN(uk_socket_families), kind, status);
}

} // namespace uk::socket

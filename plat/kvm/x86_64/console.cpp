// SPDX-License-Identifier: BSD-3-Clause
// Early console of a KVM guest: COM1, if there is one.
#include <uk/hal/console.hpp>

#include <uk/hal_arch/port_io.hpp>
#include <uk/uart/com1.hpp>
#include <uk/uart/ns16550.hpp>

namespace uk {
namespace {

constexpr uint16_t kCom1 = 0x3f8;

static_assert(io::RegIo<hal::PortIo>);
constinit uart::Ns16550 g_port{hal::PortIo{kCom1}};
constinit bool g_started = false;

// An image that writes nothing spends nothing on it.
uart::Ns16550<hal::PortIo>& port() {
    if (!g_started) [[unlikely]] {
        g_started = true;
        g_port.start();
    }
    return g_port;
}

} // namespace

bool uart::com1_await_input(bool prove, bool& there) {
    there = g_port.await_input(prove);
    return g_port.present();
}

bool uart::com1_take_interrupt() {
    return g_port.take_interrupt();
}

void hal::console_write(const char* data, size_t size) {
    port().write_all(data, size);
}

Result<size_t> hal::console_read(char* data, size_t size) {
    return port().read_some(data, size);
}

Result<hal::ConsoleSize> hal::console_terminal() {
    return ConsoleSize{};
}

} // namespace uk

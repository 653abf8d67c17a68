// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: another domain that writes anything into the pages of console and xenstore, and
// changes its mind whenever we wait.
#include <uk/xen/console_ring.hpp>
#include <uk/xen/store.hpp>

#include <cstring>

namespace {

// The input is a list of changes to the page, made whenever this side waits or rings.
struct Hostile {
    unsigned char* page;
    size_t page_size;
    const uint8_t* data;
    size_t size;

    bool change() {
        constexpr size_t kHead = 3; // offset (2 bytes), count
        if (size < kHead) {
            return false;
        }
        size_t offset = (data[0] | data[1] << 8) % page_size;
        size_t count = data[2];
        data += kHead;
        size -= kHead;
        count = count < size ? count : size;
        count = count < page_size - offset ? count : page_size - offset;
        std::memcpy(page + offset, data, count);
        data += count;
        size -= count;
        return true;
    }
};

struct Port {
    Hostile* other;
    void notify() { (void)other->change(); }
    bool wait(unsigned) { return other->change(); }
};

void console(const uint8_t* data, size_t size) {
    using namespace uk::xen;
    static ConsolePage page;
    std::memset(&page, 0, sizeof page);
    Hostile other{reinterpret_cast<unsigned char*>(&page), sizeof page, data, size};
    ConsoleRing<Port> ring(page, Port{&other});
    char text[300] = {};
    while (other.size >= 3) {
        (void)ring.write_all(text, sizeof text).ok();
        (void)ring.read_some(text, sizeof text).ok();
        (void)ring.flush();
        (void)other.change();
    }
}

void store(const uint8_t* data, size_t size) {
    using namespace uk::xen;
    static StorePage page;
    std::memset(&page, 0, sizeof page);
    Hostile other{reinterpret_cast<unsigned char*>(&page), sizeof page, data, size};
    StorePort port{[](void* self) { (void)static_cast<Hostile*>(self)->change(); },
                   [](void* self, unsigned) { return static_cast<Hostile*>(self)->change(); },
                   &other};
    Store client(page, port);
    char text[64];
    for (int i = 0; i < 8; i++) {
        (void)client.read("name", text).ok();
        (void)client.write("data/x", {text, sizeof text}).ok();
        (void)client.list("device", text).ok();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    if (data[0] % 2 == 0) {
        console(data + 1, size - 1);
    } else {
        store(data + 1, size - 1);
    }
    return 0;
}

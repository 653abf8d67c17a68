// SPDX-License-Identifier: BSD-3-Clause
// A small web server: files of a folder, and what the machine is doing as JSON and for Prometheus.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <new>

#include <unistd.h>

#include "server.hpp"
#include "system.hpp"

namespace {

using httpd::Settings;
using httpd::Text;

volatile bool g_stop = false;

void stop(int /*signal*/) {
    g_stop = true;
}

constexpr const char kHelp[] =
    "A web server for the files of a folder; also /api/status, /api/image and /metrics.\n"
    "\n"
    "  --port N           the port to listen at (";
constexpr const char kMoreHelp[] =
    ")\n"
    "  --address A        the IPv4 address to listen at (0.0.0.0: all there are)\n"
    "  --root FOLDER      whose files are served (/www)\n"
    "  --connections N    so many at once; idle ones make room for new ones (4096)\n"
    "  --idle SECONDS     how long a connection may wait between requests (15)\n"
    "  --help             this\n";

void say(int fd, std::string_view text) {
    (void)!write(fd, text.data(), text.size());
}

// "httpd: WHAT: WHY"
int fail(std::string_view what, std::string_view why, std::string_view more = "") {
    char room[512];
    Text text(room);
    text.add("httpd: ").add(what).add(": ").add(why).add(more).add("\n");
    say(STDERR_FILENO, text.view());
    return 2;
}

bool number(const char* text, unsigned least, unsigned most, unsigned& value) {
    unsigned long found = 0;
    const char* at = text;
    for (; *at >= '0' && *at <= '9' && found <= most; at++)
        found = found * 10 + static_cast<unsigned long>(*at - '0');
    if (at == text || *at != '\0' || found < least || found > most)
        return false;
    value = static_cast<unsigned>(found);
    return true;
}

// -1: serve with these settings; else the exit status.
int read_arguments(int count, char* words[], Settings& settings) {
    for (int i = 1; i < count; i++) {
        const std::string_view word = words[i];
        if (word == "--help") {
            char room[1024];
            Text text(room);
            say(STDOUT_FILENO, text.add(kHelp).add(httpd::kPort).add(kMoreHelp).view());
            return 0;
        }
        const bool known = word == "--port" || word == "--address" || word == "--root" ||
                           word == "--connections" || word == "--idle";
        if (!known)
            return fail(word, "no such option; --help lists them");
        if (i + 1 == count)
            return fail(word, "its value is missing");
        const char* value = words[++i];
        if (word == "--address")
            settings.address = value;
        else if (word == "--root")
            settings.root = value;
        else if (word == "--port" && !number(value, 1, 65535, settings.port))
            return fail(value, "a port is a number from 1 to 65535");
        else if (word == "--connections" && !number(value, 1, 1'000'000, settings.connections))
            return fail(value, "a number from 1 to 1000000");
        else if (word == "--idle" && !number(value, 1, 86400, settings.idle_seconds))
            return fail(value, "seconds are a number from 1 to 86400");
    }
    return -1;
}

std::string_view hint(int error, const char* what, const Settings& settings) {
    if (what == settings.root)
        return httpd::system_root_hint();
    if (error == EADDRINUSE || error == EACCES)
        return " (another port: --port N)";
    return error == EINVAL ? " (an IPv4 address is four numbers, 0.0.0.0 is all there are)" : "";
}

// Nobody could come to any address: better an end that says so than a wait for ever.
bool waits_for_nobody(const Settings& settings) {
    const std::string_view hint = httpd::system_without_network();
    if (hint.empty() || std::string_view(settings.address) != Settings().address)
        return false;
    char room[256];
    Text text(room);
    text.add("httpd: the machine has no network device, so nobody could reach it (").add(hint);
    say(STDERR_FILENO, text.add(")\n").view());
    return true;
}

// Blocked but while the server waits, so that none comes between looking and waiting.
void take_signals() {
    struct sigaction action {};
    action.sa_handler = stop;
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    sigprocmask(SIG_BLOCK, &both, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    signal(SIGPIPE, SIG_IGN); // write() says it, too
}

} // namespace

int main(int argc, char* argv[]) {
    Settings settings;
    const int status = read_arguments(argc, argv, settings);
    if (status >= 0)
        return status;
    if (waits_for_nobody(settings))
        return 1;
    take_signals();
    // For ever; 20 KiB of it are for putting replies together.
    alignas(httpd::Server) static char room[sizeof(httpd::Server)];
    auto& server = *new (room) httpd::Server(settings);
    const char* what = "";
    if (const int error = server.start(what))
        return fail(what, strerror(error), hint(error, what, settings));
    char line[512];
    Text text(line);
    text.add("httpd: serving ").add(settings.root).add(" at http://").add(settings.address);
    text.add(":").add(settings.port).add("/\n");
    say(STDOUT_FILENO, text.view());
    if (const int error = server.run(g_stop))
        return fail("waiting", strerror(error));
    say(STDOUT_FILENO, "httpd: stopped\n");
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// Addresses of names by lwIP's DNS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>

#include <lwip/ip_addr.h>

#include <uk/abi/poll.h>
#include <uk/abi/socket.h>
#include <uk/base/result.hpp>
#include <uk/socket/resolver.hpp>

#include "environment.hpp"

namespace uk::lwip {

// What is asked for when a program wants `host`: names that can be in a question (RFC 1035, 2.3.4),
// each once. A name with a dot is tried as it is, then below `domain`; one without the other way
// round; one that ends with a dot only as it is. Pure; refers to both texts.
class NameList {
  public:
    NameList(std::string_view host, std::string_view domain);
    // Null: that was all. Valid until the next call.
    const char* next();

  private:
    bool put(std::string_view domain);

    std::string_view host_, domain_;
    bool domain_first_ = false;
    uint8_t step_ = 0;
    char text_[254] = {};
};

// Questions for the addresses of one name, one for each version of IP. Lives until lwIP has
// answered all of them, even when nobody waits any more. All functions under the stack's lock.
class NameQuestion {
  public:
    NameQuestion(const NameQuestion&) = delete;
    NameQuestion& operator=(const NameQuestion&) = delete;

    // `family`: of all, those that the machine speaks. Errors: ENOSYS (no server is known),
    // EAGAIN (too many questions).
    [[nodiscard]] Result<> ask(const char* name, int family);
    [[nodiscard]] bool is_done() const { return waits_ == 0; }
    // Errors: as Resolver::find().
    [[nodiscard]] Result<size_t> result(std::span<HostAddress> out) const;
    // Nobody waits any more: destroy() comes now, or after the last answer.
    void let_go();

  protected:
    NameQuestion() = default;
    ~NameQuestion() = default;

    // The last answer has come. Does not block.
    virtual void on_done() = 0;
    virtual void destroy() = 0;

  private:
    enum class State : uint8_t { unasked, waits, found, missing };
    struct Answer {
        NameQuestion* whose = nullptr;
        ip_addr_t ip = {};
        State state = State::unasked;
        int rcode = 0;
    };

    static void on_answer(const char* name, const ip_addr_t* ip, void* answer);
    Result<> ask_one(const char* name, bool v6);

    Answer answers_[2]; // IPv4, IPv6
    uint8_t waits_ = 0;
    bool v6_first_ = false;
    bool is_left_ = false;
};

namespace detail {

template <SocketEnvironment E>
class WaitedQuestion final : public NameQuestion {
  public:
    typename E::Source source;

  private:
    void on_done() override { (void)source.notify(UK_POLLIN); }
    void destroy() override {
        this->~WaitedQuestion();
        E::deallocate(this);
    }
};

template <SocketEnvironment E>
Result<size_t> ask_name(const char* name, int family, std::span<HostAddress> out) {
    using Core = typename E::Core;
    void* const memory = E::allocate(sizeof(WaitedQuestion<E>));
    if (memory == nullptr)
        return Errno::nomem;
    auto& question = *::new (memory) WaitedQuestion<E>;
    Result<> done = ok();
    {
        Core core;
        done = question.ask(name, family);
    }
    if (done.ok()) {
        done = wait_for_packets<E>(
            question.source, UK_POLLIN, ReadyShare::all,
            [&] {
                Core core;
                return question.is_done();
            },
            kReadyNever);
    }
    Core core;
    const Result<size_t> found = done.ok() ? question.result(out) : Result<size_t>(done.error());
    question.let_go();
    return found;
}

} // namespace detail

// As Resolver::find(). lwIP gives up a name after 7 s for each server.
template <SocketEnvironment E>
[[nodiscard]] Result<size_t> find_name(std::string_view host, int family,
                                       std::span<HostAddress> out, std::string_view domain) {
    Errno problem = Errno::noent;
    NameList names(host, domain);
    while (const char* const name = names.next()) {
        const Result<size_t> found = detail::ask_name<E>(name, family, out);
        if (found.code() != Errno::noent && found.code() != Errno::nodata)
            return found;
        if (problem == Errno::noent)
            problem = found.code();
    }
    return problem;
}

} // namespace uk::lwip

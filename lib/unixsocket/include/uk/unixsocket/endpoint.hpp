// SPDX-License-Identifier: BSD-3-Clause
// Endpoint: what a socket of AF_UNIX is apart from being an open file, as a template over the
// environment; unix(7), POSIX.1-2017. <uk/unixsocket/socket.hpp> makes files of it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uk/abi/poll.h>
#include <uk/base/atomic.hpp>
#include <uk/base/list.hpp>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/file/ready_wait.hpp>
#include <uk/socket/basic_socket.hpp>
#include <uk/spinlock/basic.hpp>
#include <uk/unixsocket/names.hpp>
#include <uk/unixsocket/queue.hpp>
#include <uk/unixsocket/rights.hpp>

namespace uk::unixsocket {

template <class E>
class Endpoint;

// What all endpoints share. The mutex comes before those of endpoints, and nobody waits under it.
template <class E>
struct Domain {
    typename E::Mutex mutex;
    NameTable<E, Endpoint<E>> names;
    uint32_t next_name = 0; // of those without one that need one
};

// What endpoints ask of their environment besides: files, descriptors, paths; all static.
template <class E>
concept Environment = ReadyEnvironment<E> &&
    requires(std::string_view path, const typename E::Place& place, int fd, bool close_on_exec,
             Ref<typename E::File> file) {
    typename E::Socket; // a BasicSocket over E::File
    typename E::Mutex;  // sleeps
    { E::domain() } -> std::same_as<Domain<E>&>;
    { E::credentials() } -> std::same_as<uk_ucred>;
    { E::file_of(fd) } -> std::same_as<Result<Ref<typename E::File>>>;
    { E::add_file(file, close_on_exec) } -> std::same_as<Result<int>>;
    // A new socket of the file systems, EADDRINUSE if there is something; and one that is there,
    // ECONNREFUSED if it is something else. ENOSYS without paths.
    { E::make_node(path) } -> std::same_as<Result<typename E::Place>>;
    { E::find_node(path) } -> std::same_as<Result<typename E::Place>>;
    { E::key(place) } -> std::same_as<const void*>; // the same for the same node; null: empty
};

// How long one call may wait. The clock is asked only if it does.
struct Patience {
    bool waits;
    uint64_t timeout_ns; // SocketOptions::kNoTimeout: for ever

    template <class E>
    [[nodiscard]] uint64_t deadline() const {
        return timeout_ns == kReadyNever ? timeout_ns : E::now_ns() + timeout_ns;
    }
};

// Counted: its file, its peer and those who just send to it have references. Thread context, any
// number of threads. Locks, in this order: the domain's mutex, which guards who is connected to
// whom and who has which name; the mutex of one endpoint, which guards what it receives. Bytes are
// copied under the mutex of the receiver; references to files are dropped under none.
template <class E>
class Endpoint {
  public:
    using Source = typename E::Source;
    using Mutex = typename E::Mutex;
    using OwnName = Name<E>;

    // `type`: UK_SOCK_STREAM, UK_SOCK_DGRAM, UK_SOCK_SEQPACKET. Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<Endpoint>> make(int type) {
        void* const memory = E::allocate(sizeof(Endpoint));
        if (memory == nullptr)
            return Errno::nomem;
        return Ref<Endpoint>::adopt(*::new (memory) Endpoint(type));
    }
    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) != 1)
            return;
        if (OwnName* const own = name())
            own->ref_release();
        this->~Endpoint();
        E::deallocate(this);
    }

    // As those of BasicSocket.
    [[nodiscard]] Result<> bind(const SocketAddress& to);
    [[nodiscard]] Result<> bind_to_some();
    [[nodiscard]] Result<> listen(unsigned backlog);
    [[nodiscard]] Result<> connect(const SocketAddress& to, const Patience& patience);
    [[nodiscard]] Result<Ref<Endpoint>> accept(const Patience& patience, SocketAddress* peer);
    void shutdown(int how);
    [[nodiscard]] Result<> name(SocketSide side, SocketAddress& out);
    // Two new ones that nobody else knows.
    static void join(Endpoint& one, Endpoint& other);
    // The file goes. Once.
    void close() { close(false); }

    // `limit`: bytes that may wait to be received, the sender's SO_SNDBUF.
    [[nodiscard]] Result<size_t> send(SocketOut& message, size_t limit, const Patience& patience);
    [[nodiscard]] Result<size_t> receive(SocketIn& message, const Patience& patience);
    [[nodiscard]] uint32_t ready(size_t limit);
    [[nodiscard]] Source& source() { return source_; }

    [[nodiscard]] Errno take_error();
    [[nodiscard]] uk_ucred peer_credentials();
    // Bytes that can be received (EINVAL: it listens); and that the peer has not taken.
    [[nodiscard]] Result<size_t> incoming();
    [[nodiscard]] size_t outgoing();

    [[nodiscard]] int type() const { return type_; }
    [[nodiscard]] OwnName* name() const { return name_.load_acquire(); }
    [[nodiscard]] bool listens() const { return state_.load_acquire() == kListening; }
    Atomic<bool> passes_credentials{false}; // SO_PASSCRED
    ListNode<Endpoint> name_node;

  private:
    using Attached = Attachment<Endpoint, Rights<E>>;
    using Queue = RecordQueue<E, Attached>;

    static constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
    static constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM | UK_POLLWRBAND;
    static constexpr uint32_t kAll = kIn | kOut | UK_POLLRDHUP | UK_POLLHUP | UK_POLLERR;
    static constexpr uint32_t kIdle = 0, kListening = 1, kConnected = 2; // state_
    static constexpr uint32_t kReceive = 1, kSend = 2, kBoth = 3;        // shut_
    static constexpr unsigned kMostDatagrams = 512; // from those to whom it is not connected

    explicit Endpoint(int type) : type_(type) {}
    ~Endpoint() = default;

    [[nodiscard]] bool is_datagram() const { return type_ == UK_SOCK_DGRAM; }
    [[nodiscard]] bool is_shut(uint32_t way) const { return (shut_.load_acquire() & way) != 0; }

    // Wiring.
    void close(bool not_accepted);
    void leave_peer(bool not_accepted, bool unread);
    bool flush();
    [[nodiscard]] Result<Ref<Endpoint>> find(const WantedName& wanted);
    Result<> set_name(const WantedName& wanted, typename E::Place place);
    Result<> connect_datagrams(const SocketAddress& to);
    Result<> connect_stream(Endpoint& to, Ref<Endpoint>& other_end, bool& full);
    void join_clients(Endpoint* peer);
    void shut(uint32_t ways);
    void tell_end();

    // Messages.
    Result<> attach(const SocketOut& message, Attached& with);
    Result<> admit(Attached& with, Endpoint& to);
    void forget(const Rights<E>& rights);
    [[nodiscard]] Result<Ref<Endpoint>> may_send(const SocketOut& message, size_t limit);
    Result<size_t> send_stream(SocketOut& message, Attached& with, size_t limit,
                               const Patience& patience);
    Result<size_t> send_packet(SocketOut& message, Attached& with, size_t limit,
                               const Patience& patience);
    Result<size_t> put_part(IoPieces& from, Attached& with, size_t limit);
    Result<> put_packet(const Endpoint& sender, IoPieces& from, Attached& with, size_t limit);
    void lose_peer(const Endpoint& peer);
    [[nodiscard]] bool has_room(const Endpoint& sender, size_t size, size_t limit) const;
    template <class Room>
    Result<> wait_for_room(Endpoint& to, const Patience& patience, Room room);

    struct Taken;
    Result<size_t> receive_stream(SocketIn& message, Taken& taken, const Patience& patience);
    Result<size_t> receive_packet(SocketIn& message, Taken& taken, const Patience& patience);
    Result<> take_stream(SocketIn& message, Taken& taken);
    Result<> take_packet(SocketIn& message, Taken& taken);
    Result<> wait_for_more(const Patience& patience);
    void deliver(SocketIn& message, Taken& taken);
    void after_taking(bool waited, bool freed, bool more);

    Atomic<uint32_t> refs_{1};
    const int type_;
    Atomic<uint32_t> state_{kIdle};
    // Counted. Of a datagram socket under the domain's mutex and its own; of the others set once,
    // and there until close(): who has the file needs no lock.
    Atomic<Endpoint*> peer_{nullptr};
    Atomic<OwnName*> name_{nullptr}; // counted; set once
    Atomic<uint32_t> shut_{0};       // changed under the mutex

    // Under the domain's mutex.
    uk_ucred peer_credentials_{0, ~uk_uid_t{0}, ~uk_gid_t{0}};
    unsigned in_flight_ = 0;    // how often it is among descriptors that are on their way
    unsigned holds_ = 0;        // how many sockets of this domain are on their way to it
    bool not_accepted_ = false; // the listener has it still
    bool bound_ = false;        // or just being bound

    Mutex mutex_; // what follows
    Queue queue_;
    bool dead_ = false; // its file has gone
    Errno error_ = Errno::ok;
    size_t limit_ = 0;     // of who sent last
    unsigned waiting_ = 0; // threads that wait for room
    unsigned backlog_ = 0;
    unsigned pending_count_ = 0;
    ListNode<Endpoint> pending_node_;
    List<&Endpoint::pending_node_> pending_; // each has a reference
    ListNode<Endpoint> client_node_;
    List<&Endpoint::client_node_> clients_; // datagram sockets that are connected to it

    Source source_; // who wants to receive, and pollers
    Source room_;   // who wants to send to it, and connect to it
};

} // namespace uk::unixsocket

#include <uk/unixsocket/receive_impl.hpp>
#include <uk/unixsocket/send_impl.hpp>
#include <uk/unixsocket/wiring_impl.hpp>

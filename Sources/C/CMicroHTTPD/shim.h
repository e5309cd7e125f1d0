// The HTTP server libmicrohttpd, for the HTTP target alone.
#pragma once
#include <microhttpd.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// Whether anything at all has come on a connection: tcpi_bytes_received of the kernel's tcp_info,
// which only grows at its end. The C library's form of it ends before that member, and the
// kernel's header cannot be read beside it.
static inline int chttp_has_received(int fd) {
  unsigned long long info[17] = {0};
  socklen_t length = sizeof info;
  return getsockopt(fd, IPPROTO_TCP, 11 /* TCP_INFO */, info, &length) == 0 &&
         length == sizeof info && info[16] > 0;
}

// Whether the other end has closed its side, or the connection has failed: POLLRDHUP, which poll.h
// declares for _GNU_SOURCE alone. A look at the next byte would not tell: under TLS a last message
// lies before the end.
static inline int chttp_has_ended(int fd) {
  struct pollfd look = {.fd = fd, .events = 0x2000};
  return poll(&look, 1, 0) > 0;
}

// Who is to be told of a request that the library refuses by itself.
struct chttp_watcher {
  void (*refused)(void *context, unsigned int status);
  void *context;
};

// Of such a request the library tells nobody but its log, where the status of its answer is the
// first value. Here and not in Swift, because what a va_list is depends on the processor.
static void chttp_log(void *watcher, const char *format, va_list values) {
  const struct chttp_watcher *told = (const struct chttp_watcher *)watcher;
  if (strstr(format, "(HTTP response code is %u") != NULL)
    told->refused(told->context, va_arg(values, unsigned int));
}

// A socket that listens: its flags and options are macros and need a long list of calls.
static inline int chttp_listen(const struct sockaddr *address, socklen_t length) {
  int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, address, length) == 0 && listen(fd, 511) == 0) return fd;
  int code = errno;
  close(fd);
  errno = code;
  return -1;
}

// accept4(2) is declared for _GNU_SOURCE alone, which would make this module's view of the system
// headers differ from every other module's.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
static inline int chttp_accept(int fd, struct sockaddr *address, socklen_t *length) {
  return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// Leaves percent escapes as they are: the library would decode %00 and %2F before anyone could
// refuse them.
static size_t chttp_keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

// The library asks for a certificate before it starts. The server gives each session its own, so
// nobody ever calls this; a session without one would fail.
static int chttp_no_certificate(void) { return -1; }

// The options of MHD_start_daemon are variadic, which Swift cannot call.
// priorities: what TLS may use, in GnuTLS's words; NULL without TLS.
static inline struct MHD_Daemon *chttp_start(
    unsigned int flags, MHD_AccessHandlerCallback handler,
    MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connected,
    void *(*addressed)(void *, const char *, struct MHD_Connection *),
    struct chttp_watcher *watcher, void *context, unsigned int connections,
    unsigned int idle_seconds, size_t connection_bytes, const char *priorities) {
  struct MHD_OptionItem secure[] = {
      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)priorities},
      {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)chttp_no_certificate},
      {MHD_OPTION_END, 0, NULL}};
  if (priorities == NULL) secure[0] = secure[2];
  return MHD_start_daemon(
      flags, 0, NULL, NULL, handler, context, MHD_OPTION_EXTERNAL_LOGGER, chttp_log, watcher,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context, MHD_OPTION_NOTIFY_CONNECTION, connected,
      context, MHD_OPTION_URI_LOG_CALLBACK, addressed, context,
      MHD_OPTION_CONNECTION_LIMIT, connections,
      MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      connection_bytes, MHD_OPTION_UNESCAPE_CALLBACK, chttp_keep_escapes, NULL,
      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, secure, MHD_OPTION_END);
}

// Variadic: the epoll descriptor that becomes readable when MHD_run has work; -1 without one.
static inline int chttp_epoll_descriptor(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info == NULL ? -1 : info->epoll_fd;
}

// Variadic: the descriptor of a connection; -1 where it has none.
static inline int chttp_descriptor(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : info->connect_fd;
}

// Variadic: the GnuTLS session of a connection; NULL without TLS.
static inline void *chttp_tls_session(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info == NULL ? NULL : info->tls_session;
}

// Variadic: an event stream may be silent for longer than a request.
static inline void chttp_never_time_out(struct MHD_Connection *connection) {
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
}

// The value of a macro that is a cast, which Swift does not import.
static inline uint64_t chttp_unknown_size(void) { return MHD_SIZE_UNKNOWN; }
static inline ssize_t chttp_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }

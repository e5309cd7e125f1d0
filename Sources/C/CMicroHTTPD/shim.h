// The HTTP server libmicrohttpd, for the HTTP target alone.
#pragma once
#include <microhttpd.h>
#include <netdb.h>
#include <string.h>
#include <sys/stat.h>

// Leaves percent escapes as they are: the library would decode %00 and %2F before anyone could
// refuse them.
static size_t chttp_keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

// The options of MHD_start_daemon are variadic, which Swift cannot call.
static inline struct MHD_Daemon *chttp_start(
    unsigned int flags, const struct sockaddr *address, MHD_AccessHandlerCallback handler,
    MHD_RequestCompletedCallback completed, void *context, unsigned int connections,
    unsigned int idle_seconds, size_t connection_bytes) {
  return MHD_start_daemon(
      flags, 0, NULL, NULL, handler, context, MHD_OPTION_SOCK_ADDR, address,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context, MHD_OPTION_CONNECTION_LIMIT, connections,
      MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      connection_bytes, MHD_OPTION_UNESCAPE_CALLBACK, chttp_keep_escapes, NULL,
      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

// Variadic: the epoll descriptor that becomes readable when MHD_run has work; -1 without one.
static inline int chttp_epoll_descriptor(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info == NULL ? -1 : info->epoll_fd;
}

// Variadic: the port that the system chose where none was asked for.
static inline unsigned int chttp_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info == NULL ? 0 : info->port;
}

// Variadic: an event stream may be silent for longer than a request.
static inline void chttp_never_time_out(struct MHD_Connection *connection) {
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
}

// The value of a macro that is a cast, which Swift does not import.
static inline uint64_t chttp_unknown_size(void) { return MHD_SIZE_UNKNOWN; }
static inline ssize_t chttp_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }

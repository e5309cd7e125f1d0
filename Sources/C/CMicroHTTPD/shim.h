// The HTTP server libmicrohttpd, for the HTTP target alone.
#pragma once
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdarg.h>

// What the server is started with; the calls below are variadic, which Swift cannot call.
struct http_limits {
  unsigned connections;
  unsigned idle_seconds;
  size_t memory_per_connection;
};

// libmicrohttpd speaks to the standard error stream by itself unless it is given another ear.
static inline void http_log_nothing(void *context, const char *format, va_list arguments) {
  (void)context, (void)format, (void)arguments;
}

// A daemon without a thread of its own: the caller watches its epoll descriptor.
static inline struct MHD_Daemon *http_start(struct sockaddr_in *address, struct http_limits limits,
                                            MHD_AccessHandlerCallback handler,
                                            MHD_RequestCompletedCallback completed,
                                            void *context) {
  return MHD_start_daemon(
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, ntohs(address->sin_port), 0, 0,
      handler, context, MHD_OPTION_EXTERNAL_LOGGER, http_log_nothing, (void *)0,
      MHD_OPTION_SOCK_ADDR, (struct sockaddr *)address, MHD_OPTION_CONNECTION_LIMIT,
      limits.connections, MHD_OPTION_CONNECTION_TIMEOUT, limits.idle_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits.memory_per_connection,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context, MHD_OPTION_END);
}

static inline int http_epoll_descriptor(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info ? info->epoll_fd : -1;
}

static inline unsigned http_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}

// A stream lives for as long as its client does.
static inline void http_never_idle(struct MHD_Connection *connection) {
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
}

// Macros with casts.
static const ssize_t http_end_of_stream = -1;
static const uint64_t http_size_unknown = (uint64_t)-1;

// What Linux and glibc offer beyond Swift's Glibc module, for the Linux target alone.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// open(2) and ioctl(2) are variadic, which Swift cannot call.
static inline int linux_open(const char *path, int flags, unsigned mode) {
  return open(path, flags, mode);
}

// Takes a terminal for this process alone: a second opener gets EBUSY (unless it is root).
static inline int linux_lock_terminal(int fd) { return ioctl(fd, TIOCEXCL); }

// The identifier of the wake-up is carried in the 64-bit member of a packed union.
static inline int linux_epoll_set(int epoll, int operation, int fd, unsigned events,
                                  unsigned long long token) {
  struct epoll_event event = {.events = events, .data = {.u64 = token}};
  return epoll_ctl(epoll, operation, fd, &event);
}

static inline unsigned long long linux_epoll_token(const struct epoll_event *event) {
  return event->data.u64;
}

// The path of a local socket lies in a fixed array, which Swift sees as a tuple of 108 members.
static inline int linux_local_address(struct sockaddr_un *address, const char *path) {
  address->sun_family = AF_UNIX;
  for (unsigned i = 0; i < sizeof address->sun_path; i++)
    if (!(address->sun_path[i] = path[i])) return 0;
  return -1;
}

// The name shown by ps and top; a plain prctl(2) is variadic.
static inline int linux_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// accept4(2) is declared for _GNU_SOURCE alone, which would make this module's view of the
// system headers differ from Swift's own.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
static inline int linux_accept(int fd) {
  return accept4(fd, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static inline int linux_local_socket(void) {
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

// flock(2) shares its name with a structure, which hides the function from Swift.
extern int flock(int fd, int operation);
static inline int linux_lock_file(int fd) { return flock(fd, 2 | 4 /* LOCK_EX | LOCK_NB */); }

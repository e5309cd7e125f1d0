// Preloaded into stationd: notes the kernel's times of GPIO edges and the ends of disk commits.
//
// Each is a line of the file that EDGE_TRACE names, with nanoseconds of the monotonic clock:
// "edge TIME" as an edge is read, "sync BEGUN ENDED" as fdatasync returns. The time of an edge is
// that of the kernel's interrupt. The lines leave in one write each, so two threads never mix them.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static int trace(void) {
  static int file = -1;
  const char *path = getenv("EDGE_TRACE");
  if (file < 0 && path) file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return file;
}

static void note(const char *text, int length) {
  // A line that is lost is missed by the test that waits for it.
  if (write(trace(), text, (size_t)length) != length) return;
}

int fdatasync(int file) {
  static int (*next)(int);
  if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  char text[96];
  long long begun = now();
  int status = next(file);
  note(text, snprintf(text, sizeof text, "sync %lld %lld\n", begun, now()));
  return status;
}

int gpiod_line_event_read_fd_multiple(int file, struct gpiod_line_event *events, unsigned most) {
  static int (*next)(int, struct gpiod_line_event *, unsigned);
  if (!next)
    next = (int (*)(int, struct gpiod_line_event *, unsigned))dlsym(
        RTLD_NEXT, "gpiod_line_event_read_fd_multiple");
  int count = next(file, events, most);
  for (int index = 0; index < count; index++) {
    char text[96];
    long long at = events[index].ts.tv_sec * 1000000000LL + events[index].ts.tv_nsec;
    note(text, snprintf(text, sizeof text, "edge %lld\n", at));
  }
  return count;
}

// Terminals and keyboards that a program makes for another to find, for the Twins target alone.
#pragma once
#include <libevdev/libevdev-uinput.h>
#include <libevdev/libevdev.h>
#include <linux/uinput.h>
#include <pty.h>
#include <sys/ioctl.h>

// Swift sees no variadic function, and no ioctl whose number is computed.
static inline int twins_unlock_terminal(int fd) { return ioctl(fd, TIOCNXCL); }

// libevdev has no call for this one; it is given the descriptor afterwards.
static inline int twins_set_port(int uinput, const char *port) {
  return ioctl(uinput, UI_SET_PHYS, port);
}

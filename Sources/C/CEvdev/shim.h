// Input devices of the kernel through libevdev, for the Linux target alone.
#pragma once
#include <libevdev/libevdev-uinput.h>
#include <libevdev/libevdev.h>
#include <linux/uinput.h>
#include <sys/ioctl.h>

// Swift sees no ioctl whose number is computed. libevdev has no call for this one; it is given
// the descriptor afterwards.
static inline int evdev_set_port(int uinput, const char *port) {
  return ioctl(uinput, UI_SET_PHYS, port);
}

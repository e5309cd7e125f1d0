// Input devices of the kernel through libevdev, for the Linux target alone.
#pragma once
#include <libevdev/libevdev.h>

// Readiness and watchdog messages of libsystemd, for the Linux target alone.
#pragma once
#include <systemd/sd-daemon.h>

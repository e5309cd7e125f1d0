// The HTTP server libmicrohttpd, for the HTTP target alone.
#pragma once
#include <microhttpd.h>

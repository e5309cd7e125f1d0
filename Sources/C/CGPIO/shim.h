// GPIO lines of libgpiod 1.6 and 2, for the GPIO target alone.
#pragma once
#include <gpiod.h>

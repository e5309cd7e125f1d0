// Modbus over a serial line, of libmodbus, for Modbus alone.
#pragma once
#include <errno.h>
#include <modbus.h>

// The library's own error numbers are macros over macros, which Swift does not see.
static inline int modbus_error_is_exception(int code) {
  return code > MODBUS_ENOBASE && code < EMBBADCRC;
}
static inline int modbus_error_of_exception(int code) { return MODBUS_ENOBASE + code; }
static inline int modbus_error_bad_answer(void) { return EMBBADCRC; }
static inline int modbus_error_is_of_library(int code) { return code >= EMBBADCRC; }

// libFuzzer's entry for programs that have a main of their own; it comes with the toolchain.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Returns the exit status when the run is over; an input that fails ends the process.
int LLVMFuzzerRunDriver(
    int *argument_count, char ***arguments, int (*run)(const uint8_t *bytes, size_t count));

// CBOR items of libcbor, for DecoderProbes alone.
#pragma once
#include <cbor.h>

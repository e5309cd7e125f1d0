// CBOR items of libcbor, for MemberCode alone.
#pragma once
#include <cbor.h>

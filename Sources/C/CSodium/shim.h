// Ed25519 signatures and SHA-256 of libsodium, for MemberCode alone.
#pragma once
#include <sodium.h>

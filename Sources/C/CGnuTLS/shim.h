// TLS and its certificates, from the library by which libmicrohttpd speaks TLS. For the HTTP target
// alone.
#pragma once
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

// gnutls_free is a variable that anybody may set, which Swift does not take for safe.
static inline void ctls_free(void *memory) { gnutls_free(memory); }

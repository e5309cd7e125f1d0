// TLS contexts of libssl, for the MQTT target alone.
#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// A macro in the library, with a cast that Swift does not see through.
static inline long tls_set_oldest_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version);
}

// The place of the object that is told why a peer's certificate was refused.
static inline void tls_set_listener(SSL_CTX *context, void *listener) {
  SSL_CTX_set_app_data(context, listener);
}

static inline void *tls_listener(X509_STORE_CTX *store) {
  SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  return ssl ? SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) : NULL;
}

// The floor of the door's path: wakes up over a pipe, checks one signature, says when it was done.
//
//   signature PUBLIC-KEY    Ed25519, the one line of base64 in its PEM file (RFC 8410)
//
// Input: a 16-bit length, 64 bytes of signature, the signed bytes; the length counts the rest.
// Output: for each, the monotonic clock in nanoseconds after the check, 64 bits; 0 for a bad one.
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words) {
  // 12 bytes of algorithm, then the key.
  unsigned char der[12 + crypto_sign_PUBLICKEYBYTES];
  size_t length = 0;
  if (sodium_init() < 0 || count != 2 ||
      sodium_base642bin(der, sizeof der, words[1], strlen(words[1]), 0, &length, 0,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      length != sizeof der) {
    fputs("usage: signature PUBLIC-KEY\n", stderr);
    return 2;
  }
  unsigned char message[4096];
  for (;;) {
    // The writer hands over a whole message at once, far below what a pipe keeps together.
    ssize_t got = read(0, message, sizeof message);
    if (got <= 0) return got == 0 ? 0 : 1;
    uint16_t size;
    if (got < 66) return 1;
    memcpy(&size, message, 2);
    if (got != size + 2) return 1;
    int bad = crypto_sign_verify_detached(message + 2, message + 66, size - 64, der + 12);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t done = bad ? 0 : (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    if (write(1, &done, 8) != 8) return 1;
  }
}

// The floor of a record's way to a watcher: a message through the broker and one flush to disk.
//
//   relay PORT USER PASSWORD FILE COUNT
//
// Publishes COUNT messages of 200 bytes at QoS 1, one every 10 ms, to a topic to which it also
// subscribes; each one that comes back is appended to FILE and flushed, a flush each.
// Output: the middle and the 99th of 100 times from publication to flush, in nanoseconds.
#include <fcntl.h>
#include <mosquitto.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char topic[] = "ws/v1/relay/out";
static int file, count, came;
static volatile int subscribed;
static uint64_t *times;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void sleep_until(uint64_t nanoseconds) {
  struct timespec time = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, 0);
}

static void connected(struct mosquitto *client, void *context, int code) {
  (void)context;
  if (code == 0) mosquitto_subscribe(client, 0, topic, 1);
}

static void granted(struct mosquitto *client, void *context, int id, int n, const int *qos) {
  (void)client, (void)context, (void)id, (void)n, (void)qos;
  subscribed = 1;
}

static void received(struct mosquitto *client, void *context, const struct mosquitto_message *m) {
  (void)client, (void)context;
  uint64_t sent;
  if (m->payloadlen < 8 || came >= count) return;
  memcpy(&sent, m->payload, sizeof sent);
  if (write(file, m->payload, (size_t)m->payloadlen) != m->payloadlen || fdatasync(file)) exit(1);
  times[came] = now() - sent;
  __atomic_add_fetch(&came, 1, __ATOMIC_RELEASE);
}

static int order(const void *one, const void *other) {
  uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
  return a < b ? -1 : a > b;
}

int main(int words, char **word) {
  if (words != 6) return 2;
  file = open(word[4], O_WRONLY | O_CREAT | O_APPEND, 0600);
  count = atoi(word[5]);
  times = calloc((size_t)count, sizeof *times);
  mosquitto_lib_init();
  struct mosquitto *client = mosquitto_new(word[2], true, 0);
  if (file < 0 || !times || !client) return 1;
  mosquitto_username_pw_set(client, word[2], word[3]);
  mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_connect_callback_set(client, connected);
  mosquitto_subscribe_callback_set(client, granted);
  mosquitto_message_callback_set(client, received);
  if (mosquitto_connect(client, "127.0.0.1", atoi(word[1]), 10) || mosquitto_loop_start(client))
    return 1;
  uint64_t start = now();
  while (!subscribed && now() - start < 10000000000u) sleep_until(now() + 1000000u);
  start = now();
  for (int i = 0; i < count; i++) {
    unsigned char message[200] = {0};
    sleep_until(start + (uint64_t)i * 10000000u);
    uint64_t sent = now();
    memcpy(message, &sent, sizeof sent);
    if (mosquitto_publish(client, 0, topic, sizeof message, message, 1, false)) return 1;
  }
  uint64_t last = now();
  while (__atomic_load_n(&came, __ATOMIC_ACQUIRE) < count) {
    if (now() - last > 10000000000u) return 1;
    sleep_until(now() + 1000000u);
  }
  qsort(times, (size_t)count, sizeof *times, order);
  printf("%llu %llu\n", (unsigned long long)times[count / 2],
         (unsigned long long)times[count * 99 / 100]);
  return 0;
}

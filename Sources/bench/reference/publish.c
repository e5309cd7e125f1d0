// Many stations in one process: each sends records over a connection of its own and never has more
// of them under way than the window, until the service has acknowledged them as stored. What is
// not acknowledged for 5 s is sent again, as a station does; such a round is slow, and says so.
//
//   publish PORT STATIONS BATCH WINDOW     the password of every account is "bench"
//
// Input: a line "STREAM RECORDS" begins a round; every station sends RECORDS records in messages
// of BATCH, in a stream named after the number STREAM, at most WINDOW messages unacknowledged.
// Output: "ready" when every station is connected and hears its acknowledgements; after a round the
// nanoseconds from its first message to its last acknowledgement.
#include <errno.h>
#include <fcntl.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

// What one record may take, and a message around it.
enum { RECORD = 192, ENVELOPE = 96 };

struct station {
  struct mosquitto *client;
  char topic[64];
  uint64_t sent, acknowledged, heard;
  uint32_t interest;
};

static struct station *stations;
static int count, batch, window, subscribed, polls;
static uint64_t stream, wanted;
static int finished;
static char *message;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "publish: %s\n", what);
  exit(1);
}

// The kinds of a visit, in turn. Each visit has a code of its own: one that is shown at two stations
// is a finding.
static int record(char *text, const struct station *one, uint64_t seq) {
  static const char *const bodies[] = {
      "\"kind\":\"entry-granted\",\"ap\":1,\"member\":\"m-%016llx\",\"code\":\"%08llx%08x%016llx\"",
      "\"kind\":\"door-opened\",\"ap\":1,\"cause\":\"granted\"",
      "\"kind\":\"passage\",\"ap\":1,\"direction\":\"in\",\"inside\":7",
      "\"kind\":\"door-closed\",\"ap\":1",
      "\"kind\":\"door-locked\",\"ap\":1,\"cause\":\"closed\"",
  };
  // A message with a single record holds the longest of them: some 200 bytes in all.
  const char *body = bodies[batch == 1 ? 0 : seq % 5];
  int length = sprintf(text, "{\"at\":1795227213391,\"trusted\":true,");
  length += sprintf(text + length, body, (unsigned long long)seq,
                    (unsigned long long)stream, (unsigned)(one - stations),
                    (unsigned long long)seq);
  text[length++] = '}';
  return length;
}

static void follow(struct station *one) {
  uint32_t interest = EPOLLIN | (mosquitto_want_write(one->client) ? EPOLLOUT : 0);
  if (interest == one->interest) return;
  struct epoll_event event = {.events = interest, .data.ptr = one};
  int how = one->interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(polls, how, mosquitto_socket(one->client), &event) != 0) fail(strerror(errno));
  one->interest = interest;
}

// Sends as much as the window allows.
static void fill(struct station *one) {
  while (one->sent < wanted && one->sent - one->acknowledged < (uint64_t)batch * (uint64_t)window) {
    int length = sprintf(message, "{\"stream\":\"%08llx%08x\",\"first\":%llu,\"records\":[",
                         (unsigned long long)stream, (unsigned)(one - stations),
                         (unsigned long long)one->sent + 1);
    for (int index = 0; index < batch && one->sent < wanted; index++) {
      if (index > 0) message[length++] = ',';
      length += record(message + length, one, one->sent + 1);
      one->sent++;
    }
    length += sprintf(message + length, "]}");
    if (mosquitto_publish(one->client, NULL, one->topic, length, message, 1, false) != 0)
      fail("a message was not taken");
  }
  follow(one);
}

static void connected(struct mosquitto *client, void *me, int code) {
  struct station *one = me;
  if (code != 0) fail("the broker refuses a station");
  char topic[64];
  snprintf(topic, sizeof topic, "ws/v1/b-%d/ack", (int)(one - stations));
  mosquitto_subscribe(client, NULL, topic, 1);
}

static void heard(struct mosquitto *client, void *me, int id, int qos, const int *granted) {
  (void)client, (void)me, (void)id, (void)qos, (void)granted;
  subscribed++;
}

static void acknowledged(struct mosquitto *client, void *me,
                         const struct mosquitto_message *message) {
  (void)client;
  struct station *one = me;
  unsigned long long its, part, upto;
  char text[1024];
  if (message->payloadlen >= (int)sizeof text) return;
  memcpy(text, message->payload, (size_t)message->payloadlen);
  text[message->payloadlen] = 0;
  // The signature is the stations' affair, and these are none.
  if (sscanf(text, "{\"body\":\"{\\\"stream\\\":\\\"%8llx%8llx\\\",\\\"upto\\\":%llu",
             &its, &part, &upto) != 3) return;
  if (its != stream || upto <= one->acknowledged) return;
  one->acknowledged = upto;
  one->heard = now();
  if (upto == wanted) finished++;
}

static void lost(struct mosquitto *client, void *me, int code) {
  (void)client, (void)me;
  if (code != 0) fail("a station lost its connection");
}

static void turn(void) {
  struct epoll_event events[256];
  int ready = epoll_wait(polls, events, 256, 1000);
  for (int index = 0; index < ready; index++) {
    struct station *one = events[index].data.ptr;
    if (events[index].events & EPOLLOUT) mosquitto_loop_write(one->client, 1);
    if (events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
      if (mosquitto_loop_read(one->client, 64) != 0) fail("a station lost its connection");
    if (finished < count && wanted > 0) fill(one);
    follow(one);
  }
  static uint64_t last;
  if (now() - last < 1000000000u) return;
  last = now();
  for (int index = 0; index < count; index++) {
    struct station *one = &stations[index];
    mosquitto_loop_misc(one->client);
    if (one->acknowledged < wanted && now() - one->heard > 5000000000u) {
      fprintf(stderr, "publish: station %d sends again from record %llu on\n", index,
              (unsigned long long)one->acknowledged + 1);
      one->sent = one->acknowledged;
      one->heard = now();
      fill(one);
    }
    follow(one);
  }
}

int main(int words, char **word) {
  if (words != 5) fail("usage: publish PORT STATIONS BATCH WINDOW");
  int port = atoi(word[1]);
  count = atoi(word[2]), batch = atoi(word[3]), window = atoi(word[4]);
  stations = calloc((size_t)count, sizeof *stations);
  message = malloc((size_t)(ENVELOPE + batch * RECORD));
  polls = epoll_create1(EPOLL_CLOEXEC);
  mosquitto_lib_init();
  for (int index = 0; index < count; index++) {
    struct station *one = &stations[index];
    char name[32];
    snprintf(name, sizeof name, "b-%d", index);
    snprintf(one->topic, sizeof one->topic, "ws/v1/%s/out", name);
    one->client = mosquitto_new(name, true, one);
    mosquitto_int_option(one->client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_max_inflight_messages_set(one->client, 0);
    mosquitto_username_pw_set(one->client, name, "bench");
    mosquitto_connect_callback_set(one->client, connected);
    mosquitto_subscribe_callback_set(one->client, heard);
    mosquitto_message_callback_set(one->client, acknowledged);
    mosquitto_disconnect_callback_set(one->client, lost);
    if (mosquitto_connect(one->client, "127.0.0.1", port, 60) != 0) fail("no broker answers");
    follow(one);
  }
  while (subscribed < count) turn();
  printf("ready\n");
  fflush(stdout);
  unsigned long long its, records;
  fcntl(0, F_SETFL, O_NONBLOCK);
  char line[64];
  for (;;) {
    // Between rounds the connections are kept alive.
    ssize_t got = read(0, line, sizeof line - 1);
    if (got == 0) return 0;
    if (got < 0) {
      turn();
      continue;
    }
    line[got] = 0;
    if (sscanf(line, "%llu %llu", &its, &records) != 2) fail("what round?");
    stream = its & 0xffffffffu, wanted = records, finished = 0;
    uint64_t start = now();
    for (int index = 0; index < count; index++) {
      stations[index].sent = stations[index].acknowledged = 0;
      stations[index].heard = start;
      fill(&stations[index]);
    }
    while (finished < count) turn();
    printf("%llu\n", (unsigned long long)(now() - start));
    fflush(stdout);
  }
}

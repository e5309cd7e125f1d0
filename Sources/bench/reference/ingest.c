// The peer of the service's ingest: takes records from the broker, stores them in SQLite with a
// commit for every 1,000 rows or 100 ms, and acknowledges what is committed.
//
//   ingest PORT FILE
//
// It believes every message: no record is looked into, nothing is counted, shown or indexed beyond
// its place. Output: "ready" when it listens. It ends when it is killed.
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STATIONS = 4096 };

static sqlite3 *store;
static sqlite3_stmt *insert;
static int rows;
static uint64_t began;
// What to acknowledge after the commit, by the station's number.
static struct {
  unsigned long long upto;
  char stream[17];
  bool moved;
} streams[STATIONS];
static int moved[STATIONS], moves;

static uint64_t milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000u + (uint64_t)time.tv_nsec / 1000000u;
}

// Signs what is acknowledged.
static unsigned char key[crypto_sign_SECRETKEYBYTES];

static void fail(const char *what) {
  fprintf(stderr, "ingest: %s\n", what);
  exit(1);
}

static void run(const char *sql) {
  if (sqlite3_exec(store, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sqlite3_errmsg(store));
}

static void commit(struct mosquitto *client) {
  if (rows == 0) return;
  run("COMMIT");
  rows = 0;
  for (int index = 0; index < moves; index++) {
    char topic[64], text[512], hex[2 * crypto_sign_BYTES + 1];
    unsigned char signature[crypto_sign_BYTES];
    int station = moved[index];
    streams[station].moved = false;
    snprintf(topic, sizeof topic, "ws/v1/b-%d/ack", station);
    // Signed, as the service's is: over the topic, a line feed and the body.
    int length = snprintf(text, sizeof text, "%s\n{\"stream\":\"%s\",\"upto\":%llu}", topic,
                          streams[station].stream, streams[station].upto);
    crypto_sign_detached(signature, NULL, (unsigned char *)text, length, key);
    sodium_bin2hex(hex, sizeof hex, signature, sizeof signature);
    length = snprintf(text, sizeof text,
                      "{\"body\":\"{\\\"stream\\\":\\\"%s\\\",\\\"upto\\\":%llu}\","
                      "\"key\":\"0000000000000000\",\"signature\":\"%s\"}",
                      streams[station].stream, streams[station].upto, hex);
    mosquitto_publish(client, NULL, topic, length, text, 1, false);
  }
  moves = 0;
}

// The end of the object that begins here. No text in it holds a bracket.
static const char *end(const char *object) {
  const char *close = strchr(object, '}');
  if (close == NULL) fail("no record");
  return close + 1;
}

static void received(struct mosquitto *client, void *me, const struct mosquitto_message *message) {
  (void)me;
  int station, used = 0;
  unsigned long long first;
  char stream[17];
  const char *text = message->payload;
  if (sscanf(message->topic, "ws/v1/b-%d/out", &station) != 1 || station >= STATIONS ||
      sscanf(text, "{\"stream\":\"%16[0-9a-f]\",\"first\":%llu,\"records\":[%n", stream, &first,
             &used) != 2 ||
      used == 0)
    fail("no batch");
  if (rows == 0) {
    run("BEGIN IMMEDIATE");
    began = milliseconds();
  }
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  unsigned long long seq = first;
  for (text += used; *text == '{'; seq++) {
    const char *next = end(text);
    sqlite3_bind_text(insert, 1, message->topic + 6, (int)strlen(message->topic) - 10,
                      SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, stream, 16, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 3, (sqlite3_int64)seq);
    sqlite3_bind_int64(insert, 4, time.tv_sec * 1000 + time.tv_nsec / 1000000);
    sqlite3_bind_text(insert, 5, text, (int)(next - text), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) fail(sqlite3_errmsg(store));
    sqlite3_reset(insert);
    rows++;
    text = *next == ',' ? next + 1 : next;
  }
  memcpy(streams[station].stream, stream, sizeof stream);
  streams[station].upto = seq - 1;
  if (!streams[station].moved) {
    streams[station].moved = true;
    moved[moves++] = station;
  }
  if (rows >= 1000) commit(client);
}

static void subscribed(struct mosquitto *client, void *me, int id, int count, const int *granted) {
  (void)client, (void)me, (void)id, (void)count, (void)granted;
  printf("ready\n");
  fflush(stdout);
}

static void connected(struct mosquitto *client, void *me, int code) {
  (void)me;
  if (code != 0) fail("the broker refuses it");
  mosquitto_subscribe(client, NULL, "ws/v1/+/out", 1);
}

int main(int words, char **word) {
  if (words != 3) fail("usage: ingest PORT FILE");
  if (sqlite3_open(word[2], &store) != SQLITE_OK) fail("no store");
  run("PRAGMA journal_mode = WAL");
  run("PRAGMA synchronous = FULL");
  run("CREATE TABLE record (id INTEGER PRIMARY KEY, station TEXT NOT NULL, stream TEXT NOT NULL,"
      " seq INTEGER NOT NULL, received INTEGER NOT NULL, body TEXT NOT NULL,"
      " UNIQUE (station, stream, seq)) STRICT");
  if (sqlite3_prepare_v2(store,
                         "INSERT INTO record (station, stream, seq, received, body)"
                         " VALUES (?, ?, ?, ?, ?) ON CONFLICT (station, stream, seq) DO NOTHING",
                         -1, &insert, NULL) != SQLITE_OK)
    fail(sqlite3_errmsg(store));
  unsigned char public[crypto_sign_PUBLICKEYBYTES];
  if (sodium_init() < 0 || crypto_sign_keypair(public, key) != 0) fail("no key");
  mosquitto_lib_init();
  struct mosquitto *client = mosquitto_new("service", true, NULL);
  mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_username_pw_set(client, "service", "bench");
  mosquitto_connect_callback_set(client, connected);
  mosquitto_subscribe_callback_set(client, subscribed);
  mosquitto_message_callback_set(client, received);
  if (mosquitto_connect(client, "127.0.0.1", atoi(word[1]), 60) != 0) fail("no broker answers");
  for (;;) {
    if (mosquitto_loop(client, rows > 0 ? 5 : 1000, 1) != 0) fail("the broker is gone");
    if (rows > 0 && milliseconds() - began >= 100) commit(client);
  }
}

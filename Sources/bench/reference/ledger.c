// The peer of the service's ledger: holds and posts points with the same tables, the same
// statements and the same two transactions, in plain C on SQLite.
//
//   ledger FILE MEMBERS STATIONS BATCH START COUNT
//
// FILE is a copy of the product's own store. Exchange n, from START on, is of member n * 7919 and
// station n, in turn; BATCH of them are held in one transaction and posted in the next. It looks
// into no limits but the balance. Output: the seconds that COUNT exchanges took, and the 99th
// percentile of hold and post of a batch together, in microseconds.
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PRICE = 1, SLOT = 7 };

static sqlite3 *store;
static sqlite3_stmt *entry, *terms, *sale, *open_entry, *settle, *movement, *balance, *record, *block,
    *progress;

static void fail(const char *what) {
  fprintf(stderr, "ledger: %s: %s\n", what, sqlite3_errmsg(store));
  exit(1);
}

static void run(const char *sql) {
  if (sqlite3_exec(store, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql);
}

static sqlite3_stmt *prepared(const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v3(store, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    fail(sql);
  return statement;
}

static void finish(sqlite3_stmt *statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) fail(sqlite3_sql(statement));
  sqlite3_reset(statement);
}

static void bind(sqlite3_stmt *statement, int index, const char *text) {
  if (text == NULL)
    sqlite3_bind_null(statement, index);
  else
    sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static sqlite3_int64 wall(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static sqlite3_int64 number(const char *sql, const char *text) {
  sqlite3_stmt *statement = prepared(sql);
  bind(statement, 1, text);
  if (sqlite3_step(statement) != SQLITE_ROW) fail(sql);
  sqlite3_int64 found = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return found;
}

static struct station {
  char id[24], actor[32], stream[17];
  sqlite3_int64 number, held, taken, block;
} *stations;
static struct {
  char id[24];
} *members;

static void move(const char *kind, sqlite3_int64 from, sqlite3_int64 to, sqlite3_int64 member,
                 sqlite3_int64 exchange, const char *actor, sqlite3_int64 at) {
  bind(movement, 1, kind);
  sqlite3_bind_int64(movement, 2, from);
  sqlite3_bind_int64(movement, 3, to);
  sqlite3_bind_int64(movement, 4, PRICE);
  if (member != 0)
    sqlite3_bind_int64(movement, 5, member);
  else
    sqlite3_bind_null(movement, 5);
  sqlite3_bind_int64(movement, 6, exchange);
  for (int index = 7; index <= 9; index++) sqlite3_bind_null(movement, index);
  bind(movement, 10, actor);
  sqlite3_bind_int64(movement, 11, at);
  finish(movement);
  sqlite3_bind_int64(balance, 1, from);
  sqlite3_bind_int64(balance, 2, -PRICE);
  finish(balance);
  sqlite3_bind_int64(balance, 1, to);
  sqlite3_bind_int64(balance, 2, PRICE);
  finish(balance);
}

static int find(const struct station *station, sqlite3_int64 seq, sqlite3_int64 *id) {
  sqlite3_bind_int64(entry, 1, station->number);
  sqlite3_bind_int64(entry, 2, seq);
  int found = sqlite3_step(entry) == SQLITE_ROW;
  if (found) *id = sqlite3_column_int64(entry, 0);
  sqlite3_reset(entry);
  return found;
}

static void hold(const struct station *station, const char *member, sqlite3_int64 seq,
                 sqlite3_int64 at, sqlite3_int64 day, long number_of_code) {
  sqlite3_int64 id;
  if (find(station, seq, &id)) fail("it is there already");
  char code[40];
  snprintf(code, sizeof code, "%032lx", number_of_code);
  bind(sale, 1, code);
  if (sqlite3_step(sale) == SQLITE_ROW) fail("the code has paid already");
  sqlite3_reset(sale);
  bind(terms, 1, member);
  bind(terms, 2, station->id);
  sqlite3_bind_int64(terms, 3, SLOT);
  if (sqlite3_step(terms) != SQLITE_ROW) fail("no such member");
  sqlite3_int64 account = sqlite3_column_int64(terms, 1);
  sqlite3_int64 left = sqlite3_column_int64(terms, 2) - PRICE;
  sqlite3_reset(terms);
  if (left < 0) fail("not enough points");
  sqlite3_bind_int64(open_entry, 1, station->number);
  sqlite3_bind_int64(open_entry, 2, seq);
  bind(open_entry, 3, member);
  sqlite3_bind_int64(open_entry, 4, SLOT);
  bind(open_entry, 5, "water");
  sqlite3_bind_int64(open_entry, 6, PRICE);
  bind(open_entry, 7, "held");
  sqlite3_bind_int64(open_entry, 10, day);
  sqlite3_bind_int64(open_entry, 11, at);
  sqlite3_bind_int64(open_entry, 12, left);
  bind(open_entry, 16, code);
  finish(open_entry);
  id = sqlite3_last_insert_rowid(store);
  move("hold", account, station->held, account, id, station->actor, at);
}

static void note_block(sqlite3_int64 station, const char *kind, sqlite3_int64 number) {
  sqlite3_bind_int64(block, 1, station);
  bind(block, 2, kind);
  sqlite3_bind_int64(block, 3, number);
  finish(block);
}

static void post(struct station *station, sqlite3_int64 number_of_station, const char *member,
                 sqlite3_int64 seq, sqlite3_int64 at) {
  char body[512];
  snprintf(body, sizeof body,
           "{\"at\":%lld,\"trusted\":true,\"kind\":\"exchange-ended\",\"exchange\":\"%s-%lld\","
           "\"member\":\"%s\",\"slot\":%d,\"article\":\"water\",\"price\":%d,"
           "\"outcome\":\"dispensed\"}",
           (long long)at, station->stream, (long long)seq, member, SLOT, PRICE);
  static sqlite3_int64 newest = -1;
  sqlite3_bind_int64(record, 1, station->number);
  sqlite3_bind_int64(record, 2, seq);
  sqlite3_bind_int64(record, 3, at);
  bind(record, 4, "exchange-ended");
  bind(record, 5, body);
  finish(record);
  sqlite3_int64 here = sqlite3_last_insert_rowid(store) / 256;
  if (station->block != here) {
    station->block = here;
    note_block(number_of_station, "exchange-ended", here);
    note_block(number_of_station, "", here);
    if (newest != here) note_block(0, "exchange-ended", here);
    newest = here;
  }
  sqlite3_int64 id;
  if (!find(station, seq, &id)) fail("it is not there");
  sqlite3_bind_int64(settle, 1, id);
  bind(settle, 2, "posted");
  sqlite3_bind_int64(settle, 3, PRICE);
  bind(settle, 4, "dispensed");
  sqlite3_bind_int64(settle, 6, at);
  finish(settle);
  move("post", station->held, station->taken, 0, id, station->actor, at);
  sqlite3_bind_int64(progress, 1, station->number);
  sqlite3_bind_int64(progress, 2, seq);
  finish(progress);
}

static sqlite3_int64 account(const char *kind, const char *owner) {
  char sql[192];
  snprintf(sql, sizeof sql,
           "INSERT INTO account (kind, owner, balance) VALUES ('%s', '%s', 0)"
           " ON CONFLICT (kind, owner) DO NOTHING",
           kind, owner);
  run(sql);
  snprintf(sql, sizeof sql, "SELECT id FROM account WHERE kind = '%s' AND owner = ?1", kind);
  return number(sql, owner);
}

static int ascending(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return a < b ? -1 : a > b;
}

static void prepare(void) {
  entry = prepared(
      "SELECT exchange.id, member, slot, article, price, state, posted, refusal, day, exchange.at,"
      " told, outcome, outcome_reason, settled, resolver, resolution, code FROM"
      " exchange"
      " WHERE stream = ?1 AND seq = ?2");
  sale = prepared(
      "SELECT stream.station FROM exchange JOIN stream ON stream.number = exchange.stream"
      " WHERE exchange.code = ?1 AND state <> 'refused'"
      " AND NOT (state = 'void' AND COALESCE(outcome, '') IN ('refused', 'cancelled')) LIMIT 1");
  terms = prepared(
      "SELECT member.status, account.id, account.balance,"
      " (SELECT price FROM slot_price WHERE station = ?2 AND slot = ?3),"
      " (SELECT most FROM exchange_limit WHERE kind = 'day'),"
      " (SELECT most FROM exchange_limit WHERE kind = 'article')"
      " FROM member LEFT JOIN account ON account.kind = 'member' AND account.owner = member.id"
      " WHERE member.id = ?1");
  open_entry = prepared(
      "INSERT INTO exchange (stream, seq, member, slot, article, price, state, posted, refusal, day,"
      " at, told, outcome, outcome_reason, settled, code)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
  settle = prepared(
      "UPDATE exchange SET state = ?2, posted = ?3, outcome = ?4, outcome_reason = ?5, settled = ?6,"
      " resolver = ?7, resolution = ?8 WHERE id = ?1");
  movement = prepared(
      "INSERT INTO movement (kind, debit, credit, amount, member_account, exchange, order_key,"
      " reason, reverses, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
  balance = prepared("UPDATE account SET balance = balance + ?2 WHERE id = ?1");
  record = prepared("INSERT INTO record (stream, seq, received, kind, body)"
                    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (stream, seq) DO NOTHING");
  block = prepared("INSERT INTO record_block (station, kind, block) VALUES (?1, ?2, ?3)"
                   " ON CONFLICT (station, kind, block) DO NOTHING");
  progress = prepared("UPDATE stream SET upto = ?2 WHERE number = ?1");
}

static void learn(int member_count, int station_count) {
  members = calloc((size_t)member_count, sizeof *members);
  stations = calloc((size_t)station_count, sizeof *stations);
  if (members == NULL || stations == NULL) fail("no memory");
  for (int index = 0; index < member_count; index++)
    snprintf(members[index].id, sizeof members[index].id, "m-%016x", index);
  for (int index = 0; index < station_count; index++) {
    struct station *one = &stations[index];
    snprintf(one->id, sizeof one->id, "b-%d", index);
    snprintf(one->actor, sizeof one->actor, "station:%s", one->id);
    snprintf(one->stream, sizeof one->stream, "%016x", index + 1);
    one->number = number("SELECT number FROM stream WHERE station = ?1", one->id);
    one->held = account("held", one->id);
    one->taken = account("station", one->id);
    one->block = -1;
  }
}

int main(int words, char **word) {
  if (words != 7) fail("usage: ledger FILE MEMBERS STATIONS BATCH START COUNT");
  if (sqlite3_open(word[1], &store) != SQLITE_OK) fail("no store");
  int member_count = atoi(word[2]), station_count = atoi(word[3]), batch = atoi(word[4]);
  long start = atol(word[5]), count = atol(word[6]);
  run("PRAGMA trusted_schema = OFF");
  run("PRAGMA cell_size_check = ON");
  run("PRAGMA foreign_keys = ON");
  run("PRAGMA journal_mode = WAL");
  run("PRAGMA synchronous = FULL");
  run("PRAGMA wal_autocheckpoint = 1000");
  prepare();
  learn(member_count, station_count);
  double *times = calloc((size_t)(count / batch + 1), sizeof *times);
  if (times == NULL) fail("no memory");
  size_t rounds = 0;
  double began = seconds();
  for (long next = start; next < start + count; next += batch) {
    double round = seconds();
    sqlite3_int64 at = wall(), day = at / 86400000;
    run("BEGIN IMMEDIATE");
    for (long one = next; one < next + batch; one++)
      hold(&stations[one % station_count], members[one * 7919 % member_count].id,
           one / station_count + 1, at, day, one);
    run("COMMIT");
    run("BEGIN IMMEDIATE");
    for (long one = next; one < next + batch; one++)
      post(&stations[one % station_count], one % station_count + 1,
           members[one * 7919 % member_count].id, one / station_count + 1, at);
    run("COMMIT");
    times[rounds++] = seconds() - round;
  }
  double took = seconds() - began;
  qsort(times, rounds, sizeof *times, ascending);
  printf("%.6f %.1f\n", took, times[rounds * 99 / 100] * 1e6);
  return 0;
}

// SQLite, for the SQLite target alone.
#pragma once
#include <sqlite3.h>

// sqlite3_db_config takes its arguments as variadics, which Swift cannot call.
static inline int csqlite_set_defensive(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

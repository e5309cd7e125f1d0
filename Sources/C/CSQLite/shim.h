// SQLite, for the SQLite target alone.
#pragma once
#include <sqlite3.h>

// sqlite3_config and sqlite3_db_config take their arguments as variadics, which Swift cannot call.
static inline int csqlite_count_no_memory(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static inline int csqlite_set_defensive(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

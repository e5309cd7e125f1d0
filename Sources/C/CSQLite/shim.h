// SQLite, for the SQLite target alone.
#pragma once
#include <sqlite3.h>

// StationShellTests

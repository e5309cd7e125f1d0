// StationCoreTests

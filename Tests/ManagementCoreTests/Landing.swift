// ManagementCoreTests

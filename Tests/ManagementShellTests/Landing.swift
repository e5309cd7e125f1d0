// ManagementShellTests

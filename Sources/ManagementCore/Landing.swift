// ManagementCore

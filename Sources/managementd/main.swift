// managementd

// stationctl

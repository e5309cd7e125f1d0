// stationboard

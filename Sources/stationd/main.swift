// stationd

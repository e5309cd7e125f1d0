// StationProtocolTests

// SimulatedBoardTests

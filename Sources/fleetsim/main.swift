// fleetsim

// HTTP: see the first file to land here.

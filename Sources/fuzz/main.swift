// Runs libFuzzer on the decoder that is named.
import Glibc

exit(fuzz())

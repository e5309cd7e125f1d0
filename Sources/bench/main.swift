// Measures the product beside its floors and peers; `bench --help` says how.
import Glibc

exit(BenchmarkTool.run(Array(CommandLine.arguments.dropFirst())))

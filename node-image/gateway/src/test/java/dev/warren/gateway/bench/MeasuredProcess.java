package dev.warren.gateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process on this machine: the gateway, the broker, or this program. */
record MeasuredProcess(long pid) {

  /** Linux counts a process's time in hundredths of a second, on all that we know. */
  private static final double TICKS_PER_SECOND = 100;

  /** Processor time since its start, in s. */
  double processorSeconds() {
    // The second field, the program's name in brackets, may have spaces: count from its end.
    String stat = read("stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  /** What it has in memory, in MiB. */
  long residentMebibytes() {
    return read("status")
            .lines()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow()
        / 1024;
  }

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.warren.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Everything that passes the links of the test bed's machines, while it lasts. */
final class Capture implements AutoCloseable {

  private static final Duration BEGUN = Duration.ofSeconds(60);
  private static final Duration ENDED = Duration.ofSeconds(20);
  private static final Duration LAST_FRAMES = Duration.ofSeconds(1);

  /** The machines on which every test's Pods may run. */
  private static final List<String> MACHINES = List.of("n1", "n2", "n3");

  /** Of libpcap's classic format. */
  private static final int FILE_HEADER = 24;

  private static final int FRAME_HEADER = 16;
  private static final int ETHERNET_HEADER = 14;
  private static final int TYPE_OF_IPV4 = 0x0800;
  private static final int TCP = 6;

  private final Path folder;
  private final Process process;

  private Capture(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /** Returns when every link is watched. */
  static Capture start() {
    try {
      Path folder = Files.createTempDirectory("warren-capture");
      Process process =
          new ProcessBuilder(TestBed.PROGRAM, "capture", folder.toString()).inheritIO().start();
      Capture capture = new Capture(folder, process);
      await("every link is watched")
          .atMost(BEGUN)
          .until(() -> MACHINES.stream().allMatch(machine -> capture.size(machine) >= FILE_HEADER));
      return capture;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long size(String machine) {
    try {
      Path file = file(machine);
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String machine) {
    return folder.resolve(machine + ".pcap");
  }

  /** Ends it; what was captured can be searched. */
  void stop() {
    await("the last frames are written")
        .pollDelay(LAST_FRAMES)
        .atMost(LAST_FRAMES.multipliedBy(2))
        .until(() -> true);
    process.destroy();
    await("the capture has ended").atMost(ENDED).until(() -> !process.isAlive());
  }

  /**
   * The TCP ports, of either side, of the frames with these bytes. Bytes that are in two frames are
   * not found: search for few, which were sent often.
   */
  Set<Integer> portsWith(byte[] bytes) {
    Set<Integer> ports = new TreeSet<>();
    for (String machine : MACHINES) {
      for (ByteBuffer frame : frames(machine)) {
        if (contains(frame, bytes)) {
          ports.addAll(ports(frame));
        }
      }
    }
    return ports;
  }

  /** How many frames passed with this TCP port of either side. */
  long frames(int port) {
    return MACHINES.stream()
        .flatMap(machine -> frames(machine).stream())
        .filter(frame -> ports(frame).contains(port))
        .count();
  }

  private List<ByteBuffer> frames(String machine) {
    try (FileChannel channel = FileChannel.open(file(machine))) {
      ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      all.order(ByteOrder.nativeOrder()).position(FILE_HEADER);
      List<ByteBuffer> frames = new ArrayList<>();
      while (all.remaining() >= FRAME_HEADER) {
        int length = all.getInt(all.position() + 8);
        int begin = all.position() + FRAME_HEADER;
        if (begin + length > all.limit()) {
          break;
        }
        frames.add(all.slice(begin, length));
        all.position(begin + length);
      }
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean contains(ByteBuffer frame, byte[] bytes) {
    for (int i = 0; i <= frame.limit() - bytes.length; i++) {
      int j = 0;
      while (j < bytes.length && frame.get(i + j) == bytes[j]) {
        j++;
      }
      if (j == bytes.length) {
        return true;
      }
    }
    return false;
  }

  /** Both ports; 0 for what is not TCP. A slice is big-endian, as the network is. */
  private static Set<Integer> ports(ByteBuffer frame) {
    if (frame.limit() < ETHERNET_HEADER + 40
        || frame.getShort(ETHERNET_HEADER - 2) != TYPE_OF_IPV4
        || frame.get(ETHERNET_HEADER + 9) != TCP) {
      return Set.of(0);
    }
    int header = ETHERNET_HEADER + (frame.get(ETHERNET_HEADER) & 0xf) * 4;
    return new TreeSet<>(
        List.of(frame.getShort(header) & 0xffff, frame.getShort(header + 2) & 0xffff));
  }

  @Override
  public void close() {
    process.destroy();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

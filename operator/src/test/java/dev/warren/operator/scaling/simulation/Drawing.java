package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.simulation.Contest.Contender;
import dev.warren.operator.scaling.simulation.Simulation.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws one run of each of those that scale on a trace: the replicas, and how long messages wait.
 */
final class Drawing {

  private static final int POINTS = 120;

  private static final Map<Contender, Color> COLOURS =
      Map.of(
          Contender.WARREN, new Color(0x1b7837),
          Contender.HPA, new Color(0xbdbdbd),
          Contender.KEDA, new Color(0xf4a582),
          Contender.KEDA_RATE, new Color(0x4393c3));

  private Drawing() {}

  static void draw(Trace trace, Path directory) throws IOException {
    Files.createDirectories(directory);
    Map<Contender, List<Point>> runs = new EnumMap<>(Contender.class);
    for (Contender contender : Contender.values()) {
      runs.put(contender, thinned(Contest.run(trace, contender, 1).points()));
    }
    XYChart replicas = chart(trace.name() + ": replicas", "replicas", runs, Point::replicas);
    List<Point> any = runs.get(Contender.WARREN);
    double concurrency = trace.policy().concurrency();
    XYSeries least =
        replicas.addSeries(
            "least that keeps up",
            any.stream().map(Point::at).toList(),
            any.stream()
                .map(p -> p.arrivals() * trace.handling().applyAsDouble(p.at()) / concurrency)
                .toList());
    style(least, Color.BLACK, 1);
    save(replicas, directory, trace, "replicas");
    save(
        chart(trace.name() + ": longest wait", "seconds", runs, Point::oldest),
        directory,
        trace,
        "wait");
  }

  private static XYChart chart(
      String title, String unit, Map<Contender, List<Point>> runs, ToDoubleFunction<Point> value) {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(300)
            .title(title)
            .xAxisTitle("seconds")
            .yAxisTitle(unit)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    // Warren last: on top.
    for (Contender contender : List.of(Contender.values()).reversed()) {
      XYSeries series =
          chart.addSeries(
              contender.title,
              runs.get(contender).stream().map(Point::at).toList(),
              runs.get(contender).stream().map(value::applyAsDouble).toList());
      style(series, COLOURS.get(contender), contender == Contender.WARREN ? 2 : 1.2f);
    }
    return chart;
  }

  private static void style(XYSeries series, Color colour, float width) {
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(width));
  }

  private static List<Point> thinned(List<Point> points) {
    int every = Math.max(1, points.size() / POINTS);
    return IntStream.range(0, points.size())
        .filter(i -> i % every == 0)
        .mapToObj(points::get)
        .toList();
  }

  /** A tenth of a pixel is precise enough. */
  private static void save(XYChart chart, Path directory, Trace trace, String what)
      throws IOException {
    Path file = directory.resolve(trace.name().replaceAll("[^a-z]+", "-") + "-" + what + ".svg");
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    String drawing = Files.readString(file);
    Files.writeString(file, drawing.replaceAll("(\\.\\d)\\d+", "$1").replaceAll("\\n *", "\n"));
  }
}

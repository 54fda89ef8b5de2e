package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.simulation.Contest.Contender;
import dev.warren.operator.scaling.simulation.Simulation.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Draws the replicas of one run of each autoscaler on a trace. */
final class Drawing {

  private static final int POINTS = 240;

  private static final Map<Contender, Color> COLOURS =
      Map.of(
          Contender.WARREN, new Color(0x1b7837),
          Contender.HPA, new Color(0xbdbdbd),
          Contender.KEDA, new Color(0xf4a582),
          Contender.KEDA_RATE, new Color(0x4393c3));

  private Drawing() {}

  static void draw(Trace trace, Path directory) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(300)
            .title(trace.name())
            .xAxisTitle("seconds")
            .yAxisTitle("replicas")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    // Warren last: on top.
    for (Contender contender : List.of(Contender.values()).reversed()) {
      List<Point> points = Contest.run(trace, contender, 1).points();
      float width = contender == Contender.WARREN ? 2 : 1.2f;
      add(chart, contender.title, points, Point::replicas, COLOURS.get(contender), width);
      if (contender == Contender.WARREN) {
        add(chart, "least", points, point -> least(trace, point), Color.BLACK, 1);
      }
    }
    save(chart, directory, trace);
  }

  /** Replicas that just keep up with the arrivals; not rounded. */
  private static double least(Trace trace, Point point) {
    double handling = trace.handling().applyAsDouble(point.at());
    return point.arrivals() * handling / trace.policy().concurrency();
  }

  private static void add(
      XYChart chart,
      String name,
      List<Point> all,
      ToDoubleFunction<Point> value,
      Color colour,
      float width) {
    List<Point> points = corners(thinned(all), value);
    XYSeries series =
        chart.addSeries(
            name,
            points.stream().map(Point::at).toList(),
            points.stream().map(value::applyAsDouble).toList());
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

  /** Without the points between two of the same value. */
  private static List<Point> corners(List<Point> points, ToDoubleFunction<Point> value) {
    return IntStream.range(0, points.size())
        .filter(
            i ->
                i == 0
                    || i == points.size() - 1
                    || value.applyAsDouble(points.get(i - 1)) != value.applyAsDouble(points.get(i))
                    || value.applyAsDouble(points.get(i)) != value.applyAsDouble(points.get(i + 1)))
        .mapToObj(points::get)
        .toList();
  }

  /** A tenth of a pixel is precise enough. */
  private static void save(XYChart chart, Path directory, Trace trace) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(trace.name().replaceAll("[^a-z]+", "-") + ".svg");
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    String drawing = Files.readString(file);
    Files.writeString(file, drawing.replaceAll("(\\.\\d)\\d+", "$1").replaceAll("\\n *", "\n"));
  }
}

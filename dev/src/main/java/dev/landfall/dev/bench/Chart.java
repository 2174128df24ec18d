package dev.landfall.dev.bench;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/** Bars of objects per second in groups by operation and size, drawn to the scale of the tallest of each group. */
final class Chart {
    private static final int BAR = 46;
    private static final int GAP = 40;
    private static final int TOP = 60;
    private static final int HEIGHT = 220;
    private static final String[] COLORS = {"#1f77b4", "#aaaaaa", "#ff7f0e", "#2ca02c"};

    private record Box(double x, double y, double width, double height, String color) {}

    private record Text(double x, double y, String text, int size) {}

    private final List<Box> boxes = new ArrayList<>();
    private final List<Text> texts = new ArrayList<>();
    private int width = GAP;

    private Chart() {}

    /** Of several legs of a side the mean is drawn. */
    static Chart of(String title, List<Leg> legs) {
        Map<String, Map<String, List<Leg>>> groups = new LinkedHashMap<>();
        Map<String, String> colors = new LinkedHashMap<>();
        for (Leg leg : legs) {
            groups.computeIfAbsent(
                            leg.operation().toUpperCase(Locale.ROOT) + " " + Sizes.text(leg.size()),
                            g -> new LinkedHashMap<>())
                    .computeIfAbsent(leg.side(), s -> new ArrayList<>())
                    .add(leg);
            colors.computeIfAbsent(leg.side(), side -> COLORS[colors.size() % COLORS.length]);
        }
        var chart = new Chart();
        groups.forEach((name, sides) -> chart.group(name, sides, colors));
        chart.legend(title, colors);
        return chart;
    }

    private void group(String name, Map<String, List<Leg>> sides, Map<String, String> colors) {
        Map<String, Double> rates = new LinkedHashMap<>();
        sides.forEach((side, legs) -> rates.put(
                side, legs.stream().mapToDouble(Leg::perSecond).average().orElse(0)));
        double most =
                rates.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        texts.add(new Text(width, TOP + HEIGHT + 20, name, 13));
        for (var rate : new TreeMap<>(rates).entrySet()) {
            double height = HEIGHT * rate.getValue() / most;
            boxes.add(new Box(
                    width, TOP + HEIGHT - height, BAR - 6, height, colors.getOrDefault(rate.getKey(), "#000000")));
            texts.add(new Text(
                    width, TOP + HEIGHT - height - 4, String.format(Locale.ROOT, "%.0f", rate.getValue()), 11));
            width += BAR;
        }
        width += GAP;
    }

    private void legend(String title, Map<String, String> colors) {
        texts.add(new Text(GAP, 22, title + " (objects/s)", 14));
        double x = GAP;
        for (var color : colors.entrySet()) {
            boxes.add(new Box(x, TOP + HEIGHT + 34, 12, 12, color.getValue()));
            texts.add(new Text(x + 18, TOP + HEIGHT + 45, color.getKey(), 12));
            x += 130;
        }
        width = (int) Math.max(Math.max(width, x), 560);
    }

    void write(Path svg, Path png) throws IOException {
        Files.writeString(svg, svg());
        ImageIO.write(image(), "png", png.toFile());
    }

    String svg() {
        var svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                width,
                TOP + HEIGHT + 60));
        for (Box box : boxes) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
                    box.x,
                    box.y,
                    box.width,
                    box.height,
                    box.color));
        }
        for (Text text : texts) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\">%s</text>%n",
                    text.x,
                    text.y,
                    text.size,
                    text.text.replace("&", "&amp;").replace("<", "&lt;")));
        }
        return svg.append("</svg>\n").toString();
    }

    private BufferedImage image() {
        var image = new BufferedImage(width, TOP + HEIGHT + 60, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, image.getWidth(), image.getHeight());
        for (Box box : boxes) {
            pen.setColor(Color.decode(box.color));
            pen.fillRect((int) box.x, (int) box.y, (int) box.width, (int) Math.ceil(box.height));
        }
        pen.setColor(Color.BLACK);
        for (Text text : texts) {
            pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, text.size));
            pen.drawString(text.text, (float) text.x, (float) text.y);
        }
        pen.dispose();
        return image;
    }
}

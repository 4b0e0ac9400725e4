package motley.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import motley.training.Confusion;

/// Shows which classes a model takes for which.
record ClassTable(Confusion confusion) {
    /// Classes up to which a table is of use to a reader.
    private static final int SHOWN_MAX = 30;

    /// For people a table with a line for each class and the counts of what it was taken for; for
    /// programs the same numbers.
    void show(Console console) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("precision", confusion.precision());
        fields.put("recall", confusion.recall());
        fields.put("f1", confusion.f1());
        if (confusion.classes() <= SHOWN_MAX) {
            fields.put("perClass", perClass());
            fields.put("confusion", counts());
            table(console);
        }
        console.emit("classes", fields);
        console.say(
                String.format(
                        Locale.ROOT,
                        "mean over classes: precision %.4f, recall %.4f, f1 %.4f",
                        confusion.precision(),
                        confusion.recall(),
                        confusion.f1()));
    }

    private void table(Console console) {
        var header = new ArrayList<>(List.of("class", "precision", "recall", "f1", "taken for:"));
        for (int c = 0; c < confusion.classes(); c++) header.add(String.valueOf(c));
        var rows = new ArrayList<List<String>>();
        for (int c = 0; c < confusion.classes(); c++) {
            var row = new ArrayList<String>();
            row.add(String.valueOf(c));
            row.add(share(confusion.precision(c)));
            row.add(share(confusion.recall(c)));
            row.add(share(confusion.f1(c)));
            row.add("");
            for (int guess = 0; guess < confusion.classes(); guess++) {
                long count = confusion.count(c, guess);
                row.add(count == 0 ? "." : String.valueOf(count));
            }
            rows.add(row);
        }
        console.table(header, rows);
    }

    private static String share(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private List<Map<String, Object>> perClass() {
        var list = new ArrayList<Map<String, Object>>();
        for (int c = 0; c < confusion.classes(); c++) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("class", c);
            fields.put("targets", confusion.targets(c));
            fields.put("precision", confusion.precision(c));
            fields.put("recall", confusion.recall(c));
            fields.put("f1", confusion.f1(c));
            list.add(fields);
        }
        return list;
    }

    /// Rows are targets, columns guesses.
    private List<List<Long>> counts() {
        var rows = new ArrayList<List<Long>>();
        for (int c = 0; c < confusion.classes(); c++) {
            var row = new ArrayList<Long>();
            for (int guess = 0; guess < confusion.classes(); guess++) {
                row.add(confusion.count(c, guess));
            }
            rows.add(row);
        }
        return rows;
    }
}

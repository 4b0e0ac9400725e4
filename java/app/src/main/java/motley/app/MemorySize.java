package motley.app;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads `4g`, `512m`, `65536k` or a number of bytes.
final class MemorySize implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})([kmgt]?)b?");

    MemorySize() {}

    @Override
    public Long convert(String text) {
        var form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw new TypeConversionException(
                    "%s (expected: a size as 4g or 512m)".formatted(text));
        }
        int power = " kmgt".indexOf(form.group(2).isEmpty() ? " " : form.group(2));
        return Math.multiplyExact(Long.parseLong(form.group(1)), 1L << (10 * power));
    }
}

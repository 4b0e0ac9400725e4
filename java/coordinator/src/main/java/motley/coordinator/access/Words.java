package motley.coordinator.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Constants as words, alone and between commas.
final class Words {
    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /// In the order of the constants.
    static <E extends Enum<E>> String list(Collection<E> constants) {
        return constants.stream().sorted().map(Words::of).collect(Collectors.joining(","));
    }

    /// @param what names the argument
    /// @throws IllegalArgumentException if a word is none of the constants
    static <E extends Enum<E>> E parse(String what, String word, Class<E> type) {
        for (var constant : type.getEnumConstants()) {
            if (of(constant).equals(word)) return constant;
        }
        throw new IllegalArgumentException(
                "%s: %s (expected: %s)"
                        .formatted(what, word, list(Arrays.asList(type.getEnumConstants()))));
    }

    static <E extends Enum<E>> Set<E> parse(String what, Collection<String> words, Class<E> type) {
        var constants = EnumSet.noneOf(type);
        for (var word : words) constants.add(parse(what, word, type));
        return constants;
    }

    /// What [#list] gave.
    static <E extends Enum<E>> Set<E> split(String what, String words, Class<E> type) {
        if (words.isEmpty()) return EnumSet.noneOf(type);
        return parse(what, Arrays.asList(words.split(",")), type);
    }
}

package motley.wire.encoding;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How numbers lie in encoded bytes: little-endian, anywhere.
final class Layout {
    static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort I16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong I64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Elements handled at a time, whole blocks: they and what becomes of them stay in the
    /// first-level cache.
    static final int TILE = 4096;

    static final ValueLayout.OfByte I8 = ValueLayout.JAVA_BYTE;

    private Layout() {}
}

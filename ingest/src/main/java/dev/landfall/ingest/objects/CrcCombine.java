package dev.landfall.ingest.objects;

/** The CRC of two pieces one after the other, from those of each: the algorithm of crc32_combine in zlib (Mark Adler), for any width. */
final class CrcCombine {
    private CrcCombine() {}

    /**
     * @param polynomial reflected
     * @param width in bits, at most 64
     * @param secondLength of the second piece, in bytes
     */
    static long combine(long polynomial, int width, long first, long second, long secondLength) {
        if (secondLength <= 0) {
            return first;
        }
        long[] odd = new long[width];
        long[] even = new long[width];
        // The operator for one zero bit; squared twice, for four. Squaring goes on to one, two, four zero bytes and so
        // on.
        odd[0] = polynomial;
        for (int i = 1; i < width; i++) {
            odd[i] = 1L << (i - 1);
        }
        square(even, odd);
        square(odd, even);
        long crc = first;
        long[] from = odd;
        long[] to = even;
        for (long left = secondLength; left != 0; left >>= 1) {
            square(to, from);
            if ((left & 1) != 0) {
                crc = times(to, crc);
            }
            long[] swap = from;
            from = to;
            to = swap;
        }
        return crc ^ second;
    }

    private static long times(long[] matrix, long vector) {
        long sum = 0;
        for (int i = 0; vector != 0; i++, vector >>>= 1) {
            if ((vector & 1) != 0) {
                sum ^= matrix[i];
            }
        }
        return sum;
    }

    private static void square(long[] square, long[] matrix) {
        for (int i = 0; i < matrix.length; i++) {
            square[i] = times(matrix, matrix[i]);
        }
    }
}

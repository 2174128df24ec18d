package dev.landfall.targets;

/** Combines checksums: the algorithm of crc32_combine in zlib (Mark Adler), for the polynomial of Castagnoli. */
final class Crc32c {
    private static final int POLYNOMIAL = 0x82f63b78;

    private Crc32c() {}

    /** The CRC32C of two pieces one after the other, from those of each and the length of the second. */
    static int combine(int first, int second, long secondLength) {
        if (secondLength <= 0) {
            return first;
        }
        int[] odd = new int[32];
        int[] even = new int[32];
        // The operator for one zero bit; squared twice, for four. Squaring goes on to one, two, four zero bytes and so
        // on.
        odd[0] = POLYNOMIAL;
        for (int i = 1; i < 32; i++) {
            odd[i] = 1 << (i - 1);
        }
        square(even, odd);
        square(odd, even);
        int crc = first;
        int[] from = odd;
        int[] to = even;
        for (long left = secondLength; left != 0; left >>= 1) {
            square(to, from);
            if ((left & 1) != 0) {
                crc = times(to, crc);
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return crc ^ second;
    }

    private static int times(int[] matrix, int vector) {
        int sum = 0;
        for (int i = 0; vector != 0; i++, vector >>>= 1) {
            if ((vector & 1) != 0) {
                sum ^= matrix[i];
            }
        }
        return sum;
    }

    private static void square(int[] square, int[] matrix) {
        for (int i = 0; i < 32; i++) {
            square[i] = times(matrix, matrix[i]);
        }
    }
}

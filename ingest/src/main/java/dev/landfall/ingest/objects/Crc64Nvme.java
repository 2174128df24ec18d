package dev.landfall.ingest.objects;

import java.util.zip.Checksum;

/**
 * CRC-64/NVME (NVM Express NVM Command Set Specification, "64b CRC definition"): polynomial 0xad93d23594c93659, reflected, all ones before
 * and after. Eight bytes at a time by table (slicing).
 */
final class Crc64Nvme implements Checksum {
    /** Reflected. */
    static final long POLYNOMIAL = 0x9a6c9329ac4bc9b5L;

    private static final long[][] TABLE = table();

    private long crc = -1;

    private static long[][] table() {
        var table = new long[8][256];
        for (int i = 0; i < 256; i++) {
            long value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) != 0 ? value >>> 1 ^ POLYNOMIAL : value >>> 1;
            }
            table[0][i] = value;
        }
        for (int i = 0; i < 256; i++) {
            for (int slice = 1; slice < 8; slice++) {
                long before = table[slice - 1][i];
                table[slice][i] = before >>> 8 ^ table[0][(int) (before & 0xff)];
            }
        }
        return table;
    }

    @Override
    public void update(int b) {
        crc = crc >>> 8 ^ TABLE[0][(int) ((crc ^ b) & 0xff)];
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        int i = offset;
        int end = offset + length;
        for (; i + 8 <= end; i += 8) {
            long word = crc;
            for (int j = 0; j < 8; j++) {
                word ^= (bytes[i + j] & 0xffL) << 8 * j;
            }
            long next = 0;
            for (int j = 0; j < 8; j++) {
                next ^= TABLE[7 - j][(int) (word >>> 8 * j & 0xff)];
            }
            crc = next;
        }
        for (; i < end; i++) {
            update(bytes[i]);
        }
    }

    @Override
    public long getValue() {
        return ~crc;
    }

    @Override
    public void reset() {
        crc = -1;
    }
}

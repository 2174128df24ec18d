package dev.landfall.ingest.s3;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/** Writes one XML document. */
final class Xml {
    static final String CONTENT_TYPE = "application/xml";
    static final String S3 = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static final XMLOutputFactory FACTORY = XMLOutputFactory.newDefaultFactory();

    private static final int REPLACEMENT = 0xfffd;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    private final XMLStreamWriter writer;
    private final Deque<String> open = new ArrayDeque<>();

    private interface Step {
        void run() throws XMLStreamException;
    }

    /** @param namespace null for none */
    static Xml document(String root, @Nullable String namespace) {
        return new Xml(root, namespace);
    }

    private Xml(String root, @Nullable String namespace) {
        try {
            writer = FACTORY.createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        step(() -> {
            writer.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
            writer.writeStartElement(root);
            if (namespace != null) {
                writer.writeDefaultNamespace(namespace);
            }
        });
        open.push(root);
    }

    Xml text(String name, @Nullable String value) {
        if (value != null) {
            step(() -> {
                writer.writeStartElement(name);
                writer.writeCharacters(allowed(value));
                writer.writeEndElement();
            });
        }
        return this;
    }

    /** What a name may have and XML 1.0 cannot say becomes a replacement character: clients that care ask for encoding-type url. */
    private static String allowed(String text) {
        if (text.codePoints().allMatch(Xml::isAllowed)) {
            return text;
        }
        var all = new StringBuilder(text.length());
        text.codePoints().map(c -> isAllowed(c) ? c : REPLACEMENT).forEach(all::appendCodePoint);
        return all.toString();
    }

    static boolean isAllowed(int c) {
        return c >= 0x20 && c <= 0xd7ff
                || c == '\t'
                || c == '\n'
                || c == '\r'
                || c >= 0xe000 && c <= 0xfffd
                || c >= 0x10000;
    }

    Xml open(String name) {
        step(() -> writer.writeStartElement(name));
        open.push(name);
        return this;
    }

    Xml close() {
        open.pop();
        step(writer::writeEndElement);
        return this;
    }

    /** Closes what is open. */
    byte[] end() {
        while (!open.isEmpty()) {
            close();
        }
        step(() -> {
            writer.writeEndDocument();
            writer.flush();
        });
        return bytes.toByteArray();
    }

    private static void step(Step step) {
        try {
            step.run();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }
}

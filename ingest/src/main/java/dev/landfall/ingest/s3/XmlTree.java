package dev.landfall.ingest.s3;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A small XML document of a client, without its namespaces. Document types and entities are refused.
 *
 * @param text of the element itself
 */
record XmlTree(String name, String text, List<XmlTree> children) {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_ELEMENTS = 40_000;
    private static final XMLInputFactory FACTORY = factory();

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    /** @throws LandfallException {@code MALFORMED_XML} when it is not XML, or its root has another name */
    static XmlTree parse(byte[] xml, String root) {
        try {
            XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(text(xml)));
            XmlTree tree = null;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.DTD) {
                    throw malformed("must not have a document type");
                }
                if (event == XMLStreamConstants.START_ELEMENT) {
                    tree = element(reader, 1, new int[1]);
                }
            }
            if (tree == null || !tree.name.equals(root)) {
                throw malformed("must have the root " + root);
            }
            return tree;
        } catch (XMLStreamException e) {
            throw malformed("is not well formed at line " + e.getLocation().getLineNumber());
        }
    }

    /** Documents are UTF-8, as S3's are. (The parser's own decoder prints its errors.) */
    private static String text(byte[] xml) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(xml))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new LandfallException(ErrorCode.MALFORMED_XML, "The body is not UTF-8", e);
        }
    }

    private static XmlTree element(XMLStreamReader reader, int depth, int[] count) throws XMLStreamException {
        if (depth > MAX_DEPTH || ++count[0] > MAX_ELEMENTS) {
            throw malformed("has too many elements");
        }
        String name = reader.getLocalName();
        var text = new StringBuilder();
        List<XmlTree> children = new ArrayList<>();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> children.add(element(reader, depth + 1, count));
                case XMLStreamConstants.END_ELEMENT -> {
                    return new XmlTree(name, text.toString(), List.copyOf(children));
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    text.append(reader.getText());
                case XMLStreamConstants.ENTITY_REFERENCE -> throw malformed("must not have entities of its own");
                default -> {}
            }
        }
    }

    List<XmlTree> all(String child) {
        return children.stream().filter(each -> each.name.equals(child)).toList();
    }

    /** The text of the first child of the name; null when there is none. */
    @Nullable
    String value(String child) {
        return children.stream()
                .filter(each -> each.name.equals(child))
                .map(XmlTree::text)
                .findFirst()
                .orElse(null);
    }

    /** @throws LandfallException {@code MALFORMED_XML} when there is none */
    String require(String child) {
        String value = value(child);
        if (value == null) {
            throw malformed("has a " + name + " without " + child);
        }
        return value;
    }

    private static LandfallException malformed(String why) {
        return new LandfallException(ErrorCode.MALFORMED_XML, "The body " + why);
    }
}

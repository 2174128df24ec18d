package dev.landfall.ingest.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** XML bodies of strangers, and replies with the names that strangers gave. */
class XmlTreeTest {
    private static XmlTree parse(String xml, Charset charset) {
        return XmlTree.parse(xml.getBytes(charset), "Delete");
    }

    private static void malformed(String xml) {
        assertThatThrownBy(() -> parse(xml, StandardCharsets.UTF_8))
                .isInstanceOf(LandfallException.class)
                .satisfies(e -> assertThat(((LandfallException) e).code()).isEqualTo(ErrorCode.MALFORMED_XML));
    }

    @Test
    void namespacesCommentsAndCharacterDataAreRead() {
        String xml =
                "<?xml version=\"1.0\"?><!-- c --><a:Delete xmlns:a=\"urn:x\"><Object><Key>a&amp;<![CDATA[<b>]]>&#252;"
                        + "</Key></Object><Quiet>true</Quiet></a:Delete>";
        XmlTree tree = parse(xml, StandardCharsets.UTF_8);
        assertThat(tree.all("Object").getFirst().require("Key")).isEqualTo("a&<b>ü");
        assertThat(tree.value("Quiet")).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "<Delete>",
                "<Delete/><Delete/>",
                "<Other/>",
                "<Delete><Key>&unknown;</Key></Delete>",
                "<Delete><Key>&#0;</Key></Delete>",
                "<Delete a='1' a='2'/>",
                "<!DOCTYPE Delete><Delete/>",
                "<!DOCTYPE Delete SYSTEM 'http://127.0.0.1:9/x.dtd'><Delete/>",
                "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Delete>&e;</Delete>",
                "<!DOCTYPE d [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]><Delete/>"
            })
    void whatIsNoSuchDocumentIsRefused(String xml) {
        malformed(xml);
    }

    @Test
    void aBillionLaughsAreRefused() {
        var xml = new StringBuilder("<!DOCTYPE d [<!ENTITY l0 \"lol\">");
        for (int i = 1; i < 20; i++) {
            xml.append("<!ENTITY l")
                    .append(i)
                    .append(" \"")
                    .append(("&l" + (i - 1) + ";").repeat(10))
                    .append("\">");
        }
        malformed(xml + "]><Delete><Object><Key>&l19;</Key></Object></Delete>");
    }

    @Test
    void tooDeepAndTooManyElementsAreRefused() {
        malformed("<Delete>" + "<a>".repeat(100_000) + "</a>".repeat(100_000) + "</Delete>");
        malformed("<Delete>" + "<a/>".repeat(50_000) + "</Delete>");
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        assertThatThrownBy(() -> parse("<Delete/>", StandardCharsets.UTF_16)).isInstanceOf(LandfallException.class);
        byte[] xml = "<Delete><Object><Key>x</Key></Object></Delete>".getBytes(StandardCharsets.US_ASCII);
        xml[21] = (byte) 0xff;
        assertThatThrownBy(() -> XmlTree.parse(xml, "Delete")).isInstanceOf(LandfallException.class);
    }

    @Provide
    Arbitrary<String> documents() {
        return Arbitraries.of(
                        "<Delete>",
                        "</Delete>",
                        "<Key>",
                        "</Key>",
                        "<",
                        ">",
                        "/",
                        "&",
                        ";",
                        "<!--",
                        "-->",
                        "<![CDATA[",
                        "]]>",
                        "<?xml version='1.0'?>",
                        "<!DOCTYPE",
                        "&#x41;",
                        "&lt;",
                        "\u00e9",
                        "\u0000",
                        "'",
                        "\"",
                        "=",
                        " ",
                        "x")
                .list()
                .ofMaxSize(15)
                .map(pieces -> String.join("", pieces));
    }

    @Property(tries = 1000)
    void everyDocumentIsReadOrRefused(@ForAll("documents") String xml) {
        readOrRefused(xml.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 500)
    void allBytesAreReadOrRefused(@ForAll @Size(max = 100) byte[] bytes) {
        readOrRefused(bytes);
    }

    private static void readOrRefused(byte[] bytes) {
        try {
            assertThat(XmlTree.parse(bytes, "Delete").name()).isEqualTo("Delete");
        } catch (LandfallException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_XML);
        }
    }

    /** But for line ends, which XML makes the same, and for what XML cannot say. */
    @Property(tries = 500)
    void whatIsWrittenIsReadAgain(@ForAll String text) {
        byte[] xml = Xml.document("Delete", Xml.S3).text("Key", text).end();
        String read = XmlTree.parse(xml, "Delete").require("Key");
        assertThat(read.replace("\r\n", "\n").replace('\r', '\n')).isEqualTo(expected(text));
    }

    private static String expected(String text) {
        var all = new StringBuilder();
        text.codePoints().map(c -> Xml.isAllowed(c) ? c : 0xfffd).forEach(all::appendCodePoint);
        return all.toString().replace("\r\n", "\n").replace('\r', '\n');
    }
}

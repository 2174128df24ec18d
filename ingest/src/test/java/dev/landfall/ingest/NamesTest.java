package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.ingest.http.Percent;
import dev.landfall.model.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Every name that an object may have, side by side: put with one API, read with the other, listed and deleted, at either owner. */
class NamesTest {
    @RegisterExtension
    static final GuardedNodes NODES = new GuardedNodes();

    private static final List<String> NAMES = List.of(
            "a",
            "a/",
            "a/b",
            "a//b",
            "/a",
            "a+b",
            "a b",
            " a ",
            "a%2Fb",
            "a%b",
            "a?b=c&d#e",
            "a&amp;<b>'\"]]>",
            "ü",
            "u\u0308",
            "日本語/ファイル",
            "😀😀/👩‍👩‍👧",
            "\u202egpj.exe",
            "\ufeffbom",
            "\u0085next line",
            "\uffff",
            "...",
            "~*'()!;:@,$=",
            "x".repeat(1024),
            "ü".repeat(512),
            "😀".repeat(256),
            "d/".repeat(512));

    private static String bearer() {
        return GuardedNodes.bearer(GuardedNodes.ACCESS, GuardedNodes.SECRET);
    }

    private static String at(TestNode node, String name) {
        return node.url("/api/v1/objects/" + NODES.bucket() + "/" + Percent.encode(name));
    }

    @Test
    void allNamesLiveSideBySide() {
        String bucket = NODES.bucket();
        for (String name : NAMES) {
            assertThat(Http.put(at(NODES.two(), name), "native " + name, bearer())
                            .status())
                    .as(name)
                    .isEqualTo(200);
            assertThat(NODES.s3()
                            .getObjectAsBytes(r -> r.bucket(bucket).key(name))
                            .asUtf8String())
                    .as(name)
                    .isEqualTo("native " + name);
            NODES.s3().putObject(r -> r.bucket(bucket).key(name), RequestBody.fromString("s3 " + name));
        }
        for (String name : NAMES) {
            assertThat(Http.get(at(NODES.one(), name), bearer()).text()).isEqualTo("s3 " + name);
        }
        List<String> sorted = NAMES.stream()
                .sorted(Comparator.comparing((String name) -> ObjectKey.of(bucket, name)))
                .toList();
        List<String> listed = new ArrayList<>();
        NODES.s3().listObjectsV2Paginator(r -> r.bucket(bucket).maxKeys(3).encodingType("url")).contents().stream()
                .map(S3Object::key)
                .forEach(listed::add);
        assertThat(listed).isEqualTo(sorted);
        for (String name : sorted) {
            List<String> under =
                    NODES.s3().listObjectsV2(r -> r.bucket(bucket).prefix(name).encodingType("url")).contents().stream()
                            .map(S3Object::key)
                            .toList();
            assertThat(under)
                    .as("below %s", name)
                    .isEqualTo(sorted.stream().filter(n -> n.startsWith(name)).toList());
        }
        var answer = NODES.s3()
                .deleteObjects(r -> r.bucket(bucket)
                        .delete(d -> d.objects(NAMES.stream()
                                .filter(name -> !name.equals("\uffff")) // which XML cannot say
                                .map(name ->
                                        ObjectIdentifier.builder().key(name).build())
                                .toList())));
        assertThat(answer.errors()).isEmpty();
        NODES.s3().deleteObject(r -> r.bucket(bucket).key("\uffff"));
        assertThat(NODES.s3().listObjectsV2(r -> r.bucket(bucket)).keyCount()).isZero();
    }

    @Test
    void whatIsNoNameIsRefused() {
        for (String name : List.of("x".repeat(1025), "ü".repeat(513), "a\u0001", "a/../b", ".", "a/.", "\u007f")) {
            assertThat(Http.put(at(NODES.one(), name), "x", bearer()).code())
                    .as(name)
                    .isEqualTo("InvalidObjectName");
        }
        byte[] latin = "\u00fc".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Http.put(
                                NODES.one()
                                        .url("/api/v1/objects/" + NODES.bucket() + "/"
                                                + new String(latin, StandardCharsets.ISO_8859_1)),
                                "x",
                                bearer())
                        .status())
                .isEqualTo(400);
    }
}

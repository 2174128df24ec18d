package dev.landfall.ingest.s3;

import dev.landfall.ingest.http.ErrorForm;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.objects.DeleteObject;
import dev.landfall.ingest.objects.Digests;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.placement.Cluster;
import dev.landfall.writeback.DeleteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DeleteObjects: up to 1,000 keys. The reply comes when all are done, and says of each what became of it. */
record DeleteKeys(Cluster cluster, DeleteObject delete) implements Operation {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteKeys.class);
    private static final int MAX_KEYS = 1000;
    private static final int MAX_BODY = 4 << 20;
    private static final int AT_ONCE = 32;

    private record Done(String name, @Nullable LandfallException error) {}

    @Override
    public void run(S3Call call) throws InterruptedException {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        cluster.view().bucket(call.bucketName());
        http.body(Digests.verifying(http.body(), http.headers()));
        XmlTree request = XmlTree.parse(http.body(MAX_BODY), "Delete");
        List<XmlTree> objects = request.all("Object");
        if (objects.isEmpty() || objects.size() > MAX_KEYS) {
            throw new LandfallException(ErrorCode.MALFORMED_XML, "A Delete names from 1 to " + MAX_KEYS + " objects");
        }
        boolean quiet = "true".equals(request.value("Quiet"));
        Xml xml = Xml.document("DeleteResult", Xml.S3);
        for (Done done : all(call, objects)) {
            LandfallException error = done.error();
            if (error != null) {
                xml.open("Error")
                        .text("Key", done.name())
                        .text("Code", S3Errors.code(error.code()))
                        .text("Message", ErrorForm.message(error))
                        .close();
            } else if (!quiet) {
                xml.open("Deleted").text("Key", done.name()).close();
            }
        }
        call.reply(xml);
    }

    private List<Done> all(S3Call call, List<XmlTree> objects) throws InterruptedException {
        var room = new Semaphore(AT_ONCE);
        List<Future<Done>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (XmlTree object : objects) {
                room.acquire();
                running.add(threads.submit(() -> {
                    try {
                        return one(call, object);
                    } finally {
                        room.release();
                    }
                }));
            }
        }
        List<Done> done = new ArrayList<>();
        for (Future<Done> each : running) {
            try {
                done.add(each.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return done;
    }

    private Done one(S3Call call, XmlTree object) {
        String name = object.value("Key");
        try {
            if (object.children().size() != 1 || name == null) {
                throw new LandfallException(
                        ErrorCode.NOT_IMPLEMENTED, "An Object is deleted by its Key alone: there are no versions");
            }
            delete.delete(call.http(), ObjectKey.of(call.bucket(), name), DeleteRequest.byClient());
            return new Done(name, null);
        } catch (LandfallException e) {
            return new Done(String.valueOf(name), e);
        } catch (RuntimeException e) {
            LOG.error("{} failed to delete {}", call.http().requestId(), name, e);
            return new Done(String.valueOf(name), LandfallException.of(ErrorCode.INTERNAL_ERROR));
        }
    }
}

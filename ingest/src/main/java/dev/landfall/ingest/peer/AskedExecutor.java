package dev.landfall.ingest.peer;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends no body into a connection that ended before the body was asked for. The usual executor takes that end for a server that is slow to
 * ask, sends the body, and so leaves open whether it was received.
 */
final class AskedExecutor extends HttpRequestExecutor {
    AskedExecutor(Http1Config config) {
        super(config, null, null);
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            @Nullable HttpResponseInformationCallback callback,
            HttpContext context)
            throws IOException, HttpException {
        boolean asks = request.containsHeader("Expect");
        return super.execute(request, asks ? checked(connection) : connection, callback, context);
    }

    private static HttpClientConnection checked(HttpClientConnection connection) {
        return (HttpClientConnection) Proxy.newProxyInstance(
                AskedExecutor.class.getClassLoader(),
                new Class<?>[] {HttpClientConnection.class},
                (proxy, method, arguments) -> {
                    Object result = invoke(connection, method, arguments);
                    if (method.getName().equals("isDataAvailable")
                            && Boolean.FALSE.equals(result)
                            && connection.isStale()) {
                        throw new NoHttpResponseException("The connection ended before the body was asked for");
                    }
                    return result;
                });
    }

    private static @Nullable Object invoke(
            HttpClientConnection connection, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}

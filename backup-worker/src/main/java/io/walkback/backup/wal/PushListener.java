package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server that `archive_command` pushes to. Uploads that are under way when it closes get no answer, so
/// the server that pushes them tries again.
public final class PushListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PushListener.class);
    private static final int BUFFER = 128 << 10;
    /// Connections; more wait in the backlog. Those without an upload are answered at once.
    private static final int CONNECTIONS = 64;
    /// Between two packets of an upload.
    private static final int SILENCE_MILLIS = 20_000;

    private final Tomcat tomcat;
    private final ExecutorService threads;

    private PushListener(Tomcat tomcat, ExecutorService threads) {
        this.tomcat = tomcat;
        this.threads = threads;
    }

    /// Listens. `CONFIGURATION` when the port is taken, or a certificate cannot be used.
    ///
    /// @param directory for the server's own files; can be lost
    public static PushListener start(PushSettings settings, PushReception reception, Path directory) {
        Tomcat tomcat = new Tomcat();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            tomcat.setBaseDir(Files.createDirectories(directory).toString());
            Connector connector = connector(settings, threads);
            tomcat.setConnector(connector);
            Context context = tomcat.addContext("", null);
            if (context instanceof StandardContext standard) {
                // Nothing here is loaded by a loader of the context's own, so there is nothing to search for at its
                // end.
                standard.setClearReferencesRmiTargets(false);
                standard.setClearReferencesThreadLocals(false);
            }
            Tomcat.addServlet(context, "push", new PushServlet(reception)).setAsyncSupported(false);
            context.addServletMappingDecoded("/wal/*", "push");
            tomcat.start();
            if (connector.getState() != LifecycleState.STARTED) {
                throw refused(settings, null);
            }
        } catch (LifecycleException | IOException fault) {
            threads.shutdownNow();
            throw refused(settings, fault);
        }
        PushListener listener = new PushListener(tomcat, threads);
        LOG.atInfo()
                .addKeyValue("address", settings.address())
                .addKeyValue("port", listener.port())
                .addKeyValue("tls", settings.certificate() != null)
                .log("wal can be pushed here");
        return listener;
    }

    private static Connector connector(PushSettings settings, ExecutorService threads) {
        Connector connector = new Connector();
        connector.setPort(settings.port());
        connector.setProperty("address", settings.address());
        connector.setProperty("maxConnections", Integer.toString(CONNECTIONS));
        connector.setProperty("connectionTimeout", Integer.toString(SILENCE_MILLIS));
        // A sender who asks first learns that he is refused before he sends 16 MiB for nothing.
        connector.setProperty("continueResponseTiming", "onRead");
        // Of 8 KiB a segment would take 2,000 reads.
        connector.setProperty("socket.appReadBufSize", Integer.toString(BUFFER));
        connector.setXpoweredBy(false);
        if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
            protocol.setExecutor(threads);
        }
        Path certificate = settings.certificate();
        Path key = settings.key();
        if (certificate != null && key != null) {
            SSLHostConfig host = new SSLHostConfig();
            host.setProtocols("TLSv1.2+TLSv1.3");
            SSLHostConfigCertificate files =
                    new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
            files.setCertificateFile(certificate.toAbsolutePath().toString());
            files.setCertificateKeyFile(key.toAbsolutePath().toString());
            host.addCertificate(files);
            connector.setProperty("SSLEnabled", "true");
            connector.setScheme("https");
            connector.setSecure(true);
            connector.addSslHostConfig(host);
        }
        return connector;
    }

    private static OperatorActionException refused(PushSettings settings, @Nullable Exception fault) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "wal cannot be pushed to " + settings.address() + ":" + settings.port()
                        + (fault == null ? "" : ": " + fault.getMessage()),
                "See whether the port is free (WALKBACK_PUSH_PORT), and the certificate and its key can be read.",
                fault);
    }

    /// Where it listens.
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() {
        try {
            tomcat.getConnector().pause();
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException fault) {
            LOG.atWarn().setCause(fault).log("the listener for pushed wal did not close cleanly");
        } finally {
            threads.shutdownNow();
        }
    }
}

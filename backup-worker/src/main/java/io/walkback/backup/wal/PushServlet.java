package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Secret;
import io.walkback.domain.database.DatabaseRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `PUT /wal/{database}/{file}`, with `Authorization: Bearer` and the database's token. With the header
/// `Walkback-Ahead` the file is one that the server has not asked to be archived yet; it is refused first.
///
/// | status | meaning |
/// | --- | --- |
/// | 200 | durable; `{"file":...,"bytes":...,"sha256":...}` |
/// | 400, 411 | no file of PostgreSQL's, or not of the length that such a file has |
/// | 401 | no such database, or not its token |
/// | 409 | other content is there under this name, another cluster's file, or the policy pushes no WAL |
/// | 422 | not the WAL that it claims to be |
/// | 503 | not now; `Retry-After` says when |
/// | 500 | a person must act; the text says how |
///
/// Refusals are `text/plain`: the code and what happened, and a hint on a second line.
final class PushServlet extends HttpServlet {
    private static final Logger LOG = LoggerFactory.getLogger(PushServlet.class);
    private static final long serialVersionUID = 1;
    private static final Pattern PATH = Pattern.compile("/([^/]{1,100})/([^/]{1,100})");
    private static final String BEARER = "Bearer ";
    /// Says that nobody waits for this file yet.
    private static final String AHEAD = "Walkback-Ahead";
    private static final int LENGTH_REQUIRED = 411;
    private static final int UNPROCESSABLE = 422;
    private static final String RETRY_SECONDS = "5";

    private final transient PushReception reception;

    PushServlet(PushReception reception) {
        this.reception = reception;
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Matcher path = PATH.matcher(Optional.ofNullable(request.getPathInfo()).orElse(""));
        Optional<DatabaseRegistration> registration =
                path.matches() ? reception.admit(path.group(1), token(request)) : Optional.empty();
        if (registration.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Bearer");
            refuse(
                    response,
                    HttpServletResponse.SC_UNAUTHORIZED,
                    "no database of that name takes this token",
                    "'walkback wal setup NAME' prints where the token belongs; 'walkback wal token NAME' makes a new"
                            + " one.");
            return;
        }
        if (request.getContentLengthLong() < 0) {
            refuse(response, LENGTH_REQUIRED, "the length of the file is not given", "Send Content-Length.");
            return;
        }
        receive(registration.get(), path.group(2), request, response);
    }

    private void receive(
            DatabaseRegistration registration, String file, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        PushReception.Receipt receipt;
        try {
            receipt = reception.receive(
                    registration,
                    file,
                    request.getContentLengthLong(),
                    request.getInputStream(),
                    request.getHeader(AHEAD) != null);
        } catch (PlatformException fault) {
            if (fault instanceof RetryableException) {
                response.setHeader("Retry-After", RETRY_SECONDS);
            }
            refuse(response, status(fault), fault.code() + ": " + fault.text(), fault.hint());
            return;
        } catch (IOException gone) {
            LOG.atWarn()
                    .addKeyValue("databaseId", registration.id())
                    .log("upload of a wal file ended early, nothing was stored: {}", gone.getMessage());
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "the upload ended early", "Push the file again.");
            return;
        }
        // The name is one of PostgreSQL's and the digest hexadecimal: nothing in it needs quoting.
        write(
                response,
                HttpServletResponse.SC_OK,
                "application/json",
                String.format(
                        Locale.ROOT,
                        "{\"file\":\"%s\",\"bytes\":%d,\"sha256\":\"%s\"}%n",
                        receipt.file(),
                        receipt.bytes(),
                        receipt.sha256()));
    }

    private static Secret token(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        return new Secret(
                header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? header.substring(BEARER.length()).strip()
                        : "");
    }

    private static int status(PlatformException fault) {
        if (fault.code() == FailureCode.WAL_CONFLICT
                || fault.code() == FailureCode.SYSTEM_IDENTIFIER_MISMATCH
                || fault.code() == FailureCode.REQUEST_CONFLICT) {
            return HttpServletResponse.SC_CONFLICT;
        }
        return switch (fault) {
            case RetryableException _ -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
            case CorruptDataException corrupt ->
                corrupt.code() == FailureCode.WAL_INVALID
                        ? UNPROCESSABLE
                        : HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
            case OperatorActionException refused ->
                refused.code() == FailureCode.REQUEST_INVALID
                        ? HttpServletResponse.SC_BAD_REQUEST
                        : HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
        };
    }

    private static void refuse(HttpServletResponse response, int status, String what, @Nullable String hint)
            throws IOException {
        write(response, status, "text/plain", what + "\n" + (hint == null ? "" : hint + "\n"));
    }

    private static void write(HttpServletResponse response, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}

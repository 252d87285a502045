package io.walkback.scheduler.api;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.Text;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/// Every fault as an RFC 9457 problem with our code and hint, those that Spring finds included.
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final int DETAIL_LIMIT = 500;

    @ExceptionHandler
    ProblemDetail onRefused(Refused refused) {
        return detail(refused.status(), refused.problem(), refused.operation());
    }

    @ExceptionHandler
    ProblemDetail onPlatform(PlatformException fault) {
        HttpStatus status = Refused.statusOf(fault.code());
        if (status.is5xxServerError()) {
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("failureCode", fault.code())
                    .log("request not answered");
        }
        return detail(status, new Problem(fault.code(), fault.text(), fault.hint()), null);
    }

    @ExceptionHandler
    ProblemDetail onAnything(RuntimeException fault) {
        LOG.atError().setCause(fault).log("request failed");
        return detail(
                HttpStatus.INTERNAL_SERVER_ERROR,
                new Problem(FailureCode.INTERNAL, "the request failed", "See the log of scheduler-service."),
                null);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException fault, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Throwable cause = fault.getMostSpecificCause();
        String first = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        ProblemDetail detail = detail(
                HttpStatus.BAD_REQUEST,
                new Problem(
                        FailureCode.REQUEST_INVALID,
                        "the body cannot be used: " + Text.printable(first, 300),
                        "docs/api.md lists the properties of each body."),
                null);
        return handleExceptionInternal(fault, detail, headers, HttpStatus.BAD_REQUEST, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception fault, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Object told = body == null && fault instanceof ErrorResponse response ? response.getBody() : body;
        if (told instanceof ProblemDetail detail
                && (detail.getProperties() == null || !detail.getProperties().containsKey("code"))) {
            FailureCode code = status.is5xxServerError() ? FailureCode.INTERNAL : FailureCode.REQUEST_INVALID;
            name(detail, code, "docs/api.md lists paths, methods and parameters.", null);
        }
        return super.handleExceptionInternal(fault, told, headers, status, request);
    }

    private static ProblemDetail detail(HttpStatus status, Problem problem, @Nullable OperationId operation) {
        ProblemDetail detail =
                ProblemDetail.forStatusAndDetail(status, Text.printable(problem.message(), DETAIL_LIMIT));
        name(detail, problem.code(), problem.hint(), operation);
        return detail;
    }

    private static void name(ProblemDetail detail, FailureCode code, String hint, @Nullable OperationId operation) {
        detail.setType(URI.create("urn:walkback:failure:" + code));
        detail.setTitle(code.meaning());
        detail.setProperty("code", code.name());
        detail.setProperty("hint", hint);
        detail.setProperty("operationId", operation == null ? null : operation.value());
    }
}

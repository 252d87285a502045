package io.walkback.testkit.s3;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// What [FakeS3] says.
///
/// @param length the one that is announced; that of the body unless a HEAD is answered
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record FakeAnswer(int status, Map<String, String> headers, byte[] body, long length) {
    static FakeAnswer empty(int status, Map<String, String> headers) {
        return new FakeAnswer(status, headers, new byte[0], 0);
    }

    static FakeAnswer bytes(int status, Map<String, String> headers, byte[] body) {
        return new FakeAnswer(status, headers, body, body.length);
    }

    static FakeAnswer xml(String text) {
        return bytes(
                200, new TreeMap<>(Map.of("Content-Type", "application/xml")), text.getBytes(StandardCharsets.UTF_8));
    }

    static FakeAnswer error(int status, String code) {
        byte[] body = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code
                        + "</Code><Message>scripted</Message><RequestId>r1</RequestId></Error>")
                .getBytes(StandardCharsets.UTF_8);
        return bytes(status, new TreeMap<>(Map.of("Content-Type", "application/xml")), body);
    }
}

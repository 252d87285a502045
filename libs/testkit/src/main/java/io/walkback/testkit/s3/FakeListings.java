package io.walkback.testkit.s3;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The listings of a [FakeS3], as S3 words them. Pages are short, so that few objects make several.
final class FakeListings {
    private static final int PAGE = 3;

    private FakeListings() {}

    /// One line of a listing of versions.
    private record Row(String key, FakeObject object, boolean latest) {}

    static FakeAnswer objects(FakeBucket bucket, FakeRequest request) {
        String prefix = request.parameter("prefix").orElse("");
        String after = request.parameter("continuation-token").orElse("");
        Optional<String> delimiter = request.parameter("delimiter");
        TreeSet<String> names = new TreeSet<>();
        bucket.below(prefix).keySet().stream()
                .filter(key -> bucket.current(key).isPresent())
                .forEach(key ->
                        names.add(delimiter.map(d -> upTo(key, prefix, d)).orElse(key)));
        List<String> page = names.stream()
                .filter(name -> name.compareTo(after) > 0)
                .limit(PAGE + 1L)
                .toList();
        StringBuilder xml = new StringBuilder("<ListBucketResult>");
        boolean more = page.size() > PAGE;
        for (String name : more ? page.subList(0, PAGE) : page) {
            if (delimiter.isPresent() && name.endsWith(delimiter.get())) {
                xml.append("<CommonPrefixes><Prefix>").append(name).append("</Prefix></CommonPrefixes>");
            } else {
                bucket.current(name).ifPresent(object -> xml.append("<Contents><Key>")
                        .append(name)
                        .append("</Key>")
                        .append(about(object.etag(), object.bytes().length, object.at()))
                        .append("</Contents>"));
            }
        }
        xml.append("<IsTruncated>").append(more).append("</IsTruncated>");
        if (more) {
            xml.append("<NextContinuationToken>").append(page.get(PAGE - 1)).append("</NextContinuationToken>");
        }
        return FakeAnswer.xml(xml.append("</ListBucketResult>").toString());
    }

    private static String upTo(String key, String prefix, String delimiter) {
        int at = key.indexOf(delimiter, prefix.length());
        return at < 0 ? key : key.substring(0, at + 1);
    }

    static FakeAnswer versions(FakeBucket bucket, FakeRequest request) {
        String prefix = request.parameter("prefix").orElse("");
        if (request.parameter("delimiter").isPresent()) {
            return versionFolders(bucket, request, prefix);
        }
        List<Row> rows = new ArrayList<>();
        bucket.below(prefix)
                .forEach((key, versions) ->
                        versions.forEach(object -> rows.add(new Row(key, object, object.equals(versions.getFirst())))));
        int from = 0;
        Optional<String> key = request.parameter("key-marker");
        if (key.isPresent()) {
            String version = request.parameter("version-id-marker").orElse("");
            for (int i = 0; i < rows.size(); i++) {
                if (rows.get(i).key().equals(key.get())
                        && rows.get(i).object().version().equals(version)) {
                    from = i + 1;
                }
            }
        }
        int to = Math.min(rows.size(), from + PAGE);
        StringBuilder xml = new StringBuilder("<ListVersionsResult>");
        for (Row row : rows.subList(from, to)) {
            String tag = row.object().marker() ? "DeleteMarker" : "Version";
            xml.append('<').append(tag).append("><Key>").append(row.key()).append("</Key><VersionId>");
            xml.append(row.object().version()).append("</VersionId><IsLatest>").append(row.latest());
            xml.append("</IsLatest>");
            xml.append(about(
                    row.object().etag(),
                    row.object().bytes().length,
                    row.object().at()));
            xml.append("</").append(tag).append('>');
        }
        boolean more = to < rows.size();
        xml.append("<IsTruncated>").append(more).append("</IsTruncated>");
        if (more) {
            xml.append("<NextKeyMarker>").append(rows.get(to - 1).key()).append("</NextKeyMarker>");
            xml.append("<NextVersionIdMarker>").append(rows.get(to - 1).object().version());
            xml.append("</NextVersionIdMarker>");
        }
        return FakeAnswer.xml(xml.append("</ListVersionsResult>").toString());
    }

    private static FakeAnswer versionFolders(FakeBucket bucket, FakeRequest request, String prefix) {
        String after = request.parameter("key-marker").orElse("");
        TreeSet<String> folders = new TreeSet<>();
        bucket.below(prefix).keySet().forEach(key -> folders.add(upTo(key, prefix, "/")));
        List<String> page = folders.stream()
                .filter(name -> name.endsWith("/") && name.compareTo(after) > 0)
                .limit(PAGE + 1L)
                .toList();
        StringBuilder xml = new StringBuilder("<ListVersionsResult>");
        boolean more = page.size() > PAGE;
        (more ? page.subList(0, PAGE) : page)
                .forEach(name ->
                        xml.append("<CommonPrefixes><Prefix>").append(name).append("</Prefix></CommonPrefixes>"));
        xml.append("<IsTruncated>").append(more).append("</IsTruncated>");
        if (more) {
            xml.append("<NextKeyMarker>").append(page.get(PAGE - 1)).append("</NextKeyMarker>");
        }
        return FakeAnswer.xml(xml.append("</ListVersionsResult>").toString());
    }

    static FakeAnswer uploads(FakeBucket bucket, FakeRequest request) {
        String prefix = request.parameter("prefix").orElse("");
        StringBuilder xml = new StringBuilder("<ListMultipartUploadsResult>");
        bucket.uploads().stream()
                .filter(upload -> upload.key().startsWith(prefix))
                .forEach(upload -> xml.append("<Upload><Key>")
                        .append(upload.key())
                        .append("</Key><UploadId>")
                        .append(upload.id())
                        .append("</UploadId><Initiated>")
                        .append(upload.at())
                        .append("</Initiated></Upload>"));
        return FakeAnswer.xml(xml.append("<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")
                .toString());
    }

    private static String about(String etag, int size, Instant at) {
        return "<LastModified>" + at + "</LastModified><ETag>" + etag.replace("\"", "&quot;") + "</ETag><Size>" + size
                + "</Size>";
    }
}

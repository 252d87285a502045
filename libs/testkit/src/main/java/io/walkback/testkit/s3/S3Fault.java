package io.walkback.testkit.s3;

/// What goes wrong with a request.
public sealed interface S3Fault {
    /// The store answers so, and does nothing.
    record Answer(int status, String code) implements S3Fault {}

    /// The store does it, and its answer is lost.
    record LostAnswer() implements S3Fault {}

    /// The store says that it has done it, and has not.
    record Forgotten() implements S3Fault {}

    /// The store keeps only so many bytes of what it acknowledges.
    record Shortened(int bytes) implements S3Fault {}

    /// The answer's body ends after so many bytes, though more were announced.
    record CutBody(int bytes) implements S3Fault {}

    /// Headers and so many bytes come, then nothing, and the connection stays open.
    record Silence(int bytes) implements S3Fault {}

    /// The body comes byte by byte, a few hundred in a second.
    record Trickle() implements S3Fault {}

    /// The request takes effect only when [FakeS3#letLateOnesPass] is called; until then there is no answer.
    record Late() implements S3Fault {}

    /// A 200 whose body says that it failed, which S3 does when the reason comes up after it began to answer.
    record ErrorInOk(String code) implements S3Fault {}
}

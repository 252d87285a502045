package io.walkback.standalone.up;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// The one line that `up` prints when everything is ready.
public final class ReadyLine {
    private ReadyLine() {}

    /// For people.
    public static String text(Up up) {
        return "ready: API at " + up.apiUrl() + ", alerts at " + up.alertingUrl() + ", token in " + up.tokenFile()
                + ", processes "
                + up.pids().entrySet().stream()
                        .map(part -> part.getKey() + " " + part.getValue())
                        .collect(Collectors.joining(", "));
    }

    /// For programs: `{"ready":true,"apiUrl":...,"alertingUrl":...,"tokenFile":...,"pids":{...}}`.
    public static String json(Up up) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("ready", true);
        line.put("apiUrl", up.apiUrl().toString());
        line.put("alertingUrl", up.alertingUrl().toString());
        line.put("tokenFile", up.tokenFile().toString());
        line.put("pids", up.pids());
        return new JsonMapper().writeValueAsString(line);
    }
}
